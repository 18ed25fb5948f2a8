// iBOT (Zhou et al. 2022, section 3.2; DINOv2, ibot_patch_loss.py): some patches of the global views are hidden from
// the student, and of those the student is to say what the teacher, who sees them, says. It is the DINO loss of
// patches: a cross-entropy between distributions over prototypes, with a centre or Sinkhorn-Knopp of its own.

import {
  constant,
  demand,
  div,
  dot,
  logSoftmax,
  maximum,
  mean,
  mul,
  neg,
  type Scalar,
  sum,
  type Temperature,
  type Tensor,
} from '../../lib/index.ts'
import { applyHead, type Head } from '../model/head.ts'
import type { Assignment, ViewAxes } from './assignment.ts'
import type { Headed } from './dino.ts'
import { entropy } from './health.ts'
import type { Objective } from './objective.ts'

/** Axes of the samples of iBOT: each patch of each global view of each image of a batch. */
export type PatchAxes = ViewAxes | 'token'

/**
 * -sum over prototypes of P log Q, P the teacher's targets and log Q the student's log probabilities: its mean over
 * each image's hidden patches, and the mean of that over images and views. A view without hidden patches counts as 0.
 *
 * @example
 * ```ts
 * import { array, valuesOf } from 'functional-dino'
 * import { patchLoss } from 'functional-dino/dino'
 * const logits = array({ global: 1, batch: 1, token: 2, prototype: 2 }, [0, 0, 5, 1])
 * const hidden = array({ global: 1, batch: 1, token: 2 }, [1, 0])
 * valuesOf(patchLoss(0.1)(logits, logits, hidden)) // => [0]
 * valuesOf(patchLoss(0.1)(logits, array({ prototype: 2, token: 2, batch: 1, global: 1 }, [1, 1, 0, 0]), hidden))
 *   // => [Math.LN2]
 * ```
 */
export const patchLoss =
  (studentTemperature: Temperature) =>
  (
    student: Tensor<PatchAxes | 'prototype'>,
    targets: Tensor<PatchAxes | 'prototype'>,
    hidden: Tensor<PatchAxes>,
  ): Scalar => {
    const entropies = neg(dot('prototype')(targets, logSoftmax('prototype', studentTemperature)(student)))
    const count = maximum(sum('token')(hidden), constant(1))
    return mean('global', 'batch')(div(sum('token')(mul(entropies, hidden)), count))
  }

/** A network that may have a head for patches beside that for images; without one, patches go through the same head. */
export interface PatchHeaded extends Headed {
  readonly patchHead?: Head
}

/** How the objective is reckoned. */
export interface IbotOptions<S extends object, M extends string> {
  readonly assignment: Assignment<PatchAxes, S, M>
  readonly studentTemperature: number
  /** Whether the gains of the prototypes stay 1. */
  readonly normLastLayer: boolean
}

const headOf = ({ head, patchHead = head }: PatchHeaded): Head => patchHead

/** The mean over all hidden patches of a batch. */
const overHidden = (x: Tensor<PatchAxes>, hidden: Tensor<PatchAxes>): Scalar =>
  div(sum('global', 'batch', 'token')(mul(x, hidden)), maximum(sum('global', 'batch', 'token')(hidden), constant(1)))

/** A batch that does not say what is hidden is a fault: the loss would be 0 and nothing said. */
const unmasked = demand(false, 'ibot', 'token', 'a mask of hidden patches', 'none')

/** iBOT of the batch's hidden patches; it reports the mean entropy of the teacher's targets for them. */
export const ibot = <S extends object, M extends string>({
  assignment,
  studentTemperature,
  normLastLayer,
}: IbotOptions<S, M>): Objective<PatchHeaded, S, 'teacherTemperature', 'patchEntropy'> => ({
  initial: network => {
    const { prototypes } = network.patchHead ?? network.head
    return assignment.initial(prototypes.direction.sizes.prototype)
  },
  apply: ({ batch, student, teacher }, state, { teacherTemperature }) => {
    const { patches } = student.global
    const hidden = batch.globalMasks?.hidden ?? unmasked(sum('feature')(patches))
    const logits = applyHead(headOf(teacher.network), normLastLayer)(teacher.global.patches)
    const { targets, state: next } = assignment.assign(logits, state, teacherTemperature, hidden)
    const own = applyHead(headOf(student.network), normLastLayer)(patches)
    return {
      terms: { ibot: patchLoss(studentTemperature)(own, targets, hidden) },
      state: next,
      metrics: { patchEntropy: overHidden(entropy(targets), hidden) },
    }
  },
})
