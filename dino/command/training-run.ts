// A training run for a person: it tells what the run needs, shows a bar, and writes the results to a folder, while
// another thread makes views of the next batches. The folder is made once everything is compiled and the first step is
// next, so that a run that fails earlier leaves nothing behind.

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Executor } from '../../lib/index.ts'
import { type DataError, showDataError } from '../data/picture-set.ts'
import { sha256 } from '../node/checkpoint-folder.ts'
import { openHeldOut } from '../node/held-out.ts'
import { openPictures, sourceOf } from '../node/open.ts'
import { tryRecord } from '../node/open-record.ts'
import { prefetchLoader } from '../node/prefetch.ts'
import type { About, Recorder } from '../node/recorder.ts'
import { heldOutJudge } from '../run/check-ups.ts'
import type { Configuration } from '../run/configuration.ts'
import { type Prepared, prepare, type StepReport, type Trained, type Watch } from '../run/course.ts'
import { type Failure, type FailureOf, failure } from '../run/failure.ts'
import { identityOf } from '../run/identity.ts'
import { lengthOf } from '../run/run-options.ts'
import { type Beginning, fromTheFirst, fromTheNewest } from './begin-run.ts'
import { conclude, giveUp, tellHowToGoOn } from './end-run.ts'
import { fittedTo, fitting } from './fit-run.ts'
import { listen } from './interrupt.ts'
import { type Bar, startBar } from './progress.ts'
import { showRecordError } from './tell-failure.ts'
import { showCheckUp, tellingSickness } from './tell-health.ts'

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
const notes = (reports: readonly StepReport[], speed: number, prototypes: number): string => {
  const report = reports[reports.length - 1]
  const entropy = `${report.teacherEntropy.toFixed(2)} of ${Math.log(prototypes).toFixed(2)}`
  const signs = [`loss ${report.loss.toFixed(3)}`, `teacher entropy ${entropy}`, showCheckUp(reports)]
  return [...signs, `${speed.toFixed(0)} images/s`].filter(sign => sign !== '').join('  ')
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
  { model, run }: Configuration,
  steps: number,
  bar: Bar,
  record: Recorder,
  reports: StepReport[],
  stopped: () => boolean,
): Watch => {
  let speed = 0
  const patient = { prototypes: model.head.prototypes, steps }
  const tellSickness = run.healthEvery > 0 ? tellingSickness(patient, bar.say) : () => undefined
  return {
    step: report => {
      speed = speed === 0 ? report.imagesPerSecond : steadiness * speed + (1 - steadiness) * report.imagesPerSecond
      reports.push(report)
      bar.update(report.step + 1, notes(reports, speed, model.head.prototypes))
      tellSickness(reports)
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

/** Runs to the end or to Ctrl-C and writes what came of it. */
const recorded =
  (configuration: Configuration, steps: number, run: Prepared) =>
  (record: Recorder): TE.TaskEither<Failure, Finished> =>
  async () => {
    const bar = startBar('training', steps)
    const interrupts = listen(bar.say)
    const reports: StepReport[] = []
    const start = performance.now()
    const result = await run(watching(configuration, steps, bar, record, reports, interrupts.asked))()
    bar.stop()
    const seconds = (performance.now() - start) / 1000
    const waiting = reports.reduce((total, report) => total + report.waiting, 0) / 1000
    const concluded = pipe(
      result,
      E.chainFirstW(trained =>
        pipe(conclude(record, { configuration, steps, reports, trained }), E.mapLeft(failure('record'))),
      ),
    )
    interrupts.end()
    if (E.isLeft(concluded)) giveUp(record, concluded.left, record.earlier.length + reports.length)
    return pipe(
      concluded,
      E.map(trained => {
        if (trained.step < steps) tellHowToGoOn(record.folder)
        return { configuration, folder: record.folder, trained, steps: reports.length, seconds, waiting }
      }),
    )
  }

/** Compiles a run, opens its folder, and trains. */
const trained =
  (about: About, { from, open }: Beginning) =>
  (executor: Executor): TE.TaskEither<Failure, Finished> => {
    const { configuration, notes } = about
    const { steps } = notes
    const parts = configuration.run.accumulate
    const judge = heldOutJudge(configuration, openHeldOut(configuration), executor)
    const assignment = { configuration, source: sourceOf(configuration, 'train') }
    console.error('compiling the step; Ctrl-C ends that at once, for nothing is written yet')
    return TE.bracket(
      TE.fromIO(() => prefetchLoader(assignment, { from: parts * (from?.step ?? 0), until: parts * steps })),
      loader =>
        pipe(
          prepare({ configuration, steps, loader, judge, ...(from === undefined ? {} : { from }) })(executor),
          TE.bindTo('run'),
          TE.bindW('record', () => TE.fromEither(pipe(open(), E.mapLeft(failure('record'))))),
          TE.chainW(({ run, record }) => recorded(configuration, steps, run)(record)),
        ),
      loader => TE.fromTask(loader.close),
    )
  }

/** A run to do: what it is, where it is written, and whether it goes on there. */
export interface RunPlan {
  readonly configuration: Configuration
  readonly folder: string
  /** The preset that it began with, if it was one. */
  readonly preset: string | undefined
  readonly goesOn: boolean
}

const beginning = ({ folder, goesOn }: RunPlan, about: About): E.Either<FailureOf<'record' | 'option'>, Beginning> =>
  goesOn
    ? fromTheNewest(folder, about)
    : pipe(
        tryRecord(folder),
        E.bimap(failure('record'), () => fromTheFirst(folder, about)),
      )

const aboutRun = (
  { preset }: RunPlan,
  configuration: Configuration,
  names: readonly string[],
  by: Executor,
): About => ({
  configuration,
  identity: identityOf(configuration, names, sha256),
  notes: {
    ...(preset === undefined ? {} : { preset }),
    steps: lengthOf(configuration.run, names.length).steps,
    executor: { name: by.name, description: by.description },
  },
  arithmetic: by.arithmetic,
})

/** Trains as a configuration says and writes the run's folder. */
export const trainRun =
  (plan: RunPlan) =>
  (executor: Executor): TE.TaskEither<Failure, Finished> =>
    pipe(
      openPictures(sourceOf(plan.configuration, 'train')),
      TE.mapLeft(failure('data')),
      TE.bindTo('set'),
      TE.let('configuration', ({ set }) => fittedTo(plan.configuration, set)),
      TE.chainFirstW(({ configuration }) => TE.fromEither(fitting(configuration, executor))),
      TE.chainW(({ set, configuration }) => {
        const about = aboutRun(plan, configuration, set.names, executor)
        return TE.bracket(
          TE.fromEither<Failure, Beginning>(beginning(plan, about)),
          begun => trained(about, begun)(executor),
          begun => TE.fromIO(begun.release),
        )
      }),
    )
