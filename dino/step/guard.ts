// A step that makes a number that is not finite moves nothing: the state stays as it was before, and the last good
// state is never lost. Whether to move is one number, and every leaf of the state is chosen by it, here or by the
// optimiser.
//
//   loss NaN, or a gradient of infinite length:      the next state is the state

import { abs, add, constant, less, type Scalar, trees, where } from '../../lib/index.ts'

/** The largest number of float32. */
const largest = (2 - 2 ** -23) * 2 ** 127

/**
 * 1 if all numbers, and their sum, are finite, else 0.
 *
 * @example
 * ```ts
 * import { constant, valuesOf } from 'functional-dino'
 * import { allFinite } from 'functional-dino/dino'
 * valuesOf(allFinite([constant(1), constant(2)])) // => [1]
 * valuesOf(allFinite([constant(1), constant(Number.NaN)])) // => [0]
 * ```
 */
export const allFinite = (numbers: readonly Scalar[]): Scalar =>
  less(abs(numbers.reduce((sum, next) => add(sum, next), constant(0))), constant(largest))

/**
 * The same on the host, of numbers that a step reports and was told.
 *
 * @example
 * ```ts
 * import { areAllFinite } from 'functional-dino/dino'
 * areAllFinite([1, 2]) // => true
 * areAllFinite([1, Number.NaN]) // => false
 * ```
 */
export const areAllFinite = (numbers: readonly number[]): boolean =>
  Math.abs(numbers.reduce((sum, next) => sum + next, 0)) < largest

/** The next tree where `moves` is 1, the tree before where it is 0. */
export const movedIf =
  (moves: Scalar) =>
  <T extends object>(before: T, next: T): T =>
    trees.zipTrees(before, next)((_, old, moved) => (old.expr === moved.expr ? old : where(moves, moved, old)))
