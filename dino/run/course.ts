// Training: the step of `step.ts`, compiled once, run over the batches that a loader brings, while the state stays on the
// executor. The loop is one task with a plain loop inside; what is to be seen or written on the way goes through `watch`.

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as RR from 'fp-ts/lib/ReadonlyRecord.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  type As,
  type Dense,
  type Executor,
  type KernelTime,
  type Machine,
  machine,
  type RunError,
} from '../../lib/index.ts'
import type { DataError } from '../data/picture-set.ts'
import { trainStep } from '../step/step.ts'
import { batchInput, batchSpec, type ViewBatch } from './batch.ts'
import type { Configuration } from './configuration.ts'
import { initialState } from './initial.ts'
import { type RunInput, type RunReport, type RunState, ratesOf, type ScheduledValues, stepOptions } from './plan.ts'

/** Brings the views of each step, steps in order. */
export interface Loader {
  readonly next: (step: number) => TE.TaskEither<DataError, ViewBatch>
}

/** One line of the record of a run. */
export interface StepReport extends Readonly<Record<keyof RunReport, number>>, ScheduledValues {
  readonly step: number
  /** Of this step alone, waiting for its views included. */
  readonly imagesPerSecond: number
  /** Milliseconds of this step in which the executor waited for views. */
  readonly waiting: number
}

/** What a run tells while it goes, and whether it should stop early. */
export interface Watch {
  readonly step: (report: StepReport) => void
  readonly skipped: (error: DataError) => void
  /** Hears the state, and the number of steps that made it, every `saveEvery` steps. */
  readonly state: (state: As<'dense', RunState>, steps: number) => void
  readonly stopped: () => boolean
}

/** Why training ended before its end. */
export type TrainError =
  | { readonly kind: 'run'; readonly error: RunError }
  | { readonly kind: 'data'; readonly error: DataError }
  | { readonly kind: 'not finite'; readonly step: number; readonly loss: number }

/** A run to do: how, for how long, on which views, and who watches. */
export interface Course {
  readonly configuration: Configuration
  readonly steps: number
  readonly loader: Loader
  readonly watch: Watch
}

/** How a run ended: the state, the steps that were done, and the time of each kernel where the executor took it. */
export interface Trained {
  readonly state: As<'dense', RunState>
  readonly steps: number
  readonly profile: readonly KernelTime[]
}

type Running = Machine<RunState, RunInput, RunReport>

const runError = (error: RunError): TrainError => ({ kind: 'run', error })
const dataError = (error: DataError): TrainError => ({ kind: 'data', error })

/** One step: its views, its rates, the machine's step, and what to report. */
const turn =
  ({ configuration, steps, loader, watch }: Course, machine: Running) =>
  (step: number): TE.TaskEither<TrainError, StepReport> =>
  async () => {
    const start = performance.now()
    const batch = await loader.next(step)()
    if (E.isLeft(batch)) return E.left(dataError(batch.left))
    const waiting = performance.now() - start
    batch.right.skipped.forEach(watch.skipped)
    const rates = ratesOf(configuration, steps)(step)
    const result = await machine.step(batchInput(configuration, batch.right.views, step, rates))()
    if (E.isLeft(result)) return E.left(runError(result.left))
    const metrics = RR.map(({ data }: Dense<never>) => data[0])(result.right)
    if (!Number.isFinite(metrics.loss)) return E.left({ kind: 'not finite', step, loss: metrics.loss })
    const imagesPerSecond = (1000 * configuration.batch) / (performance.now() - start)
    return E.right({ step, ...metrics, ...rates.scheduled, imagesPerSecond, waiting })
  }

const loop =
  (course: Course) =>
  (machine: Running): TE.TaskEither<TrainError, Trained> =>
  async () => {
    const { configuration, steps, watch } = course
    const read = pipe(machine.state, TE.mapLeft(runError))
    let done = 0
    while (done < steps && !watch.stopped()) {
      const report = await turn(course, machine)(done)()
      if (E.isLeft(report)) return report
      watch.step(report.right)
      done += 1
      if (configuration.saveEvery > 0 && done % configuration.saveEvery === 0 && done < steps) {
        const state = await read()
        if (E.isLeft(state)) return state
        watch.state(state.right, done)
      }
    }
    return pipe(
      await read(),
      E.map(state => ({ state, steps: done, profile: machine.profile() })),
    )
  }

/** Trains for as many steps as asked, or until `watch` says to stop; the state comes back either way. */
export const train =
  (course: Course) =>
  (executor: Executor): TE.TaskEither<TrainError, Trained> => {
    const { configuration, steps } = course
    const step = trainStep(stepOptions(configuration, steps))
    return pipe(
      machine(step, initialState(configuration), batchSpec(configuration, steps))(executor),
      TE.mapLeft(runError),
      TE.chain(loop(course)),
    )
  }
