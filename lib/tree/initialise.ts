// Initial values of parameters. An initialiser is a leaf: it knows its axes and draws its values from a key. A model is
// described by a plain record of initialisers, and the type of its parameters follows from that record.

import { elements, type Sizes } from '../language/axes.ts'
import { fold, type Key, normals, type Random, uniforms } from './random.ts'
import { type As, dense, type Initialiser, mapTree } from './tree.ts'

const initialiser = <A extends string>(
  sizes: Sizes<A>,
  values: (key: Key, count: number) => ArrayLike<number>,
): Initialiser<A> => {
  const draw: Random<Float32Array> = key => Float32Array.from(values(key, elements(sizes)))
  return { sizes, draw } as Initialiser<A>
}

/** The same number everywhere. */
export const constantly =
  (value: number) =>
  <A extends string>(sizes: Sizes<A>): Initialiser<A> =>
    initialiser(sizes, (_, count) => new Float64Array(count).fill(value))

/** Zeros. */
export const zeros = constantly(0)

/** Ones. */
export const ones = constantly(1)

/**
 * Normal numbers of the given standard deviation. The public code cuts them at 2, a hundred of its deviations of 0.02,
 * which is never reached.
 */
export const normal =
  (deviation: number) =>
  <A extends string>(sizes: Sizes<A>): Initialiser<A> =>
    initialiser(sizes, (key, count) => normals(key, count).map(value => deviation * value))

/** Uniform numbers in [-bound, bound). */
export const uniformWithin =
  (bound: number) =>
  <A extends string>(sizes: Sizes<A>): Initialiser<A> =>
    initialiser(sizes, (key, count) => uniforms(key, count).map(value => bound * (2 * value - 1)))

/** Values for a tree of initialisers; each leaf draws from the key folded by its path. */
export const initialise =
  (key: Key) =>
  <T extends object>(tree: T): As<'dense', T> =>
    mapTree<'initialiser', 'dense'>((leaf, path) => dense(leaf.sizes, leaf.draw(fold(key, path))))(tree)
