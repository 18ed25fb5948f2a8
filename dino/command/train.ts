// The `train` command: from a preset or a file, and flags, to a configuration, a run and its results; or from the
// folder of a run to its end.

import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { printable } from '../data/printable.ts'
import { readConfigurationFile } from '../node/record.ts'
import type { Values } from '../options/option.ts'
import { choice, onOff, text } from '../options/option-rows.ts'
import type { Given } from '../options/option-values.ts'
import { type Configuration, configure, writeConfiguration } from '../run/configuration.ts'
import { estimate, showBytes } from '../run/estimate.ts'
import { type Failure, failure } from '../run/failure.ts'
import { presetNames, presetOf } from '../run/presets.ts'
import { type ExecutorFlags, executorOptions, usingExecutor } from './executor-flags.ts'
import { readFlags } from './flags.ts'
import { counted } from './progress.ts'
import { persisting, readResumed, resumeOptions } from './resume.ts'
import { showProfile } from './show-profile.ts'
import { type Finished, type RunPlan, trainRun } from './training-run.ts'

/** The flags of the command besides those of a run and of the executor. */
export const trainingOptions = {
  preset: choice(presetNames, undefined, 'where the options of the run begin; scenes if not given'),
  config: text(
    undefined,
    'a whole configuration in place of a preset; flags go before what it says',
    'a file that --print-config has printed, or the configuration.json of a run',
  ),
  printConfig: onOff(false, 'whether to print the whole configuration, and do nothing else'),
  out: text(undefined, 'the folder to write, which must be empty or new; one under runs/ if not given', 'a folder'),
} as const

type TrainingFlags = Values<typeof trainingOptions>

/** Everything that the command was asked for. */
export interface Training extends RunPlan {
  readonly executor: ExecutorFlags
  readonly printOnly: boolean
}

/** A folder for a run that was given none: `runs/2026-01-31-12-00-00`. */
const defaultFolder = (): string =>
  join('runs', new Date().toISOString().slice(0, 19).replaceAll(':', '-').replace('T', '-'))

/** The configuration that flags change. */
const baseOf = ({ preset, config }: TrainingFlags): E.Either<Failure, Configuration> => {
  if (config === undefined) return E.right(presetOf(preset ?? 'scenes'))
  const { allowed } = trainingOptions.config
  if (preset !== undefined)
    return E.left(
      failure('option')({ name: '--preset', allowed: 'nothing where --config says everything', came: preset }),
    )
  return pipe(
    readConfigurationFile(config, allowed),
    E.mapLeft(failed =>
      failed.source === 'configuration'
        ? failed
        : failure('option')({ name: '--config', allowed, came: `${config} (${failed.error.came})` }),
    ),
  )
}

/** Reads all flags of the command. */
export const readTraining = (given: Given): E.Either<Failure, Training> =>
  pipe(
    E.Do,
    E.bind('own', () => readFlags(trainingOptions)(given)),
    E.bind('executor', () => readFlags(executorOptions)(given)),
    E.bindW('base', ({ own }) => baseOf(own)),
    E.bindW('configuration', ({ base }) => pipe(configure(base, given), E.mapLeft(failure('option')))),
    E.map(({ own, executor, configuration }) => ({
      configuration,
      folder: own.out ?? defaultFolder(),
      preset: own.config === undefined ? (own.preset ?? 'scenes') : undefined,
      goesOn: false,
      executor,
      printOnly: own.printConfig,
    })),
  )

/** Does what was asked for, or prints the configuration if that was all; what a run needs goes to standard error. */
export const unlessPrinted =
  (act: (training: Training) => TE.TaskEither<Failure, void>) =>
  (training: Training): TE.TaskEither<Failure, void> => {
    if (!training.printOnly) return act(training)
    const { step, written } = estimate(training.configuration)
    console.error(`a step needs about ${showBytes(step)}, and the state is written as ${showBytes(written)}`)
    console.log(writeConfiguration(training.configuration).trimEnd())
    return TE.right(undefined)
  }

/** Prints how long the run took, where it is, and where the time went if that was asked for. */
export const tellFinished = ({ trained, steps, folder, seconds, waiting, configuration }: Finished): void => {
  const speed = (steps * configuration.run.batch) / seconds
  const waited = `${waiting.toFixed(1)} s of it waiting for views`
  const took = `${counted(steps, 'step')} in ${seconds.toFixed(0)} s (${waited}), ${speed.toFixed(0)} images/s`
  console.log(`${took}; written to ${printable(folder)}`)
  if (trained.profile.length > 0) console.log(showProfile(trained.profile, steps))
}

/** What was asked for: a run that goes on, or a new one. */
const readEither = (given: Given): E.Either<Failure, Training> =>
  pipe(
    E.Do,
    E.bind('resumed', () => readFlags(resumeOptions)(given)),
    E.bind('own', () => readFlags(trainingOptions)(given)),
    E.chain(({ resumed: { resume }, own }) =>
      resume === undefined ? readTraining(given) : readResumed(resume, given, own.printConfig),
    ),
  )

const trainAndTell = (training: Training, retries: number): TE.TaskEither<Failure, void> =>
  pipe(
    persisting(retries, training, again => usingExecutor(again.executor)(trainRun(again))),
    TE.map(finished => {
      tellFinished(finished)
      if (training.executor.profile && finished.trained.profile.length === 0)
        console.log('there is no profile: only the executor wasm takes the time of kernels')
    }),
  )

/** The command. */
export const trainCommand = (given: Given): TE.TaskEither<Failure, void> =>
  pipe(
    readFlags(resumeOptions)(given),
    E.bindTo('flags'),
    E.bindW('training', () => readEither(given)),
    TE.fromEither,
    TE.chain(({ training, flags }) => unlessPrinted(asked => trainAndTell(asked, flags.retries))(training)),
  )
