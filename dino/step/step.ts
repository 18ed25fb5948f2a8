// One step of self-distillation as a pure function (Caron et al. 2021, algorithm 1). The student sees every view, the
// teacher the global ones. The objective's loss is differentiated, the gradients are clipped, the optimiser moves the
// student, and the teacher follows it. The state goes in and the next state comes out; views, the values of the
// schedules and the optimiser's numbers from the host are the step's input.

import { add, constant, gradient, type optimisers, type Scalar, type Stepped } from '../../lib/index.ts'
import { applyVit } from '../model/vit.ts'
import type { VitForm } from '../model/vit-form.ts'
import type { Backboned, Batch, Objective, Shown } from '../objective/objective.ts'
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

/** The numbers that a step reports: the loss, its terms, and the objective's metrics. */
export type StepOutput<M extends string> = Readonly<Record<'loss' | M, Scalar>>

/** How a step is taken. */
export interface StepOptions<N extends object, S extends object, I extends string, M extends string> {
  /** How the backbones see. */
  readonly form: VitForm
  readonly objective: Objective<N, S, I, M>
  readonly optimiser: optimisers.Optimiser<N>
  readonly clip: optimisers.Clip
}

const shown =
  (form: VitForm) =>
  <N extends Backboned>(network: N, { global, globalMasks, local, localMasks }: Batch): Shown<N> => {
    const see = applyVit(network.backbone, form)
    const globals = { network, global: see(global, globalMasks) }
    return local === undefined ? globals : { ...globals, local: see(local, localMasks) }
  }

const sumOf = (terms: Readonly<Record<string, Scalar>>): Scalar =>
  Object.values(terms).reduce((sum, term) => add(sum, term), constant(0))

/** One step: the next state, and what to report of this one. */
export const trainStep =
  <N extends Backboned, S extends object, I extends string, M extends string>({
    form,
    objective,
    optimiser,
    clip,
  }: StepOptions<N, S, I, M>) =>
  (state: State<N, S>, { batch, scheduled, clocks }: StepInput<I>): Stepped<State<N, S>, StepOutput<M>> => {
    const look = shown(form)
    const seen = { batch, student: look(state.student, batch), teacher: look(state.teacher, { global: batch.global }) }
    const applied = objective.apply(seen, state.objective, scheduled)
    const loss = sumOf(applied.terms)
    const gradients = clip(gradient(loss, state.student))
    const now = { parameters: state.student, kept: state.optimiser }
    const { parameters: student, kept } = optimiser.update(scheduled, clocks)(now, gradients)
    return {
      state: {
        student,
        teacher: ema(scheduled.teacherMomentum)(state.teacher, student),
        objective: applied.state,
        optimiser: kept,
      },
      output: { loss, ...applied.terms, ...applied.metrics },
    }
  }
