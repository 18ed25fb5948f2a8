// KoLeo (Sablayrolles et al. 2019, equation 5; DINOv2, koleo_loss.py): the student's features of a batch are to be
// spread over the unit sphere. For each feature the nearest other one is found, and the distance to it is to be large.
// Its logarithm is the estimate of entropy by Kozachenko and Leonenko, which gives the name.

import {
  div,
  dot,
  iota,
  less,
  log,
  max,
  mean,
  neg,
  norm,
  normalise,
  oneHot,
  rename,
  type Scalar,
  scale,
  shift,
  sizeOf,
  stopGradient,
  sub,
  sum,
  type Tensor,
} from '../../lib/index.ts'
import type { Objective } from './objective.ts'

/** It keeps distance and logarithm from zero; the public code's. */
const epsilon = 1e-8

/** Features of the global views. */
type Features = Tensor<'global' | 'batch' | 'feature'>

/**
 * For features of length 1, 1 at the place along `other` of the nearest other image's feature of the same view, else 0;
 * images that are equally near share the 1.
 */
const nearest = (x: Features): Tensor<'global' | 'batch' | 'other'> => {
  const images = sizeOf('batch', x)
  const itself: Tensor<'batch' | 'other'> = oneHot('other', images)(iota('batch', images))
  const cosines: Tensor<'global' | 'batch' | 'other'> = dot('feature')(x, rename('batch', 'other')(x))
  const others = sub(cosines, scale(4)(itself))
  const below: Tensor<'global' | 'batch' | 'other'> = less(others, max('other')(others))
  const chosen = shift(1)(neg(below))
  return stopGradient(div(chosen, sum('other')(chosen)))
}

/** Each feature's distance from the nearest other one of its view, on the unit sphere: from 0 to 2. */
export const distances = (features: Features): Tensor<'global' | 'batch'> => {
  const x = normalise('feature', epsilon)(features)
  const neighbour: Features = dot('other')(nearest(x), rename('batch', 'other')(x))
  return norm('feature', epsilon)(sub(x, neighbour))
}

/**
 * -log of the distance to the nearest other image, its mean over images and views; at least -log 2. Each view is looked
 * at on its own. Of a batch of one image there is no other, and the loss is a constant.
 *
 * @example
 * ```ts
 * import { array, valuesOf } from 'functional-dino'
 * import { koleoLoss } from 'functional-dino/dino'
 * valuesOf(koleoLoss(array({ global: 1, batch: 2, feature: 2 }, [3, 0, -1, 0]))) // => [-Math.LN2]
 * ```
 */
export const koleoLoss = (features: Features): Scalar =>
  neg(mean('global', 'batch')(log(shift(epsilon)(distances(features)))))

/** KoLeo of the student's class tokens, before any head; it reports the mean distance to the nearest other image. */
export const koleo: Objective<unknown, object, never, 'nearest'> = {
  initial: () => ({}),
  apply: ({ student: { global } }, state) => ({
    terms: { koleo: koleoLoss(global.classToken) },
    state,
    metrics: { nearest: mean('global', 'batch')(distances(global.classToken)) },
  }),
}
