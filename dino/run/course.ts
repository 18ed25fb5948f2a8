// Training: a step is compiled once and run on one batch after another, while the state stays on the executor; where a
// batch is taken in parts, it is run for each of them. The only count of steps is here, on the host: a run begins at
// the step of the state that it is given. The loop is one task with a plain loop inside; `watch` is told of each step,
// and of the state when it is to be saved.

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RR from 'fp-ts/lib/ReadonlyRecord.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type Dense, type Executor, type executors, type Machine, machine } from '../../lib/index.ts'
import type { DataError } from '../data/picture-set.ts'
import { settled } from '../step/gather.ts'
import type { ScheduledValues } from '../step/step-options.ts'
import type { ViewBatch } from './batch.ts'
import { cadence } from './cadence.ts'
import { type CheckedStep, checkUpsOf, type Judged } from './check-ups.ts'
import { type FailureOf, failure } from './failure.ts'
import { initialState, standing } from './initial.ts'
import { inputSpec, type Said, saying, stepInput } from './input.ts'
import { brokenOff, isSound } from './not-finite.ts'
import { type RunGathering, type RunInput, type RunReport, stepOf } from './recipe.ts'
import type { Progress } from './saved.ts'

/** Why training ended before its end. */
export type CourseFailure = FailureOf<'run' | 'data' | 'training' | 'record'>

/** Brings the views of each micro-batch, in order. */
export interface Loader {
  /** A micro-batch by its number from the beginning of the run: the step's, where a batch is not taken in parts. */
  readonly next: (microBatch: number) => TE.TaskEither<FailureOf<'data' | 'training'>, ViewBatch>
}

/** One line of the record of a run; that of the check-up at this step, if there was one, is in it. */
export interface StepReport extends Readonly<Record<keyof RunReport, number>>, ScheduledValues, Partial<CheckedStep> {
  /** From 0. */
  readonly step: number
  /** The speed of this step alone, with the time in which it waited for its views. */
  readonly imagesPerSecond: number
  /** Milliseconds of this step in which the executor waited for views. */
  readonly waiting: number
}

/** Functions that a run calls on its way; `step` can end it by an error, `stopped` by saying so. */
export interface Watch {
  readonly step: (report: StepReport) => E.Either<CourseFailure, void>
  readonly skipped: (error: DataError) => void
  /**
   * Called with the state as often as `saveEvery` says, but not at the end; and before an error that the state does not
   * suffer from, because it came before a step was begun.
   */
  readonly progress: (progress: Progress) => void
  readonly stopped: () => boolean
}

/** A run to do. */
export interface Course extends Judged {
  /** Steps of the whole run, those before `from` included. */
  readonly steps: number
  /** The state that it begins with; that before the first step if not given. */
  readonly from?: Progress
  readonly loader: Loader
}

/** How a run ended, and the time of each kernel where the executor took it. */
export interface Trained extends Progress {
  readonly profile: readonly executors.KernelTime[]
}

type Running = Machine<RunGathering, RunInput, RunReport>

/** The numbers that come of a micro-batch, and the milliseconds in which the executor waited for it. */
interface Part {
  readonly numbers: Readonly<Record<keyof RunReport, number>>
  readonly waiting: number
}

/** One micro-batch of a step: its views, and what the machine makes of it. */
const takePart =
  ({ configuration, steps, loader }: Course, machine: Running, { skipped, progress }: Watch, executor: Executor) =>
  (step: number, part: number, said: Said): TE.TaskEither<CourseFailure, Part> =>
  async () => {
    const start = performance.now()
    const batch = await loader.next(step * configuration.run.accumulate + part)()
    if (E.isLeft(batch)) return batch
    const waiting = performance.now() - start
    batch.right.skipped.forEach(skipped)
    const input = stepInput(configuration, batch.right.views, step, said, part)
    const result = await machine.step(input)()
    if (E.isLeft(result)) return E.left(failure('run')(result.left))
    const numbers = RR.map(({ data }: Dense<never>) => data[0])(result.right)
    if (isSound(numbers, said.scheduled)) return E.right({ numbers, waiting })
    return brokenOff(stepOf(configuration, steps), machine.state, progress)(step, numbers.loss, input)(executor)()
  }

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value)

