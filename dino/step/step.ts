// One step of self-distillation as a pure function (Caron et al. 2021, algorithm 1). The student sees every view, the
// teacher the global ones. The objective's loss is differentiated, the gradients are clipped, the optimiser moves the
// student, and the teacher follows it. The state goes in and the next state comes out; views, the values of the
// schedules and the optimiser's numbers from the host are the step's input. A step whose loss or gradients are not
// finite changes no state.

import {
  add,
  constant,
  div,
  gradient,
  type optimisers,
  type Scalar,
  type Stepped,
  scope,
  sub,
  trees,
} from '../../lib/index.ts'
import { applyVit } from '../model/vit.ts'
import type { Backboned, Batch, Objective, Seen, Shown } from '../objective/objective.ts'
import { allFinite, movedIf } from './guard.ts'
import type { State } from './state.ts'
import { ema } from './teacher.ts'

/** The values of the schedules at a step, by name: those that every step needs, and those that the objective reads. */
export type Scheduled<I extends string> = optimisers.Rates & Readonly<Record<'teacherMomentum' | I, Scalar>>

/** The input of a step. */
export interface StepInput<I extends string> {
  readonly batch: Batch
  readonly scheduled: Scheduled<I>
  readonly clocks: optimisers.Clocks
}

/**
 * The numbers that a step reports: the loss, its terms, the objective's metrics; the length of all gradients together
 * before they are clipped; and the length of the student's move in parts of that of its parameters.
 */
export type StepOutput<M extends string> = Readonly<Record<'loss' | 'gradientLength' | 'relativeMove' | M, Scalar>>

/** How a step is taken. */
export interface StepOptions<N extends object, S extends object, I extends string, M extends string> {
  readonly objective: Objective<N, S, I, M>
  readonly optimiser: optimisers.Optimiser<N>
  readonly clip: optimisers.Clip
}

const shown = <N extends Backboned>(
  name: string,
  network: N,
  { global, globalMasks, local, localMasks }: Batch,
): Shown<N> => {
  const named = scope(name)
  const see = applyVit(network.backbone)
  const globals = { network, global: named((image: Batch['global']) => see(image, globalMasks))(global) }
  if (local === undefined) return globals
  return { ...globals, local: named((image: NonNullable<Batch['local']>) => see(image, localMasks))(local) }
}

const sumOf = (terms: Readonly<Record<string, Scalar>>): Scalar =>
  Object.values(terms).reduce((sum, term) => add(sum, term), constant(0))

/** The length of the way from one tree to another, in parts of the length of the first. */
const relativeDistance = <T extends object>(from: T, to: T): Scalar =>
  div(trees.euclidean(trees.zipTrees(to, from)((_, there, here) => sub(there, here))), trees.euclidean(from))

/** One step: the next state, and what to report of this one. */
export const trainStep =
  <N extends Backboned, S extends object, I extends string, M extends string>({
    objective,
    optimiser,
    clip,
  }: StepOptions<N, S, I, M>) =>
  (state: State<N, S>, { batch, scheduled, clocks }: StepInput<I>): Stepped<State<N, S>, StepOutput<M>> => {
    const seen = {
      batch,
      student: shown('student', state.student, batch),
      teacher: shown('teacher', state.teacher, { global: batch.global }),
    }
    const applied = scope('objective')((all: Seen<N>) => objective.apply(all, state.objective, scheduled))(seen)
    const loss = sumOf(applied.terms)
    const slopes = gradient(loss, state.student)
    const now = { parameters: state.student, kept: state.optimiser }
    const { parameters: student, kept } = scope('optimiser')((gradients: N) =>
      optimiser.update(scheduled, clocks)(now, clip(gradients)),
    )(slopes)
    const teacher = ema(scheduled.teacherMomentum)(state.teacher, student)
    const next = { student, teacher, objective: applied.state, optimiser: kept }
    const gradientLength = scope('length of gradients')(trees.euclidean)(slopes)
    const sound = allFinite([loss, gradientLength, ...Object.values<Scalar>(scheduled)])
    return {
      state: movedIf(sound)(state, next),
      output: {
        loss,
        gradientLength,
        relativeMove: relativeDistance(state.student, student),
        ...applied.terms,
        ...applied.metrics,
      },
    }
  }
