// Gradient clipping: gradients longer than a limit are scaled down to it, so that one odd batch cannot throw the
// parameters far. A gradient g is multiplied by min(1, limit / (length + 1e-6)), as PyTorch does. The public codes
// differ in whose length that is: each tensor's own (DINO, utils.clip_gradients), that of each module (DINOv2,
// train.py), or that of the whole model.
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
  type Tensor,
  total,
} from '../language/tensor.ts'
import { leavesOf, zipTrees } from './tree.ts'

/** How the gradients of a tree of parameters are cut. */
export type Clip = <T extends object>(gradients: T) => T

/** Added to a length before dividing by it, as PyTorch does. */
const clipEpsilon = 1e-6

const shrink = (limit: number, length: Scalar): Scalar =>
  minimum(constant(1), scale(limit)(recip(shift(clipEpsilon)(length))))

/** The length of some tensors together. */
const lengthOf = (tensors: readonly Tensor<never>[]): Scalar =>
  sqrt(tensors.map(tensor => total(square(tensor))).reduce((sum, next) => add(sum, next)))

/** Scales tensors down to a length; those for whose paths `partOf` gives one name are measured and scaled together. */
const clipParts =
  (partOf: (path: string) => string) =>
  (limit: number): Clip =>
  gradients => {
    const parts = new Map<string, Tensor<never>[]>()
    for (const [path, leaf] of leavesOf<'tensor'>(gradients))
      parts.set(partOf(path), [...(parts.get(partOf(path)) ?? []), leaf])
    const factors = new Map([...parts].map(([part, tensors]) => [part, shrink(limit, lengthOf(tensors))]))
    return zipTrees(gradients)((path, g) => mul(g, factors.get(partOf(path))!))
  }

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
export const clipEach: (limit: number) => Clip = clipParts(path => path)

/**
 * Scales the tensors of each module, a top-level branch of the tree, together down to Euclidean length `limit`.
 *
 * @example
 * ```ts
 * import { constant, optimisers, valuesOf } from 'functional-dino'
 * const { head, body } = optimisers.clipModules(1)({ head: { a: constant(3), b: constant(4) }, body: constant(0.5) })
 * [head.a, head.b, body].flatMap(valuesOf) // => [0.6, 0.8, 0.5]
 * ```
 */
export const clipModules: (limit: number) => Clip = clipParts(path => path.split('.')[0])

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
export const clipTogether: (limit: number) => Clip = clipParts(() => '')
