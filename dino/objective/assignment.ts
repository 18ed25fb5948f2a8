// From the teacher's logits to targets: for each view and image a distribution over the prototypes, the classes that
// the networks make up. A teacher that nothing holds back gives all images one class. An assignment keeps the classes
// in balance: here by a centre, a running mean that is subtracted from the logits; `sinkhorn.ts` looks at the whole
// batch at once.

import {
  type As,
  add,
  constant,
  dense,
  div,
  less,
  maximum,
  mean,
  mul,
  norm,
  type Scalar,
  scale,
  softmax,
  stopGradient,
  sub,
  sum,
  type Temperature,
  type Tensor,
  where,
} from '../../lib/index.ts'

/** Axes of the samples that DINO assigns: each global view of each image of a batch. */
export type ViewAxes = 'global' | 'batch'
/** Logits of the teacher for the global views. */
export type TeacherLogits = Tensor<ViewAxes | 'prototype'>
/** The teacher's distributions over prototypes for the global views; constants for the gradient. */
export type Targets = Tensor<ViewAxes | 'prototype'>
/** The running mean of the teacher's logits. */
export type Centre = Tensor<'prototype'>

/** An assignment of a batch's logits: targets, its next state, and numbers to report. */
export interface Assigned<A extends string, S, M extends string> {
  readonly targets: Tensor<A | 'prototype'>
  readonly state: S
  readonly metrics: Readonly<Record<M, Scalar>>
}

/** A way from logits of samples, over axes `A`, to targets; it remembers a state of the form `S` from step to step. */
export interface Assignment<A extends string, S extends object, M extends string> {
  readonly initial: (prototypes: number) => As<'dense', S>
  /** `counted` is 1 for samples that the assignment is to look at and 0 for others; all are looked at if not given. */
  readonly assign: (
    logits: Tensor<A | 'prototype'>,
    state: S,
    temperature: Temperature,
    counted?: Tensor<A>,
  ) => Assigned<A, S, M>
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
export const target = <A extends string>(
  logits: Tensor<A | 'prototype'>,
  centre: Centre,
  temperature: Temperature,
): Tensor<A | 'prototype'> => stopGradient(softmax('prototype', temperature)(sub(logits, centre)))

const moved =
  (momentum: number) =>
  (centre: Centre, fresh: Centre): Centre =>
    add(scale(momentum)(centre), scale(1 - momentum)(fresh))

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
    moved(momentum)(centre, mean('global', 'batch')(logits))

/** The next centre from the samples that count; where none does, as may be of hidden patches, it stays. */
const follow = <A extends string>(
  axes: readonly A[],
  momentum: number,
  centre: Centre,
  logits: Tensor<A | 'prototype'>,
  counted: Tensor<A> | undefined,
): Centre => {
  const next = moved(momentum)
  if (counted === undefined) return next(centre, mean(...axes)<'prototype'>(logits))
  const count: Scalar = sum(...axes)(counted)
  const fresh = div(sum(...axes)<'prototype'>(mul(logits, counted)), maximum(count, constant(1)))
  return where(less(count, constant(0.5)), centre, next(centre, fresh))
}

/** Assignment by a centre, which is zero at first and moves after it was used; momentum 1 does not centre. */
export const centred = <A extends string>(
  momentum: number,
  ...axes: readonly A[]
): Assignment<A, { readonly centre: Centre }, 'centreNorm'> => ({
  initial: prototypes => ({ centre: dense({ prototype: prototypes }, new Float32Array(prototypes)) }),
  assign: (logits, { centre }, temperature, counted) => ({
    targets: target(logits, centre, temperature),
    state: { centre: follow(axes, momentum, centre, logits, counted) },
    metrics: { centreNorm: norm('prototype')(centre) },
  }),
})

/** An assignment of which nobody needs to know what it keeps or reports. No state but its own ever comes back to it. */
export const sealed = <A extends string, S extends object, M extends string>({
  initial,
  assign,
}: Assignment<A, S, M>): Assignment<A, object, never> => ({
  initial,
  assign: (logits, state, temperature, counted) => assign(logits, state as S, temperature, counted),
})
