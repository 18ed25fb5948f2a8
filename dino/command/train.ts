// The `train` command: a configuration from a preset and options, a run, and what it came to.

import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { choice, type OptionError, text } from '../options/option.ts'
import { type Configuration, configure, runOptions } from '../run/configuration.ts'
import { type Preset, presets } from '../run/presets.ts'
import { type ExecutorFlags, executorOptions, usingExecutor } from './executor-flags.ts'
import type { Failure } from './failure.ts'
import { type Given, givenFor, readGiven } from './flags.ts'
import { counted } from './progress.ts'
import { showProfile } from './show-profile.ts'
import { type Finished, trainRun } from './training-run.ts'

/** What the command takes besides the options of a run and of the executor. */
export const trainingOptions = {
  preset: choice(Object.keys(presets) as [Preset, ...Preset[]], 'where the options of the run begin'),
  out: text('the folder to write, which must be empty or new; one under runs/ if not given', 'a folder'),
} as const

/** Everything that the command was asked for. */
export interface Training {
  readonly configuration: Configuration
  readonly folder: string
  readonly executor: ExecutorFlags
}

/** A folder for a run that was given none: `runs/2026-01-31-12-00-00`. */
const defaultFolder = (): string =>
  join('runs', new Date().toISOString().slice(0, 19).replaceAll(':', '-').replace('T', '-'))

/** Reads all flags of the command. */
export const readTraining = (given: Given): E.Either<OptionError, Training> =>
  pipe(
    E.Do,
    E.bind('own', () => readGiven(trainingOptions)(given)),
    E.bind('executor', () => readGiven(executorOptions)(given)),
    E.bind('configuration', ({ own }) => configure(presets[own.preset ?? 'scenes'], givenFor(runOptions, given))),
    E.map(({ own, executor, configuration }) => ({ configuration, folder: own.out ?? defaultFolder(), executor })),
  )

/** Prints how long the run took, where it is, and where the time went if that was asked for. */
export const tellFinished = ({ trained, folder, seconds, waiting, configuration }: Finished): void => {
  const { steps, profile } = trained
  const speed = (steps * configuration.batch) / seconds
  const waited = `${waiting.toFixed(1)} s of it waiting for views`
  console.log(
    `${counted(steps, 'step')} in ${seconds.toFixed(0)} s (${waited}), ${speed.toFixed(0)} images/s; written to ${folder}`,
  )
  if (profile.length > 0) console.log(showProfile(profile, steps))
}

/** The command. */
export const trainCommand = (given: Given): TE.TaskEither<Failure, void> =>
  pipe(
    TE.fromEither<Failure, Training>(readTraining(given)),
    TE.chain(({ configuration, folder, executor }) =>
      pipe(
        usingExecutor(executor)(trainRun(configuration, folder)),
        TE.map(finished => {
          tellFinished(finished)
          if (executor.profile && finished.trained.profile.length === 0)
            console.log('there is no profile: only the executor wasm takes the time of kernels')
        }),
      ),
    ),
  )
