// From the teacher's logits to targets: for each view and image a distribution over the prototypes, the classes that
// the networks make up. A teacher that nothing holds back gives all images one class. An assignment keeps the classes
// in balance: here by a centre, a running mean that is subtracted from the logits; another way looks at the whole batch
// at once (SwAV, DINOv2).

import {
  type As,
  add,
  dense,
  mean,
  norm,
  type Scalar,
  scale,
  softmax,
  stopGradient,
  sub,
  type Temperature,
  type Tensor,
} from '../../lib/index.ts'

/** Logits of the teacher for the global views. */
export type TeacherLogits = Tensor<'global' | 'batch' | 'prototype'>
/** The teacher's distributions over prototypes for the global views; constants for the gradient. */
export type Targets = Tensor<'global' | 'batch' | 'prototype'>
/** The running mean of the teacher's logits. */
export type Centre = Tensor<'prototype'>

/** An assignment of a batch's logits: targets, its next state, and numbers to report. */
export interface Assigned<S, M extends string> {
  readonly targets: Targets
  readonly state: S
  readonly metrics: Readonly<Record<M, Scalar>>
}

/** A way from logits to targets that remembers a state of the form `S` from step to step. */
export interface Assignment<S extends object, M extends string> {
  readonly initial: (prototypes: number) => As<'dense', S>
  readonly assign: (logits: TeacherLogits, state: S, temperature: Temperature) => Assigned<S, M>
}

/**
 * The teacher's distribution over prototypes: centred, sharpened, and a constant for the gradient. A prototype that
 * every image favours alike is no longer favoured once the centre is subtracted.
 *
 * @example
 * ```ts
 * import { array, valuesOf } from 'functional-dino'
 * import { target } from 'functional-dino/dino'
 * const logits = array({ global: 1, batch: 1, prototype: 2 }, [3, 1])
 * valuesOf(target(logits, array({ prototype: 2 }, [3, 1]), 0.04)) // => [0.5, 0.5]
 * ```
 */
export const target = (logits: TeacherLogits, centre: Centre, temperature: Temperature): Targets =>
  stopGradient(softmax('prototype', temperature)(sub(logits, centre)))

/**
 * The next centre: m centre + (1 - m) mean, where m is the momentum and the mean is that of the raw logits over views
 * and images (Caron et al. 2021, equation 4).
 *
 * @example
 * ```ts
 * import { array, valuesOf } from 'functional-dino'
 * import { updateCentre } from 'functional-dino/dino'
 * const logits = array({ global: 1, batch: 2, prototype: 2 }, [1, 2, 3, 4])
 * valuesOf(updateCentre(0.9)(array({ prototype: 2 }, [1, 0]), logits)) // => [1.1, 0.3]
 * ```
 */
export const updateCentre =
  (momentum: number) =>
  (centre: Centre, logits: TeacherLogits): Centre =>
    add(scale(momentum)(centre), scale(1 - momentum)(mean('global', 'batch')(logits)))

/** Assignment by a centre, which is zero at first and moves after it was used; momentum 1 does not centre. */
export const centred = (momentum: number): Assignment<{ readonly centre: Centre }, 'centreNorm'> => ({
  initial: prototypes => ({ centre: dense({ prototype: prototypes }, new Float32Array(prototypes)) }),
  assign: (logits, { centre }, temperature) => ({
    targets: target(logits, centre, temperature),
    state: { centre: updateCentre(momentum)(centre, logits) },
    metrics: { centreNorm: norm('prototype')(centre) },
  }),
})
