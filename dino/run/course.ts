// Training: a step is compiled once and run on one batch after another, while the state stays on the executor. The only
// count of steps is here, on the host: a run begins at the step of the state that it is given. The loop is one task
// with a plain loop inside; `watch` is told of each step, and of the state when it is to be saved.

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RR from 'fp-ts/lib/ReadonlyRecord.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type Dense, type Executor, type executors, type Machine, machine } from '../../lib/index.ts'
import type { DataError } from '../data/picture-set.ts'
import type { ScheduledValues } from '../step/step-options.ts'
import type { ViewBatch } from './batch.ts'
import { cadence } from './cadence.ts'
import type { Configuration } from './configuration.ts'
import { type FailureOf, failure } from './failure.ts'
import { initialState } from './initial.ts'
import { inputSpec, saying, stepInput } from './input.ts'
import { type RunInput, type RunReport, type RunState, stepOf } from './recipe.ts'
import type { Progress } from './saved.ts'

/** Why training ended before its end. */
export type CourseFailure = FailureOf<'run' | 'data' | 'training' | 'record'>

/** Brings the views of each step, steps in order. */
export interface Loader {
  readonly next: (step: number) => TE.TaskEither<FailureOf<'data' | 'training'>, ViewBatch>
}

/** One line of the record of a run. */
export interface StepReport extends Readonly<Record<keyof RunReport, number>>, ScheduledValues {
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
export interface Course {
  readonly configuration: Configuration
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

type Running = Machine<RunState, RunInput, RunReport>

/** One step: its views, what the host says of it, the machine's step, and what to report. */
const turn = ({ configuration, steps, loader }: Course, machine: Running, skipped: Watch['skipped']) => {
  const say = saying(configuration, steps)
  return (step: number): TE.TaskEither<CourseFailure, StepReport> =>
    async () => {
      const start = performance.now()
      const batch = await loader.next(step)()
      if (E.isLeft(batch)) return batch
      const waiting = performance.now() - start
      batch.right.skipped.forEach(skipped)
      const said = say(step)
      const result = await machine.step(stepInput(configuration, batch.right.views, step, said))()
      if (E.isLeft(result)) return E.left(failure('run')(result.left))
      const numbers = RR.map(({ data }: Dense<never>) => data[0])(result.right)
      if (!Number.isFinite(numbers.loss))
        return E.left(failure('training')({ kind: 'not finite', step, loss: numbers.loss }))
      const imagesPerSecond = (1000 * configuration.run.batch) / (performance.now() - start)
      return E.right({ step, ...numbers, ...said.scheduled, imagesPerSecond, waiting })
    }
}

/** Whether an error came before a step was begun, so that the state is that of the steps before. */
const leavesState = ({ source, error }: CourseFailure): boolean =>
  source === 'data' || (source === 'training' && error.kind === 'lost thread')

/** A run that is compiled and waits to be watched. */
export type Prepared = (watch: Watch) => TE.TaskEither<CourseFailure, Trained>

const loop =
  (course: Course, machine: Running, from: number): Prepared =>
  watch =>
  async () => {
    const { steps, configuration } = course
    const isDue = cadence(configuration.run.saveEvery)
    const take = turn(course, machine, watch.skipped)
    const progress = (step: number): TE.TaskEither<CourseFailure, Progress> =>
      pipe(
        machine.state,
        TE.bimap(failure('run'), state => ({ state, step })),
      )
    const tell = (step: number) => pipe(progress(step), TE.map(watch.progress))
    let step = from
    while (step < steps && !watch.stopped()) {
      const told = pipe(await take(step)(), E.chain(watch.step))
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
      await progress(step)(),
      E.map(reached => ({ ...reached, profile: machine.profile() })),
    )
  }

/** Compiles a run, and puts the state that it begins with on the executor. */
export const prepare =
  (course: Course) =>
  (executor: Executor): TE.TaskEither<FailureOf<'run'>, Prepared> => {
    const { configuration, steps } = course
    const from = course.from ?? { state: initialState(configuration), step: 0 }
    return pipe(
      machine(stepOf(configuration, steps), from.state, inputSpec(configuration, steps))(executor),
      TE.bimap(failure('run'), running => loop(course, running, from.step)),
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
