// Initial values of parameters. An initialiser is a leaf: it knows its axes and draws its values from a key. A model is
// described by a plain record of initialisers, and the type of its parameters follows from that record. Beside its
// values an initialiser has a role and a depth, by which an optimiser chooses the parameter's group:
//
//   { weight: withRole('weight')(normal(0.02)({ from: 4, to: 8 })), bias: withRole('bias')(zeros({ to: 8 })) }

import { elements, named, type Sizes } from '../language/axes.ts'
import { fold, type Key, normals, type Random, uniforms } from './random.ts'
import { type As, dense, type Initialiser, leavesOf, mapTree, type Part, refill } from './tree.ts'

/** The role of a parameter to which none was given. */
export type AnyRole = 'parameter'

const initialiser = <A extends string>(
  sizes: Sizes<A>,
  values: (key: Key, count: number) => ArrayLike<number>,
): Initialiser<A, AnyRole> => {
  const draw: Random<Float32Array> = key => Float32Array.from(values(key, elements(sizes)))
  return named({ sizes, draw, role: 'parameter', depth: 0 })
}

/**
 * The same number everywhere.
 *
 * @example
 * ```ts
 * import { initialisers, random } from 'functional-dino'
 * initialisers.constantly(7)({ to: 3 }).draw(random.keyOf(1)) // => [7, 7, 7]
 * ```
 */
export const constantly =
  (value: number) =>
  <A extends string>(sizes: Sizes<A>): Initialiser<A, AnyRole> =>
    initialiser(sizes, (_, count) => new Float64Array(count).fill(value))

/** Zeros. */
export const zeros = constantly(0)

/** Ones. */
export const ones = constantly(1)

/**
 * Normal numbers of the given standard deviation. They are not cut: PyTorch's `trunc_normal_` is, at plus and minus 2.
 *
 * @example
 * ```ts
 * import { initialisers, random } from 'functional-dino'
 * const key = random.keyOf(1)
 * initialisers.normal(0.02)({ to: 3 }).draw(key) // => random.normals(key, 3).map(x => 0.02 * x)
 * ```
 */
export const normal =
  (deviation: number) =>
  <A extends string>(sizes: Sizes<A>): Initialiser<A, AnyRole> =>
    initialiser(sizes, (key, count) => normals(key, count).map(value => deviation * value))

/**
 * Uniform numbers in [-bound, bound).
 *
 * @example
 * ```ts
 * import { initialisers, random } from 'functional-dino'
 * initialisers.uniformWithin(0.1)({ to: 1000 }).draw(random.keyOf(1)).every(x => Math.abs(x) <= 0.1001) // => true
 * ```
 */
export const uniformWithin =
  (bound: number) =>
  <A extends string>(sizes: Sizes<A>): Initialiser<A, AnyRole> =>
    initialiser(sizes, (key, count) => uniforms(key, count).map(value => bound * (2 * value - 1)))

/**
 * The same initialiser in a role.
 *
 * @example
 * ```ts
 * import { initialisers } from 'functional-dino'
 * initialisers.withRole('bias')(initialisers.zeros({ to: 8 })).role // => 'bias'
 * ```
 */
export const withRole =
  <R extends string>(role: R) =>
  <A extends string>(leaf: Initialiser<A>): Initialiser<A, R> => ({ ...leaf, role })

/**
 * The same initialisers, all at one depth. Without this they are at depth 0.
 *
 * @example
 * ```ts
 * import { initialisers } from 'functional-dino'
 * const block = initialisers.atDepth(3)({ mlp: { bias: initialisers.zeros({ to: 8 }) } })
 * block.mlp.bias.depth // => 3
 * ```
 */
export const atDepth =
  (depth: number) =>
  <T extends object>(tree: T): T =>
    refill(
      tree,
      leavesOf<'initialiser'>(tree).map(([, leaf]) => ({ ...leaf, depth })),
    )

/** The roles of the parameters of a model. */
export type RolesOf<T> =
  T extends Initialiser<infer _, infer R>
    ? R
    : T extends readonly (infer Child)[]
      ? RolesOf<Child>
      : { readonly [K in keyof T]-?: RolesOf<T[K]> }[keyof T]

/**
 * The part that each parameter of a model is, by path.
 *
 * @example
 * ```ts
 * import { initialisers } from 'functional-dino'
 * const model = { bias: initialisers.withRole('bias')(initialisers.zeros({ to: 8 })) }
 * initialisers.partsOf(model) // => [['bias', { role: 'bias', depth: 0 }]]
 * ```
 */
export const partsOf = <M extends object>(model: M): readonly (readonly [path: string, part: Part<RolesOf<M>>])[] =>
  leavesOf<'initialiser'>(model).map(([path, { role, depth }]) => [path, { role, depth } as Part<never>])

/**
 * Values for a tree of initialisers; each leaf draws from the key folded by its path.
 *
 * @example
 * ```ts
 * import { initialisers, random } from 'functional-dino'
 * const model = { scale: initialisers.ones({ to: 2 }), bias: initialisers.zeros({ to: 2 }) }
 * initialisers.initialise(random.keyOf(1))(model).scale.data // => [1, 1]
 * ```
 */
export const initialise =
  (key: Key) =>
  <T extends object>(tree: T): As<'dense', T> =>
    mapTree<'initialiser', 'dense'>((leaf, path) => dense(leaf.sizes, leaf.draw(fold(key, path))))(tree)
