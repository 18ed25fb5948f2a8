// Gradient clipping: gradients longer than a limit are scaled down to it, so that one odd batch cannot throw the
// parameters far. A gradient g is multiplied by min(1, limit / (length + 1e-6)), as PyTorch does.
//
//   clipTogether(1): gradients 3 and 4, of length 5 together, become 0.6 and 0.8

import {
  add,
  constant,
  minimum,
  mul,
  recip,
  type Scalar,
  scale,
  shift,
  sqrt,
  square,
  total,
} from '../language/tensor.ts'
import { leavesOf, zipTrees } from './tree.ts'

/** How the gradients of a tree of parameters are cut. */
export type Clip = <T extends object>(gradients: T) => T

/** Added to a length before dividing by it, as PyTorch does. */
const clipEpsilon = 1e-6

const shrink = (limit: number, length: Scalar): Scalar =>
  minimum(constant(1), scale(limit)(recip(shift(clipEpsilon)(length))))

/** Leaves gradients as they are. */
export const unclipped: Clip = gradients => gradients

/**
 * Scales each tensor down to Euclidean length `limit`, on its own.
 *
 * @example
 * ```ts
 * import { constant, optimisers, valuesOf } from 'functional-dino'
 * const { a, b } = optimisers.clipEach(1)({ a: constant(3), b: constant(0.5) })
 * [a, b].flatMap(valuesOf) // => [1, 0.5]
 * ```
 */
export const clipEach =
  (limit: number): Clip =>
  gradients =>
    zipTrees(gradients)((_, g) => mul(g, shrink(limit, sqrt(total(square(g))))))

/**
 * Scales all tensors together down to Euclidean length `limit` (torch clip_grad_norm_).
 *
 * @example
 * ```ts
 * import { constant, optimisers, valuesOf } from 'functional-dino'
 * const { a, b } = optimisers.clipTogether(1)({ a: constant(3), b: constant(4) })
 * [a, b].flatMap(valuesOf) // => [0.6, 0.8]
 * ```
 */
export const clipTogether =
  (limit: number): Clip =>
  gradients => {
    const squares = leavesOf<'tensor'>(gradients).map(([, leaf]) => total(square(leaf)))
    const factor = shrink(limit, sqrt(squares.reduce((sum, next) => add(sum, next), constant(0))))
    return zipTrees(gradients)((_, g) => mul(g, factor))
  }
