// Going on with a run: `--resume` names its folder, and everything else is as the run is configured. Flags that would
// make it another run are refused by name; how long it is, how often it is written, where its pictures lie and what
// computes it may be given anew. `--retries` goes on by itself where a device or a thread was lost on the way.
//
//   --batch: expected nothing beside --resume, for the run has 32, came "64"

import { existsSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { configurationOf, configurationPath } from '../node/record.ts'
import { readNotes } from '../node/run-file.ts'
import { cameAs, type Refusal } from '../options/option.ts'
import { text, whole } from '../options/option-rows.ts'
import { type Given, leavesOfOptions, valueAt } from '../options/option-values.ts'
import { type Configuration, configurationOptions, configure } from '../run/configuration.ts'
import { type Failure, failure } from '../run/failure.ts'
import { type ExecutorFlags, executorOptions } from './executor-flags.ts'
import { readFlags, written } from './flags.ts'
import { showFailure } from './tell-failure.ts'
import type { RunPlan } from './training-run.ts'

/** The flags about going on. */
export const resumeOptions = {
  resume: text(
    undefined,
    'a run to go on with, from its newest checkpoint; --steps or --epochs make it longer',
    'the folder of a run',
  ),
  retries: whole([0, 1000], 0, 'times that the run goes on by itself where a device or a thread is lost'),
} as const

/** Flags that say where a run begins or is written. */
const ofNewRuns = ['preset', 'config', 'out']

/** The first flag that a run that goes on cannot be given. */
const refusedFlag = (given: Given, configuration: Configuration): Refusal | undefined => {
  const other = ofNewRuns.find(flag => Object.hasOwn(given, flag))
  if (other !== undefined) return { name: `--${other}`, allowed: 'nothing beside --resume', came: cameAs(given[other]) }
  const fixed = leavesOfOptions(configurationOptions).find(
    ({ flag, option }) => option.changeable !== true && Object.hasOwn(given, flag),
  )
  if (fixed === undefined) return undefined
  const own = written(valueAt(configuration, fixed.path))
  const allowed = `nothing beside --resume, for the run has ${own}`
  return { name: `--${fixed.flag}`, allowed, came: cameAs(given[fixed.flag]) }
}

/** The executor that computed the run, where no other is asked for. */
const executorOf = (folder: string, given: Given, flags: ExecutorFlags): ExecutorFlags => {
  const notes = readNotes(folder)
  if (Object.hasOwn(given, 'executor') || E.isLeft(notes)) return flags
  return { ...flags, executor: notes.right.executor.name }
}

const presetIn = (folder: string): string | undefined => {
  const notes = readNotes(folder)
  return E.isRight(notes) ? notes.right.preset : undefined
}

/** A run that goes on, from its folder and the flags beside it. */
export const readResumed = (
  folder: string,
  given: Given,
  printOnly: boolean,
): E.Either<Failure, RunPlan & { readonly executor: ExecutorFlags; readonly printOnly: boolean }> =>
  pipe(
    configurationOf(folder),
    E.mapLeft((failed): Failure => {
      if (failed.source === 'configuration') return failed
      const { allowed } = resumeOptions.resume
      return failure('option')({ name: '--resume', allowed, came: `${folder} (${failed.error.came})` })
    }),
    E.bindTo('base'),
    E.bindW('configuration', ({ base }) => {
      const refused = refusedFlag(given, base)
      return pipe(refused === undefined ? configure(base, given) : E.left(refused), E.mapLeft(failure('option')))
    }),
    E.bindW('flags', () => readFlags(executorOptions)(given)),
    E.map(({ configuration, flags }) => ({
      configuration,
      folder,
      preset: presetIn(folder),
      goesOn: true,
      executor: executorOf(folder, given, flags),
      printOnly,
    })),
  )

/** Whether a run can go on after a failure just as it is: what failed was a device or a thread, and not the run. */
export const isPassing = (failed: Failure): boolean => {
  if (failed.source === 'run') return failed.error.kind === 'device lost' || failed.error.kind === 'failed'
  return failed.source === 'training' && failed.error.kind === 'lost thread'
}

/** Does a run, and goes on with it at most so many times after failures that pass. */
export const persisting = <P extends Pick<RunPlan, 'folder' | 'goesOn'>, A>(
  retries: number,
  plan: P,
  attempt: (plan: P) => TE.TaskEither<Failure, A>,
): TE.TaskEither<Failure, A> =>
  pipe(
    attempt(plan),
    TE.orElse(failed => {
      if (retries === 0 || !isPassing(failed)) return TE.left(failed)
      console.error(`${showFailure(failed)}\ngoing on; ${retries - 1} more times if that is needed`)
      return persisting(retries - 1, { ...plan, goesOn: existsSync(configurationPath(plan.folder)) }, attempt)
    }),
  )
