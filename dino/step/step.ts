// One step of self-distillation as a pure function (Caron et al. 2021, algorithm 1). The student sees every view, the
// teacher the global ones. The objective's loss is differentiated, the gradients are clipped, the optimiser moves the
// student, and the teacher follows it. The state goes in and the next state comes out; views, the values of the
// schedules and the optimiser's numbers from the host are the step's input. A step of several micro-batches is called
// once for each; see `gather.ts`.

import { add, constant, gradient, type optimisers, type Scalar, type Stepped } from '../../lib/index.ts'
import { applyVit } from '../model/vit.ts'
import type { VitForm } from '../model/vit-form.ts'
import type { Backboned, Batch, Objective, Shown } from '../objective/objective.ts'
import { type Gathered, type Gathering, gather, type Place, selected } from './gather.ts'
import type { State } from './state.ts'
import { ema } from './teacher.ts'

/** The values of the schedules at a step, by name: those that every step needs, and those that the objective reads. */
export type Scheduled<I extends string> = optimisers.Rates & Readonly<Record<'teacherMomentum' | I, Scalar>>

/** The input of a step. */
export interface StepInput<I extends string> {
  readonly batch: Batch
  readonly scheduled: Scheduled<I>
  readonly clocks: optimisers.Clocks
  /** The place of the batch in a step of several; not given where the batch is the step's only one. */
  readonly place?: Place
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
  /** The student that the teacher follows: the one that this step makes, or the one that it began with. */
  readonly teacher?: 'abreast' | 'behind'
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

/** The gradients and the objective's next state for a batch, and what to report of it; nothing moves. */
const look =
  <N extends Backboned, S extends object, I extends string, M extends string>({
    form,
    objective,
  }: StepOptions<N, S, I, M>) =>
  ({ student, teacher, objective: now }: State<N, S>, { batch, scheduled }: StepInput<I>) => {
    const show = shown(form)
    const seen = { batch, student: show(student, batch), teacher: show(teacher, { global: batch.global }) }
    const { terms, state, metrics } = objective.apply(seen, now, scheduled)
    const loss = sumOf(terms)
    const found: Gathered<N, S> = { gradients: gradient(loss, student), objective: state }
    return { found, output: { loss, ...terms, ...metrics } }
  }

/** The next state: the student moves by its gradients, and the teacher follows. */
const move =
  <N extends object, S extends object, I extends string, M extends string>({
    optimiser,
    clip,
    teacher,
  }: StepOptions<N, S, I, M>) =>
  (state: State<N, S>, found: Gathered<N, S>, { scheduled, clocks }: StepInput<I>): State<N, S> => {
    const now = { parameters: state.student, kept: state.optimiser }
    const { parameters: student, kept } = optimiser.update(scheduled, clocks)(now, clip(found.gradients))
    return {
      student,
      teacher: ema(scheduled.teacherMomentum)(state.teacher, teacher === 'behind' ? state.student : student),
      objective: found.objective,
      optimiser: kept,
    }
  }

/** One step, or one micro-batch of it: the next state, and what to report of this batch. */
export const trainStep =
  <N extends Backboned, S extends object, I extends string, M extends string>(options: StepOptions<N, S, I, M>) =>
  ({ gathered, ...state }: Gathering<N, S>, input: StepInput<I>): Stepped<Gathering<N, S>, StepOutput<M>> => {
    const { found, output } = look(options)(state, input)
    if (gathered === undefined || input.place === undefined)
      return { state: move(options)(state, found, input), output }
    const means = gather(input.place)(gathered, found)
    const next = move(options)(state, means, input)
    return { state: { ...selected(input.place.last)(next, state), gathered: means }, output }
  }
