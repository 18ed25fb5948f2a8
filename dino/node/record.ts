// The folder of a run: configuration.json, metrics.jsonl with one line for each step, and the state as safetensors
// files, one for each of its parts (`dino/run/saved.ts`). A file appears whole or not at all, and so does a line of the
// metrics.
//
//   runs/1/   configuration.json   metrics.jsonl
//             student.safetensors   teacher.safetensors   objective.safetensors   optimiser.safetensors

import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { As } from '../../lib/index.ts'
import type { Network } from '../model/network.ts'
import { type Configuration, readConfiguration, writeConfiguration } from '../run/configuration.ts'
import type { StepReport } from '../run/course.ts'
import { type FailureOf, failure, type RecordError } from '../run/failure.ts'
import {
  type ContentError,
  type Progress,
  partContents,
  readNetwork,
  readProgress,
  stateFiles,
  stateParts,
} from '../run/saved.ts'
import { appendLine, faultOf, makeFolder, writeWhole } from './files.ts'

const configurationFile = 'configuration.json'
const metricsFile = 'metrics.jsonl'

/** Something thrown while a file was written or read, as an error of the record. */
export const recordError =
  (path: string, expected: string) =>
  (thrown: unknown): RecordError => ({ path, expected, came: faultOf(thrown) })

const attempt = <A>(path: string, expected: string, action: () => A): E.Either<RecordError, A> =>
  E.tryCatch(action, recordError(path, expected))

/** A run's folder, open for writing. */
export interface Recorder {
  readonly folder: string
  /** Appends a line to the metrics. */
  readonly step: (report: StepReport) => E.Either<RecordError, void>
  /** Writes the state, in place of the one written before. */
  readonly save: (progress: Progress) => E.Either<RecordError, void>
  /** Takes a folder away again in which nothing has come to anything. */
  readonly discard: () => void
}

const emptyOrRefused = (folder: string): E.Either<RecordError, void> =>
  pipe(
    attempt(folder, 'a folder that can be read', () =>
      statSync(folder, { throwIfNoEntry: false }) === undefined ? [] : readdirSync(folder),
    ),
    E.filterOrElse(
      found => found.length === 0,
      (found): RecordError => ({ path: folder, expected: 'an empty folder', came: found.join(', ') }),
    ),
    E.map(() => undefined),
  )

/** Tries whether a run may be written to a folder, and leaves nothing behind. */
export const tryRecord = (folder: string): E.Either<RecordError, void> =>
  pipe(
    emptyOrRefused(folder),
    E.chain(() => attempt(folder, 'a folder to create', () => makeFolder(folder)())),
  )

/**
 * Opens a new folder for a run and writes its configuration. A folder that holds anything is refused: no run is
 * overwritten.
 */
export const openRecord = (folder: string, configuration: Configuration): E.Either<RecordError, Recorder> =>
  pipe(
    emptyOrRefused(folder),
    E.chain(() => attempt(folder, 'a folder to create', () => makeFolder(folder))),
    E.bindTo('removeFolder'),
    E.bind('discard', ({ removeFolder }) =>
      attempt(folder, 'a folder to write to', () => {
        const files = [join(folder, configurationFile), join(folder, metricsFile)]
        writeWhole(files[0], writeConfiguration(configuration))
        writeFileSync(files[1], '')
        return () => {
          for (const file of files) rmSync(file, { force: true })
          removeFolder()
        }
      }),
    ),
    E.map(({ discard }) => ({
      folder,
      discard,
      step: report => {
        const path = join(folder, metricsFile)
        return attempt(path, 'a file to append to', () => appendLine(path, JSON.stringify(report)))
      },
      save: progress =>
        attempt(folder, 'a folder to write to', () => {
          for (const part of stateParts) writeWhole(join(folder, stateFiles[part]), partContents(progress, part))
        }),
    })),
  )

/** A configuration from a file, such as that of a run; `expected` says what the file should be. */
export const readConfigurationFile = (
  path: string,
  expected: string,
): E.Either<FailureOf<'record' | 'configuration'>, Configuration> =>
  pipe(
    attempt(path, expected, (): unknown => JSON.parse(readFileSync(path, 'utf8'))),
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

const contentsOf =
  (folder: string) =>
  (file: string): E.Either<RecordError, Uint8Array> => {
    const path = join(folder, file)
    return attempt(path, 'the state of a finished run', () => readFileSync(path))
  }

const inFolder =
  (folder: string) =>
  (error: RecordError | ContentError): FailureOf<'record'> =>
    failure('record')(
      'path' in error ? error : { path: join(folder, error.file), expected: error.expected, came: error.came },
    )

const configurationOf = (folder: string): E.Either<ReadFailure, Configuration> =>
  readConfigurationFile(join(folder, configurationFile), 'the configuration of a run')

/** A finished run: how it was configured, and one of its networks. */
export interface FinishedRun {
  readonly configuration: Configuration
  readonly network: As<'dense', Network>
}

/** Reads a run's configuration and one of its networks. */
export const readRun = (folder: string, which: 'student' | 'teacher'): E.Either<ReadFailure, FinishedRun> =>
  pipe(
    configurationOf(folder),
    E.bindTo('configuration'),
    E.bindW('network', ({ configuration }) =>
      pipe(
        contentsOf(folder)(stateFiles[which]),
        E.chainW(contents => readNetwork(configuration, which, contents)),
        E.mapLeft(inFolder(folder)),
      ),
    ),
  )

/** Reads a run's configuration and all of its state. */
export const readWholeRun = (
  folder: string,
): E.Either<ReadFailure, { readonly configuration: Configuration; readonly progress: Progress }> =>
  pipe(
    configurationOf(folder),
    E.bindTo('configuration'),
    E.bindW('progress', ({ configuration }) =>
      pipe(readProgress(configuration, contentsOf(folder)), E.mapLeft(inFolder(folder))),
    ),
  )
