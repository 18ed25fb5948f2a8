// The DINO loss (Caron et al. 2021, section 3.1 and algorithm 1): the cross-entropy between the teacher's distributions
// for the global views, centred and sharpened, and the student's distributions for every view. To pair each teacher
// view with each student view is one contraction, and "not the same view" is one mask.

import {
  array,
  concat,
  demand,
  dot,
  logSoftmax,
  mean,
  mul,
  neg,
  rename,
  type Scalar,
  scale,
  sizeOf,
  sum,
  type Temperature,
  type Tensor,
} from '../../lib/index.ts'
import { applyHead, type Head } from '../model/head.ts'
import { type Assignment, type Centre, type Targets, type TeacherLogits, target } from './assignment.ts'
import { type SignOfHealth, signsOfHealth } from './health.ts'
import type { Objective, Shown } from './objective.ts'
import type { ObjectiveOptions } from './objective-options.ts'

/** Logits of the student for every view, the global views first. */
export type StudentLogits = Tensor<'view' | 'batch' | 'prototype'>

/** Which pairs of a teacher view and a student view count: all, as in the tutorial, or all but a view with itself. */
export type Pairing = 'all' | 'other views'

/**
 * -sum over prototypes of P log Q, for each image and each pair of a teacher view and a student view; P are the
 * targets, log Q the student's log probabilities (Caron et al. 2021, equation 2).
 *
 * @example
 * ```ts
 * import { array, logSoftmax, valuesOf } from 'functional-dino'
 * import { crossEntropy } from 'functional-dino/dino'
 * const targets = array({ global: 1, batch: 1, prototype: 2 }, [0.25, 0.75])
 * const student = logSoftmax('prototype')(array({ view: 2, batch: 1, prototype: 2 }, [0, 0, 0, Math.log(3)]))
 * valuesOf(crossEntropy(targets, student)) // => [0.6931472, 0.5623351]
 * ```
 */
export const crossEntropy = (
  targets: Targets,
  logProbability: Tensor<'view' | 'batch' | 'prototype'>,
): Tensor<'global' | 'view' | 'batch'> => neg(dot('prototype')(targets, logProbability))

/** How many pairs count. */
export const pairCount = (pairing: Pairing, globals: number, views: number): number =>
  globals * views - (pairing === 'all' ? 0 : Math.min(globals, views))

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at)

/** 1 for the pairs that count, 0 for a view with itself if those are left out. */
const pairMask = (pairing: Pairing, globals: number, views: number): Tensor<'global' | 'view'> => {
  const counts = (global: number, view: number): number => (pairing === 'other views' && view === global ? 0 : 1)
  const rows = upTo(globals).map(global => upTo(views).map(view => counts(global, view)))
  return array({ global: globals, view: views }, rows.flat())
}

/** The mean cross-entropy over the pairs that count and the batch. No such pair is a fault of the graph. */
export const pairedLoss =
  (studentTemperature: Temperature, pairing: Pairing) =>
  (student: StudentLogits, targets: Targets): Scalar => {
    const [globals, views] = [sizeOf('global', targets), sizeOf('view', student)]
    const pairs = pairCount(pairing, globals, views)
    const entropies = crossEntropy(targets, logSoftmax('prototype', studentTemperature)(student))
    const counted = mul(mean('batch')(entropies), pairMask(pairing, globals, views))
    const loss = scale(1 / Math.max(pairs, 1))(sum('global', 'view')(counted))
    return demand(pairs > 0, 'dino loss', 'view', 'a view to pair with each global view', `${views}`)(loss)
  }

/** How sharp the two distributions are. The teacher's temperature is below the student's: sharpening. */
export interface Temperatures {
  readonly student: Temperature
  readonly teacher: Temperature
}

/** The DINO loss, of centred targets. */
export const dinoLoss =
  ({ student: studentTemperature, teacher: teacherTemperature }: Temperatures, pairing: Pairing = 'other views') =>
  (student: StudentLogits, teacher: TeacherLogits, centre: Centre): Scalar =>
    pairedLoss(studentTemperature, pairing)(student, target(teacher, centre, teacherTemperature))

/** A network with a projection head. */
export interface Headed {
  readonly head: Head
}

/** How the objective is reckoned: its options, with a way from logits to targets in place of the centre's number. */
export interface DinoOptions<S extends object, M extends string> extends Omit<ObjectiveOptions, 'centreMomentum'> {
  readonly assignment: Assignment<S, M>
  /** Whether the gains of the prototypes stay 1. */
  readonly normLastLayer: boolean
}

/** The student's feature of every view, the global ones first. */
const everyFeature = ({ global, local }: Shown<Headed>): Tensor<'view' | 'batch' | 'feature'> => {
  const globals = rename('global', 'view')(global.classToken)
  return local === undefined ? globals : concat('view')(globals, rename('local', 'view')(local.classToken))
}

/** DINO: student and teacher agree on the prototypes of each image, whichever views of it they saw. */
export const dino = <S extends object, M extends string>({
  assignment,
  studentTemperature,
  pairing,
  normLastLayer,
}: DinoOptions<S, M>): Objective<Headed, S, 'teacherTemperature', SignOfHealth | M> => ({
  initial: ({ head }) => assignment.initial(head.prototypes.direction.sizes.prototype),
  apply: ({ student, teacher }, state, { teacherTemperature }) => {
    const logits = applyHead(teacher.network.head, normLastLayer)(teacher.global.classToken)
    const assigned = assignment.assign(logits, state, teacherTemperature)
    const own = applyHead(student.network.head, normLastLayer)(everyFeature(student))
    const loss = pairedLoss(studentTemperature, pairing)(own, assigned.targets)
    const signs = signsOfHealth(loss, assigned.targets, teacher.global.classToken)
    return { terms: { dino: loss }, state: assigned.state, metrics: { ...signs, ...assigned.metrics } }
  },
})
