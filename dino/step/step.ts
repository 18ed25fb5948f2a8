// One step of self-distillation as a pure function (Caron et al. 2021, algorithm 1). The student sees every view, the
// teacher the global ones. The objective's loss is differentiated, the gradients are clipped, the optimiser moves the
// student, and the teacher follows it. The state goes in and the next state comes out; views, the values of the
// schedules and the optimiser's numbers from the host are the step's input. A step of several micro-batches is called
// once for each; see `gather.ts`. A step whose loss or gradients are not finite changes no state; see `guard.ts`.

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
import type { VitForm } from '../model/vit-form.ts'
import type { Backboned, Batch, Objective, Seen, Shown } from '../objective/objective.ts'
import { type Gathered, type Gathering, gather, type Place, selected } from './gather.ts'
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
  /** The place of the batch in a step of several; not given where the batch is the step's only one. */
  readonly place?: Place
}

/** Numbers that are of the whole step, even where it is called for several micro-batches: those of its last. */
export type OfWholeStep = 'gradientLength' | 'relativeMove'

/**
 * The numbers that a step reports: the loss, its terms, the objective's metrics; the length of all gradients together
 * before they are clipped; and the length of the student's move in parts of that of its parameters.
 */
export type StepOutput<M extends string> = Readonly<Record<'loss' | OfWholeStep | M, Scalar>>

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
  <N extends Backboned>(name: string, network: N, { global, globalMasks, local, localMasks }: Batch): Shown<N> => {
    const named = scope(name)
    const see = applyVit(network.backbone, form)
    const globals = { network, global: named((image: Batch['global']) => see(image, globalMasks))(global) }
    if (local === undefined) return globals
    return { ...globals, local: named((image: NonNullable<Batch['local']>) => see(image, localMasks))(local) }
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
    const seen = {
      batch,
      student: show('student', student, batch),
      teacher: show('teacher', teacher, { global: batch.global }),
    }
    const { terms, state, metrics } = scope('objective')((all: Seen<N>) => objective.apply(all, now, scheduled))(seen)
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
    const update = scope('optimiser')((gradients: N) => optimiser.update(scheduled, clocks)(now, clip(gradients)))
    const { parameters: student, kept } = update(found.gradients)
    return {
      student,
      teacher: ema(scheduled.teacherMomentum)(state.teacher, teacher === 'behind' ? state.student : student),
      objective: found.objective,
      optimiser: kept,
    }
  }

/** The state after a batch, which moves at the step's last one, and the gradients so far. */
const advance =
  <N extends object, S extends object, I extends string, M extends string>(options: StepOptions<N, S, I, M>) =>
  ({ gathered, ...state }: Gathering<N, S>, found: Gathered<N, S>, input: StepInput<I>) => {
    if (gathered === undefined || input.place === undefined)
      return { next: move(options)(state, found, input) as Gathering<N, S>, gradients: found.gradients }
    const means = gather(input.place)(gathered, found)
    const moved = selected(input.place.last)(move(options)(state, means, input), state)
    return { next: { ...moved, gathered: means }, gradients: means.gradients }
  }

/** The length of the way from one tree to another, in parts of the length of the first. */
const relativeDistance = <T extends object>(from: T, to: T): Scalar =>
  div(trees.euclidean(trees.zipTrees(to, from)((_, there, here) => sub(there, here))), trees.euclidean(from))

/** One step, or one micro-batch of it: the next state, and what to report of this batch. */
export const trainStep =
  <N extends Backboned, S extends object, I extends string, M extends string>(options: StepOptions<N, S, I, M>) =>
  (state: Gathering<N, S>, input: StepInput<I>): Stepped<Gathering<N, S>, StepOutput<M>> => {
    const { found, output } = look(options)(state, input)
    const { next, gradients } = advance(options)(state, found, input)
    const gradientLength = scope('length of gradients')(trees.euclidean)(gradients)
    const relativeMove = relativeDistance(state.student, next.student)
    const sound = allFinite([output.loss, gradientLength, ...Object.values<Scalar>(input.scheduled)])
    return { state: movedIf(sound)(state, next), output: { gradientLength, relativeMove, ...output } }
  }
