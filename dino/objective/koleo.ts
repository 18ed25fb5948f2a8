// KoLeo (Sablayrolles et al. 2019, equation 5; DINOv2, koleo_loss.py): the student's features of a batch are to be
// spread over the unit sphere. For each feature the nearest other one is found, and the distance to it is to be large.
// Its logarithm is the estimate of entropy by Kozachenko and Leonenko, which gives the name.

import {
  demand,
  dot,
  iota,
  less,
  log,
  max,
  mean,
  mul,
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
/** A number for each two images of a view. */
type Pairs = Tensor<'global' | 'batch' | 'other'>

/**
 * For features of length 1, 1 at the place along `other` of the nearest other image's feature of the same view, else 0;
 * of images that are equally near the first is taken, for their mean would be nearer than any of them.
 */
const nearest = (x: Features): Pairs => {
  const images = sizeOf('batch', x)
  const itself: Tensor<'batch' | 'other'> = oneHot('other', images)(iota('batch', images))
  const cosines: Pairs = dot('feature')(x, rename('batch', 'other')(x))
  const others = sub(cosines, scale(4)(itself))
  const below: Pairs = less(others, max('other')(others))
  const order: Pairs = mul(shift(1)(neg(below)), shift(images)(neg(iota('other', images))))
  const first = shift(images)(neg(max('other')(order)))
  return stopGradient(oneHot('other', images)(first))
}

/**
 * Each feature's distance from the nearest other one of its view, on the unit sphere: from 0 to 2. One image alone is a
 * fault of the graph.
 */
export const distances = (features: Features): Tensor<'global' | 'batch'> => {
  const x = normalise('feature', epsilon)(features)
  const neighbour: Features = dot('other')(nearest(x), rename('batch', 'other')(x))
  const images = sizeOf('batch', features)
  const apart = norm('feature', epsilon)(sub(x, neighbour))
  return demand(images > 1, 'koleo', 'batch', 'another image to be apart from', `${images}`)(apart)
}

/**
 * -log of the distance to the nearest other image: its mean over images, for each view on its own, and the sum of that
 * over views, as in DINOv2 (ssl_meta_arch.py); at least -log 2 for each view.
 *
 * @example
 * ```ts
 * import { array, valuesOf } from 'functional-dino'
 * import { koleoLoss } from 'functional-dino/dino'
 * valuesOf(koleoLoss(array({ global: 1, batch: 2, feature: 2 }, [3, 0, -1, 0]))) // => [-Math.LN2]
 * ```
 */
export const koleoLoss = (features: Features): Scalar =>
  neg(sum('global')(mean('batch')(log(shift(epsilon)(distances(features))))))

/** KoLeo of the student's class tokens, before any head; it reports the mean distance to the nearest other image. */
export const koleo: Objective<unknown, object, never, 'nearest'> = {
  initial: () => ({}),
  apply: ({ student: { global } }, state) => ({
    terms: { koleo: koleoLoss(global.classToken) },
    state,
    metrics: { nearest: mean('global', 'batch')(distances(global.classToken)) },
  }),
}