/** One step: all its micro-batches, what the host says of it, and what to report; numbers are means over its parts. */
const turn = (course: Course, machine: Running, watch: Watch, executor: Executor) => {
  const { batch, accumulate } = course.configuration.run
  const say = saying(course.configuration, course.steps)
  const take = takePart(course, machine, watch, executor)
  return (step: number): TE.TaskEither<CourseFailure, StepReport> =>
    async () => {
      const start = performance.now()
      const said = say(step)
      const parts: Part[] = []
      while (parts.length < accumulate) {
        const part = await take(step, parts.length, said)()
        if (E.isLeft(part)) return part
        parts.push(part.right)
      }
      const means = RR.mapWithIndex(
        (name: keyof RunReport) => sumOf(parts.map(part => part.numbers[name])) / accumulate,
      )(parts[0].numbers)
      /** Of the whole step, even where it is taken in parts: that of its last one. */
      const { gradientLength } = parts[parts.length - 1].numbers
      const numbers = { ...means, gradientLength }
      const imagesPerSecond = (1000 * batch) / (performance.now() - start)
      const waiting = sumOf(parts.map(part => part.waiting))
      return E.right({ step, ...numbers, ...said.scheduled, imagesPerSecond, waiting })
    }
}

/** Whether an error came before a step was begun, so that the state is that of the steps before. */
const leavesState = ({ source, error }: CourseFailure): boolean =>
  source === 'data' || (source === 'training' && error.kind === 'lost thread')

/** A run that is compiled and waits to be watched. */
export type Prepared = (watch: Watch) => TE.TaskEither<CourseFailure, Trained>

const loop =
  (course: Course, machine: Running, from: number, executor: Executor): Prepared =>
  watch =>
  async () => {
    const { steps, configuration } = course
    const isDue = cadence(configuration.run.saveEvery)
    /** The state that a run begins with is not told: it is known. */
    const progress: Watch['progress'] = reached => (reached.step > from ? watch.progress(reached) : undefined)
    const take = turn(course, machine, { ...watch, progress }, executor)
    const checkUps = checkUpsOf(course, pipe(machine.state, TE.map(settled)), watch.skipped)
    const tell = (step: number) => pipe(checkUps.progress(step), TE.map(watch.progress))
    let step = from
    while (step < steps && !watch.stopped()) {
      const told = E.chain(watch.step)(await checkUps.around(step, take(step))())
      if (E.isLeft(told)) {
        if (step > from && leavesState(told.left)) await tell(step)()
        return told
      }
      step += 1
      if (step === steps || !isDue(step)) continue
      const reached = await tell(step)()
      if (E.isLeft(reached)) return reached
    }
    return pipe(
      await checkUps.progress(step)(),
      E.map(reached => ({ ...reached, profile: machine.profile() })),
    )
  }

/** Compiles a run, and puts the state that it begins with on the executor. */
export const prepare =
  (course: Course) =>
  (executor: Executor): TE.TaskEither<FailureOf<'run'>, Prepared> => {
    const { configuration, steps } = course
    const from = course.from ?? { state: initialState(configuration), step: 0 }
    const begin = standing(configuration, from.state)
    return pipe(
      machine(stepOf(configuration, steps), begin, inputSpec(configuration, steps))(executor),
      TE.bimap(failure('run'), running => loop(course, running, from.step, executor)),
    )
  }

/** Trains until the run's last step, or until `watch` ends it; the state comes back if nothing failed. */
export const train =
  ({ watch, ...course }: Course & { readonly watch: Watch }) =>
  (executor: Executor): TE.TaskEither<CourseFailure, Trained> =>
    pipe(
      prepare(course)(executor),
      TE.chainW(run => run(watch)),
    )
