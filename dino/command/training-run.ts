// A training run for a person: it tells what the run needs, shows a bar, and writes the results to a folder, while
// another thread makes views of the next batches. The folder is made once everything is compiled and the first step is
// next, so that a run that fails earlier leaves nothing behind.

import { totalmem } from 'node:os'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Executor } from '../../lib/index.ts'
import { type DataError, type PictureSet, showDataError } from '../data/picture-set.ts'
import { openPictures, sourceOf } from '../node/open.ts'
import { prefetchLoader } from '../node/prefetch.ts'
import { openRecord, type Recorder, tryRecord } from '../node/record.ts'
import { type Configuration, changed } from '../run/configuration.ts'
import { type Prepared, prepare, type StepReport, type Trained, type Watch } from '../run/course.ts'
import { estimate, showBytes } from '../run/estimate.ts'
import { type Failure, type FailureOf, failure, type RecordError } from '../run/failure.ts'
import { fitBatch, lengthOf } from '../run/run-options.ts'
import { listen } from './interrupt.ts'
import { writeMetricsPlot } from './plot.ts'
import { type Bar, counted, startBar } from './progress.ts'
import { showRecordError } from './tell-failure.ts'

/** A finished run. */
export interface Finished {
  readonly configuration: Configuration
  readonly folder: string
  readonly trained: Trained
  /** Steps that were done. */
  readonly steps: number
  readonly seconds: number
  /** Seconds of them in which the executor waited for views. */
  readonly waiting: number
}

/** Beside the teacher's entropy stands the largest that it can have. */
const notes = (report: StepReport, speed: number, prototypes: number): string => {
  const entropy = `${report.teacherEntropy.toFixed(2)} of ${Math.log(prototypes).toFixed(2)}`
  return `loss ${report.loss.toFixed(3)}  teacher entropy ${entropy}  ${speed.toFixed(0)} images/s`
}

/** How much of the speed shown is that of the steps before. */
const steadiness = 0.9

/** A line for every picture that was skipped, once. */
const tellingOnce = (say: (line: string) => void): Watch['skipped'] => {
  const told = new Set<string>()
  return (error: DataError) => {
    const line = showDataError(error)
    if (!told.has(line)) say(`skipped: ${line}`)
    told.add(line)
  }
}

const watching = (
  { model }: Configuration,
  bar: Bar,
  record: Recorder,
  reports: StepReport[],
  stopped: () => boolean,
): Watch => {
  let speed = 0
  return {
    step: report => {
      speed = speed === 0 ? report.imagesPerSecond : steadiness * speed + (1 - steadiness) * report.imagesPerSecond
      reports.push(report)
      bar.update(report.step + 1, notes(report, speed, model.head.prototypes))
      return pipe(record.step(report), E.mapLeft(failure('record')))
    },
    skipped: tellingOnce(bar.say),
    progress: progress => {
      const saved = record.save(progress)
      if (E.isLeft(saved)) bar.say(`not saved: ${showRecordError(saved.left)}`)
    },
    stopped,
  }
}

/**
 * Runs to the end or to Ctrl-C and writes what came of it; a folder in which no step was written is taken away again.
 */
const recorded =
  (configuration: Configuration, steps: number, run: Prepared) =>
  (record: Recorder): TE.TaskEither<Failure, Finished> =>
  async () => {
    const bar = startBar('training', steps)
    const interrupts = listen(bar.say)
    const reports: StepReport[] = []
    const start = performance.now()
    const result = await run(watching(configuration, bar, record, reports, interrupts.asked))()
    bar.stop()
    interrupts.end()
    if (E.isLeft(result) && reports.length === 0) record.discard()
    const seconds = (performance.now() - start) / 1000
    const waiting = reports.reduce((total, report) => total + report.waiting, 0) / 1000
    const written = (trained: Trained): E.Either<RecordError, void> =>
      pipe(
        record.save(trained),
        E.chain(() => writeMetricsPlot(record.folder, reports, configuration.model.head.prototypes)),
      )
    return pipe(
      result,
      E.chainFirstW(trained => pipe(written(trained), E.mapLeft(failure('record')))),
      E.map(trained => ({ configuration, folder: record.folder, trained, steps: reports.length, seconds, waiting })),
    )
  }

/** Compiles a run, makes its folder, and trains. */
const trained =
  (configuration: Configuration, folder: string, steps: number) =>
  (executor: Executor): TE.TaskEither<Failure, Finished> => {
    const assignment = { configuration, source: sourceOf(configuration, 'train') }
    console.error('compiling the step; Ctrl-C ends that at once, for nothing is written yet')
    return TE.bracket(
      TE.fromIO(() => prefetchLoader(assignment, { from: 0, until: steps * configuration.run.accumulate })),
      loader =>
        pipe(
          prepare({ configuration, steps, loader })(executor),
          TE.bindTo('run'),
          TE.bindW('record', () =>
            pipe(TE.fromEither(openRecord(folder, configuration)), TE.mapLeft(failure('record'))),
          ),
          TE.chainW(({ run, record }) => recorded(configuration, steps, run)(record)),
        ),
      loader => TE.fromTask(loader.close),
    )
  }

/** A WebAssembly memory is addressed by 32 bits. */
const wasmLimit = 2 ** 32

/** Tells what a run needs, or refuses it if that cannot be had. */
const fitting = (configuration: Configuration, { name }: Executor): E.Either<FailureOf<'training'>, void> => {
  const { step, least, written: disk, largest } = estimate(configuration)
  const limit = name === 'wasm' ? Math.min(wasmLimit, totalmem()) : totalmem()
  if (least > limit) return E.left(failure('training')({ kind: 'too large', needed: least, limit, largest }))
  const scarce = step > limit ? `, which may be more than there is; what needs most are ${largest}` : ''
  console.error(`a step needs about ${showBytes(step)}${scarce}; the state is written as ${showBytes(disk)}`)
  return E.right(undefined)
}

/** Tells what there is to train on. A batch is never larger than the set of pictures. */
const fittedTo = (wanted: Configuration, { names, skipped }: PictureSet): Configuration => {
  for (const error of skipped) console.error(`skipped: ${showDataError(error)}`)
  const configuration = changed(wanted, { run: fitBatch(wanted.run, names.length) })
  const { batch } = configuration.run
  if (batch < wanted.run.batch)
    console.error(`a batch of ${wanted.run.batch} is more than there are images; it is ${batch} now`)
  const { steps } = lengthOf(configuration.run, names.length)
  console.error(`${counted(names.length, 'image')}, ${counted(steps, 'step')} of ${batch}`)
  return configuration
}

/** Trains as a configuration says and writes the run's folder. */
export const trainRun =
  (wanted: Configuration, folder: string) =>
  (executor: Executor): TE.TaskEither<Failure, Finished> =>
    pipe(
      openPictures(sourceOf(wanted, 'train')),
      TE.mapLeft(failure('data')),
      TE.bindTo('set'),
      TE.let('configuration', ({ set }) => fittedTo(wanted, set)),
      TE.chainFirstW(({ configuration }) => TE.fromEither(fitting(configuration, executor))),
      TE.chainFirstW(() => TE.fromEither(pipe(tryRecord(folder), E.mapLeft(failure('record'))))),
      TE.chainW(({ set, configuration }) => {
        const { steps } = lengthOf(configuration.run, set.names.length)
        return trained(configuration, folder, steps)(executor)
      }),
    )
