// Signs of health (Caron et al. 2021, section 5.3). A teacher can collapse in two ways: all images get one class, or
// every image gets all classes alike. The loss does not distinguish either from learning. Two entropies
// tell: the mean of the entropies of the teacher's distributions, and the entropy of their mean. After 300 steps on the
// built-in scenes, with 128 prototypes and so entropies of at most ln 128 = 4.85, these are
//
//   { teacherEntropy: 4.31, meanEntropy: 4.62, divergence: 0.17, spread: 0.053 }

import {
  constant,
  log,
  maximum,
  mean,
  mul,
  neg,
  normalise,
  replacing,
  type Scalar,
  sqrt,
  sub,
  sum,
  type Tensor,
  variance,
} from '../../lib/index.ts'
import type { Targets } from './assignment.ts'

/**
 * -sum of p log p over prototypes, 0 where p is 0; at most ln K of K prototypes.
 *
 * @example
 * ```ts
 * import { array, valuesOf } from 'functional-dino'
 * import { entropy } from 'functional-dino/dino'
 * valuesOf(entropy(array({ batch: 2, prototype: 4 }, [0.25, 0.25, 0.25, 0.25, 0, 1, 0, 0]))) // => [1.3862944, 0]
 * ```
 */
export const entropy = replacing<'prototype', never>(probability =>
  neg(sum('prototype')(mul(probability, log(maximum(probability, constant(1e-30)))))),
)

/**
 * The signs of collapse, for K prototypes: the teacher's mean entropy, in [0, ln K], which goes to 0 without centring
 * and to ln K without sharpening; the entropy of its mean distribution over views and images, at least that; the
 * divergence of student from teacher, the cross-entropy less the teacher's entropy; and the spread of the teacher's
 * features of length 1, the mean deviation of an entry over the batch, in [0, 1 / sqrt(features)].
 */
export const signsOfHealth = (
  crossEntropy: Scalar,
  targets: Targets,
  feature: Tensor<'global' | 'batch' | 'feature'>,
) => {
  const teacherEntropy = mean('global', 'batch')(entropy(targets))
  const deviations = sqrt(variance('batch')(normalise('feature')(feature)))
  return {
    teacherEntropy,
    meanEntropy: entropy(mean('global', 'batch')(targets)),
    divergence: sub(crossEntropy, teacherEntropy),
    spread: mean('feature', 'global')(deviations),
  }
}

/** The names of the signs. */
export type SignOfHealth = keyof ReturnType<typeof signsOfHealth>
