// Reading the folder of a run: configuration.json, and the newest checkpoint that is whole (`read-checkpoint.ts`).
// Newer ones that had to be refused are told to the caller together with the step that was read instead.
//
//   runs/1/   configuration.json   run.json   metrics.jsonl   metrics.svg   checkpoints/000300/   checkpoints/000200/

import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { As } from '../../lib/index.ts'
import type { Network } from '../model/network.ts'
import { type Configuration, readConfiguration } from '../run/configuration.ts'
import { type FailureOf, failure, type RecordError } from '../run/failure.ts'
import { modelChecksum } from '../run/identity.ts'
import { type Manifest, manifestFile } from '../run/manifest.ts'
import { type Progress, readNetwork, readProgress, stateFiles } from '../run/saved.ts'
import { checkpointsFolder, sha256 } from './checkpoint-folder.ts'
import { faultOf, readRegular } from './files.ts'
import { type Checkpoint, inFolder, type Newest, newestCheckpoint } from './read-checkpoint.ts'

/** Something thrown while a file was written or read, as an error of the record. */
export const recordError =
  (path: string, expected: string) =>
  (thrown: unknown): RecordError => ({ path, expected, came: faultOf(thrown) })

/** The file of a run's configuration. */
export const configurationPath = (folder: string): string => join(folder, 'configuration.json')

/** A configuration from a file, such as that of a run; `expected` says what the file should be. */
export const readConfigurationFile = (
  path: string,
  expected: string,
): E.Either<FailureOf<'record' | 'configuration'>, Configuration> =>
  pipe(
    E.tryCatch((): unknown => JSON.parse(readRegular(path).toString('utf8')), recordError(path, expected)),
    E.mapLeft(failure('record')),
    E.chainW(json =>
      pipe(
        readConfiguration(json),
        E.mapLeft(refusals => failure('configuration')({ path, refusals })),
      ),
    ),
  )

/** Why a run could not be read. */
export type ReadFailure = FailureOf<'record' | 'configuration'>

/** Hears of checkpoints that were refused, and of the step that was read instead. */
export type HearRefused = (newest: Pick<Newest<unknown>, 'refused' | 'step'>) => void

/** The configuration of a run. */
export const configurationOf = (folder: string): E.Either<ReadFailure, Configuration> =>
  readConfigurationFile(configurationPath(folder), 'the configuration of a run')

/** A checkpoint, if it is of the model that a configuration describes. */
const ofModel =
  (configuration: Configuration) =>
  (checkpoint: Checkpoint): E.Either<RecordError, Checkpoint> =>
    checkpoint.manifest.identity.model === modelChecksum(configuration, sha256)
      ? E.right(checkpoint)
      : E.left({
          path: join(checkpoint.folder, manifestFile),
          expected: 'the model of configuration.json',
          came: 'another model: one of the two was changed or is of another run',
        })

const newest = <A>(
  folder: string,
  configuration: Configuration,
  hear: HearRefused,
  read: (checkpoint: Checkpoint) => E.Either<RecordError, A>,
): E.Either<FailureOf<'record'>, Newest<A> | undefined> =>
  pipe(
    newestCheckpoint(folder, checkpoint => pipe(checkpoint, ofModel(configuration), E.chain(read))),
    E.bimap(failure('record'), found => {
      if (found !== undefined && found.refused.length > 0) hear(found)
      return found
    }),
  )

const required =
  (folder: string) =>
  <A>(found: Newest<A> | undefined): E.Either<FailureOf<'record'>, A> =>
    found === undefined
      ? E.left(failure('record')({ path: checkpointsFolder(folder), expected: 'a checkpoint', came: 'none' }))
      : E.right(found.found)

/** What is read of a run: its configuration, one of its networks, and how many steps made it. */
export interface FinishedRun {
  readonly configuration: Configuration
  readonly network: As<'dense', Network>
  readonly step: number
}

/** Reads a run's configuration and one of its networks, from the newest whole checkpoint. */
export const readRun = (
  folder: string,
  which: 'student' | 'teacher',
  hear: HearRefused,
): E.Either<ReadFailure, FinishedRun> =>
  pipe(
    configurationOf(folder),
    E.chainW(configuration =>
      pipe(
        newest(folder, configuration, hear, ({ folder: own, manifest: { step }, contents }) =>
          pipe(
            readNetwork(configuration, which, contents.get(stateFiles[which])!),
            E.bimap(inFolder(own), network => ({ configuration, network, step })),
          ),
        ),
        E.chain(required(folder)),
      ),
    ),
  )

/** All of the state of a run at a checkpoint, and what its manifest says. */
export interface Reached {
  readonly progress: Progress
  readonly manifest: Manifest
}

/** The state in the newest whole checkpoint of a run; `undefined` where no checkpoint was ever written. */
export const newestProgress = (
  folder: string,
  configuration: Configuration,
  hear: HearRefused,
): E.Either<FailureOf<'record'>, Reached | undefined> =>
  pipe(
    newest(folder, configuration, hear, ({ folder: own, manifest, contents }) =>
      pipe(
        readProgress(configuration, file => E.right(contents.get(file)!)),
        E.bimap(inFolder(own), progress => ({ progress, manifest })),
        E.filterOrElse(
          ({ progress }) => progress.step === manifest.step,
          ({ progress }): RecordError => ({
            path: own,
            expected: `the state of step ${manifest.step}, as its manifest says`,
            came: `that of step ${progress.step}`,
          }),
        ),
      ),
    ),
    E.map(found => found?.found),
  )

/** Reads a run's configuration and all of its state, from the newest whole checkpoint. */
export const readWholeRun = (
  folder: string,
  hear: HearRefused,
): E.Either<ReadFailure, { readonly configuration: Configuration; readonly progress: Progress }> =>
  pipe(
    configurationOf(folder),
    E.bindTo('configuration'),
    E.bindW('progress', ({ configuration }) =>
      pipe(
        newestProgress(folder, configuration, hear),
        E.filterOrElse(
          (found): found is Reached => found !== undefined,
          () => failure('record')({ path: checkpointsFolder(folder), expected: 'a checkpoint', came: 'none' }),
        ),
        E.map(({ progress }) => progress),
      ),
    ),
  )
