// Assignment by Sinkhorn-Knopp (Cuturi 2013; Caron et al. 2020; DINOv2, dino_clstoken_loss.py): the shares of samples
// in prototypes are normalised in turn: every prototype gets as much as every other, and then every sample gives
// as much as every other. It looks at the whole batch, and keeps nothing from step to step. Here shares are logarithms:
// no logit overflows, and a sample whose logits are far below all others is not lost, as it is where the largest logit
// of the batch is subtracted before exp. To subtract each sample's own largest first would be another assignment.
//
//   logits 0.3 0 | 0.1 0   at temperature 0.1 begin as   0.95 0.05 | 0.73 0.27   and end as   0.73 0.27 | 0.27 0.73

import {
  add,
  constant,
  div,
  exp,
  log,
  logSoftmax,
  max,
  scale,
  stopGradient,
  sub,
  sum,
  type Temperature,
  type Tensor,
  where,
} from '../../lib/index.ts'
import type { Assignment } from './assignment.ts'

/** The logarithm of no share at all; its exp is zero, and it stays finite however often it is normalised. */
const nothing = -1e30

/** Logarithms of shares, all samples' shares in a prototype summing to 1. */
const alongSamples =
  <A extends string>(axes: readonly A[]) =>
  (shares: Tensor<A | 'prototype'>): Tensor<A | 'prototype'> => {
    const largest: Tensor<'prototype'> = max(...axes)<'prototype'>(shares)
    const all = log(sum(...axes)<'prototype'>(exp(sub(shares, largest))))
    return sub(shares, add(all, largest))
  }

/**
 * Sinkhorn-Knopp's targets of samples over `axes`: each sample's sum to 1, and after many turns each prototype has an
 * equal part of the samples. Samples that do not count (0 in `counted`) take no prototype away from others. Constants
 * for the gradient.
 *
 * @example
 * ```ts
 * import { array, valuesOf } from 'functional-dino'
 * import { balanced } from 'functional-dino/dino'
 * const logits = array({ batch: 2, prototype: 2 }, [0.3, 0, 0.1, 0])
 * valuesOf(balanced(50, 'batch')(logits, 0.1)) // => [0.7310586, 0.2689414, 0.2689414, 0.7310586]
 * ```
 */
export const balanced =
  <A extends string>(turns: number, ...axes: readonly A[]) =>
  (logits: Tensor<A | 'prototype'>, temperature: Temperature, counted?: Tensor<A>): Tensor<A | 'prototype'> => {
    const normalised = alongSamples(axes)
    let shares = typeof temperature === 'number' ? scale(1 / temperature)(logits) : div(logits, temperature)
    for (let turn = 0; turn < turns; turn += 1) {
      const seen = counted === undefined ? shares : where(counted, shares, constant(nothing))
      shares = logSoftmax('prototype')(normalised(seen))
    }
    return stopGradient(exp(shares))
  }

/** Assignment by so many turns of Sinkhorn-Knopp, 3 in DINOv2. */
export const sinkhorn = <A extends string>(turns: number, ...axes: readonly A[]): Assignment<A, object, never> => ({
  initial: () => ({}),
  assign: (logits, state, temperature, counted) => ({
    targets: balanced(turns, ...axes)(logits, temperature, counted),
    state,
    metrics: {},
  }),
})
