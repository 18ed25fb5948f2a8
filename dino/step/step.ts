// One step of self-distillation as a pure function (Caron et al. 2021, algorithm 1). The student sees every view, the
// teacher the global ones. The objective's loss is differentiated, the gradients are clipped, the optimiser moves the
// student, and the teacher follows it. The state goes in and the next state comes out; views, the values of the
// schedules and the optimiser's numbers from the host are the step's input. A step of several micro-batches is called
// once for each; see `gather.ts`. A step whose loss or gradients are not finite changes no state; see `guard.ts`.

import {
  add,
  constant,
  gradient,
  mul,
  type optimisers,
  type Scalar,
  type Stepped,
  scope,
  trees,
} from '../../lib/index.ts'
import { applyVit } from '../model/vit.ts'
import type { VitForm } from '../model/vit-form.ts'
import type { Backboned, Batch, Objective, Seen, Shown } from '../objective/objective.ts'
import { type Gathered, type Gathering, gather, type Place } from './gather.ts'
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

/**
 * The numbers that a step reports: the loss, its terms, the objective's metrics, and the length of all gradients
 * together before they are clipped.
 */
export type StepOutput<M extends string> = Readonly<Record<'loss' | 'gradientLength' | M, Scalar>>

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

/** The next state: the student moves by its gradients, and the teacher follows; all stays where `moves` is 0. */
const move =
  <N extends object, S extends object, I extends string, M extends string>({
    optimiser,
    clip,
    teacher: following,
  }: StepOptions<N, S, I, M>) =>
  (state: State<N, S>, found: Gathered<N, S>, { scheduled, clocks }: StepInput<I>, moves: Scalar): State<N, S> => {
    const now = { parameters: state.student, kept: state.optimiser }
    const update = scope('optimiser')((gradients: N) =>
      optimiser.update(scheduled, clocks, moves)(now, clip(gradients)),
    )
    const { parameters: student, kept } = update(found.gradients)
    const followed = following === 'behind' ? state.student : student
    const hold = movedIf(moves)
    return {
      student,
      teacher: hold(state.teacher, ema(scheduled.teacherMomentum)(state.teacher, followed)),
      objective: hold(state.objective, found.objective),
      optimiser: kept,
    }
  }

/** One step, or one micro-batch of it, of which the last moves the state: the next state, and what to report. */
export const trainStep =
  <N extends Backboned, S extends object, I extends string, M extends string>(options: StepOptions<N, S, I, M>) =>
  ({ gathered, ...state }: Gathering<N, S>, input: StepInput<I>): Stepped<Gathering<N, S>, StepOutput<M>> => {
    const { place, scheduled } = input
    const { found, output } = look(options)(state, input)
    const isGathering = gathered !== undefined && place !== undefined
    const means = isGathering ? gather(place)(gathered, found) : found
    const gradientLength = scope('length of gradients')(trees.euclidean)(means.gradients)
    const sound = allFinite([output.loss, gradientLength, ...Object.values<Scalar>(scheduled)])
    const next = move(options)(state, means, input, isGathering ? mul(sound, place.last) : sound)
    return {
      state: isGathering ? { ...next, gathered: movedIf(sound)(gathered, means) } : next,
      output: { gradientLength, ...output },
    }
  }
