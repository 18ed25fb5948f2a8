// Trees: plain readonly records and arrays whose leaves have axes. A model's parameters, their initialisers, gradients,
// what an optimiser keeps and values on the host are trees of one structure with different leaves: `As<'dense', T>` is
// the type of the host values of `T`. A leaf's path, such as `blocks.0.mlp.up.weight`, is its name in a program and in
// a safetensors file. A symbol tells a leaf from a branch, so that a branch may have fields of any name; it is lost on
// the way to another thread and in JSON, after which `dense(sizes, data)` makes a leaf again.

import { elements, isNamed, type Named, named, type Sizes } from '../language/axes.ts'
import type { Tensor } from '../language/tensor.ts'
import type { Random } from './random.ts'

/** The axes of a leaf, in memory order, and their sizes, without values. */
export interface Spec<in out A extends string> extends Named<A> {
  readonly sizes: Sizes<A>
}

/** Values on the host, ordered as the axes in `sizes`, the last axis contiguous. */
export interface Dense<in out A extends string> extends Named<A> {
  readonly sizes: Sizes<A>
  readonly data: Float32Array | Float64Array
}

/**
 * The part of a model that a parameter is: its role, such as 'weight' or 'bias', and its depth, its layer's number.
 */
export interface Part<out R extends string = string> {
  readonly role: R
  readonly depth: number
}

/** Draws the values of one parameter, ordered as `sizes`, and says what part of the model it is. */
export interface Initialiser<in out A extends string, out R extends string = string> extends Named<A>, Part<R> {
  readonly sizes: Sizes<A>
  readonly draw: Random<Float32Array>
}

/** The kinds of leaves over the axes `A`. */
export interface Leaves<A extends string> {
  readonly tensor: Tensor<A>
  readonly spec: Spec<A>
  readonly dense: Dense<A>
  readonly initialiser: Initialiser<A>
}

/** Any leaf of a tree. */
export type Leaf = Named<never> | Spec<never> | Tensor<never>

/** The tree `T` with each leaf replaced by the kind `F` over the same axes. */
export type As<F extends keyof Leaves<string>, T> =
  T extends Named<infer A> ? Leaves<A>[F] : { readonly [K in keyof T]: As<F, T[K]> }

/** A specification: axes in memory order with their sizes, each at least 1. */
export const spec = <A extends string>(sizes: Sizes<A>): Spec<A> => named({ sizes })

/** Host values over `sizes`. */
export const dense = <A extends string>(sizes: Sizes<A>, data: Float32Array | Float64Array): Dense<A> =>
  named({ sizes, data })

/** A host scalar. */
export const denseScalar = (value: number): Dense<never> => dense({}, Float64Array.of(value))

type Plain = { readonly [field: string]: Plain } | Leaf

const join = (path: string, field: string): string => (path === '' ? field : `${path}.${field}`)

const mapPlain = (visit: (leaf: Leaf, path: string) => unknown, tree: object, path: string): unknown => {
  if (isNamed(tree)) return visit(tree as Leaf, path)
  if (Array.isArray(tree)) return tree.map((child, index) => mapPlain(visit, child, join(path, String(index))))
  const fields = Object.entries(tree as Record<string, Plain>)
  return Object.fromEntries(fields.map(([field, child]) => [field, mapPlain(visit, child, join(path, field))]))
}

/**
 * Replaces each leaf; `visit` sees the leaf and its path.
 *
 * @example
 * ```ts
 * import { dense, denseScalar, trees } from 'functional-dino'
 * const doubled = trees.mapTree<'dense', 'dense'>(({ sizes, data }) => dense(sizes, data.map(x => 2 * x)))
 * doubled({ a: denseScalar(1), b: [denseScalar(2)] }).b[0].data // => [4]
 * ```
 */
export const mapTree =
  <F extends keyof Leaves<string>, G extends keyof Leaves<string>>(
    visit: <A extends string>(leaf: Leaves<A>[F], path: string) => Leaves<A>[G],
  ) =>
  <T extends object>(tree: T): As<G, T> =>
    mapPlain((leaf, path) => visit(leaf as Leaves<never>[F], path), tree, '') as As<G, T>

/**
 * The leaves with their paths, in the order in which the tree is written.
 *
 * @example
 * ```ts
 * import { spec, trees } from 'functional-dino'
 * const tree = { blocks: [{ bias: spec({ to: 4 }) }], scale: spec({}) }
 * trees.leavesOf<'spec'>(tree).map(([path]) => path) // => ['blocks.0.bias', 'scale']
 * ```
 */
export const leavesOf = <F extends keyof Leaves<string>>(
  tree: object,
): readonly (readonly [path: string, leaf: Leaves<never>[F]])[] => {
  const found: [string, Leaves<never>[F]][] = []
  mapPlain((leaf, path) => found.push([path, leaf as Leaves<never>[F]]), tree, '')
  return found
}

/**
 * The same tree with the leaves taken in order from `leaves`.
 *
 * @example
 * ```ts
 * import { constant, trees, valuesOf } from 'functional-dino'
 * const tree = { a: constant(1), b: constant(2) }
 * valuesOf(trees.refill(tree, [constant(3), constant(4)]).b) // => [4]
 * ```
 */
export const refill = <T extends object>(tree: T, leaves: readonly object[]): T => {
  let next = 0
  return mapPlain(() => leaves[next++], tree, '') as T
}

/**
 * The same tree of host values with zeros in place of the values.
 *
 * @example
 * ```ts
 * import { dense, trees } from 'functional-dino'
 * trees.zerosLike({ bias: dense({ to: 2 }, Float32Array.of(1, 2)) }).bias.data // => [0, 0]
 * ```
 */
export const zerosLike = <T extends object>(tree: T): T =>
  refill(
    tree,
    leavesOf<'dense'>(tree).map(([, { sizes }]) => dense(sizes, new Float32Array(elements(sizes)))),
  )

/** Combines tensors that stand at one path: as many as there are trees. */
export type Combine<R extends readonly unknown[]> = <A extends string>(
  path: string,
  first: Tensor<A>,
  ...rest: { readonly [I in keyof R]: Tensor<A> }
) => Tensor<A>

/**
 * Combines trees of tensors of one structure leaf by leaf: `zipTrees(teacher, student)((path, t, s) => ...)`.
 *
 * @example
 * ```ts
 * import { add, constant, scale, trees, valuesOf } from 'functional-dino'
 * const teacher = { a: constant(1), b: constant(2) }
 * const student = { a: constant(11), b: constant(12) }
 * const moved = trees.zipTrees(teacher, student)((_, t, s) => add(scale(0.9)(t), scale(0.1)(s)))
 * [moved.a, moved.b].flatMap(valuesOf) // => [2, 3]
 * ```
 */
export const zipTrees =
  <T extends object, R extends readonly T[]>(first: T, ...rest: R) =>
  (combine: Combine<R>): T => {
    const others = rest.map(tree => leavesOf<'tensor'>(tree).map(([, leaf]) => leaf))
    const zipped = leavesOf<'tensor'>(first).map(([path, leaf], index) =>
      combine(path, leaf, ...(others.map(leaves => leaves[index]) as { [I in keyof R]: Tensor<never> })),
    )
    return refill(first, zipped)
  }
