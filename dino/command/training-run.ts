// A training run for a person: a bar on the terminal, a folder with what came of it, pictures made ahead on another thread.
// Ctrl-C ends the run after the step under way; what was learned is kept.

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Executor } from '../../lib/index.ts'
import { type DataError, showDataError } from '../data/picture-set.ts'
import { openPictures, type Source } from '../node/open.ts'
import { prefetchLoader } from '../node/prefetch.ts'
import { openRecord, type Recorder, showRecordError } from '../node/record.ts'
import type { Configuration } from '../run/configuration.ts'
import { type StepReport, type Trained, train, type Watch } from '../run/course.ts'
import { lengthOf } from '../run/plan.ts'
import type { Failure } from './failure.ts'
import { writeMetricsPlot } from './plot.ts'
import { type Bar, counted, startBar } from './progress.ts'

/** A finished run. */
export interface Finished {
  readonly configuration: Configuration
  readonly folder: string
  readonly trained: Trained
  readonly seconds: number
  /** Seconds of them in which the executor waited for views. */
  readonly waiting: number
}

/** The pictures that a configuration trains on, or the built-in ones that it never sees. */
export const sourceOf = ({ data, seed, images, imageSize }: Configuration, part: Source['part']): Source => ({
  data,
  seed,
  images,
  imageSize,
  part,
})

/** Beside the teacher's entropy stands the largest that it can have. */
const notes = (report: StepReport, speed: number, prototypes: number): string => {
  const entropy = `${report.teacherEntropy.toFixed(2)} of ${Math.log(prototypes).toFixed(2)}`
  return `loss ${report.loss.toFixed(3)}  teacher entropy ${entropy}  ${speed.toFixed(0)} images/s`
}

/** How much of the speed shown is that of the steps before. */
const steadiness = 0.9

/** A line for every picture that was skipped, once. */
const tellingOnce = (bar: Bar): Watch['skipped'] => {
  const told = new Set<string>()
  return (error: DataError) => {
    const line = showDataError(error)
    if (!told.has(line)) bar.say(`skipped: ${line}`)
    told.add(line)
  }
}

/** Whether Ctrl-C was pressed; a second time ends the process at once. */
const listening = (bar: Bar): { readonly interrupted: () => boolean; readonly end: () => void } => {
  let interrupted = false
  const interrupt = (): void => {
    if (interrupted) process.exit(130)
    interrupted = true
    bar.say('stopping after this step; again to stop at once')
  }
  process.on('SIGINT', interrupt)
  return { interrupted: () => interrupted, end: () => process.off('SIGINT', interrupt) }
}

const watching = (
  bar: Bar,
  record: Recorder,
  stopped: () => boolean,
  reports: StepReport[],
  { prototypes }: Configuration,
): Watch => {
  let speed = 0
  return {
    step: report => {
      speed = speed === 0 ? report.imagesPerSecond : steadiness * speed + (1 - steadiness) * report.imagesPerSecond
      reports.push(report)
      record.step(report)
      bar.update(report.step + 1, notes(report, speed, prototypes))
    },
    skipped: tellingOnce(bar),
    state: (state, steps) => {
      const saved = record.save(state, steps)
      if (E.isLeft(saved)) bar.say(`not saved: ${showRecordError(saved.left)}`)
    },
    stopped,
  }
}

const recorded =
  (configuration: Configuration, executor: Executor, images: number) =>
  (record: Recorder): TE.TaskEither<Failure, Finished> =>
  async () => {
    const { steps } = lengthOf(configuration, images)
    const loader = prefetchLoader({ configuration, source: sourceOf(configuration, 'train') }, steps)
    const bar = startBar('training', steps)
    const control = listening(bar)
    const reports: StepReport[] = []
    const start = performance.now()
    const watch = watching(bar, record, control.interrupted, reports, configuration)
    const result = await train({ configuration, steps, loader, watch })(executor)()
    bar.stop()
    control.end()
    await loader.close()
    const seconds = (performance.now() - start) / 1000
    const waiting = reports.reduce((total, report) => total + report.waiting, 0) / 1000
    return pipe(
      result,
      E.chainFirstW(({ state, steps: done }) => record.save(state, done)),
      E.chainFirstW(() => writeMetricsPlot(record.folder, reports, configuration.prototypes)),
      E.map(trained => ({ configuration, folder: record.folder, trained, seconds, waiting })),
    )
  }

/** Trains as a configuration says and writes the run's folder. A batch is never larger than the set of pictures. */
export const trainRun =
  (wanted: Configuration, folder: string) =>
  (executor: Executor): TE.TaskEither<Failure, Finished> =>
    pipe(
      openPictures(sourceOf(wanted, 'train')),
      TE.mapLeft((error): Failure => error),
      TE.chain(({ names }) => {
        const configuration = { ...wanted, batch: Math.min(wanted.batch, names.length) }
        const { steps } = lengthOf(configuration, names.length)
        if (configuration.batch < wanted.batch)
          console.error(`a batch of ${wanted.batch} is more than there are images; it is ${configuration.batch} now`)
        console.error(`${counted(names.length, 'image')}, ${counted(steps, 'step')} of ${configuration.batch}`)
        return pipe(
          TE.fromEither(openRecord(folder, configuration)),
          TE.mapLeft((error): Failure => error),
          TE.chain(recorded(configuration, executor, names.length)),
        )
      }),
    )
