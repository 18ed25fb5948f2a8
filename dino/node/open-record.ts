// Opening the folder of a run for writing. A new run has a new folder, and what it wrote is taken away again if it
// comes to nothing. Where a run goes on, what it wrote after its last whole checkpoint is taken away first, so that
// afterwards the folder is as if the run had never stopped.

import { readdirSync, rmSync, statSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { writeConfiguration } from '../run/configuration.ts'
import type { RecordError } from '../run/failure.ts'
import { makeFolder, writeWhole } from './files.ts'
import { cutReports, metricsPath } from './metrics-file.ts'
import { takeRun } from './process-lock.ts'
import { configurationPath } from './record.ts'
import { type About, attempt, type Recorder, type Recording, recorder, toWrite } from './recorder.ts'
import { notesPath } from './run-file.ts'
import { setAsideAfter } from './write-checkpoint.ts'

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

/** Takes away the files of a run without a step. */
const removeFiles = (folder: string): void => {
  for (const path of [configurationPath(folder), metricsPath(folder), notesPath(folder)]) rmSync(path, { force: true })
}

/** What opens a folder: from which step on, how it is let go of, and who hears what had to be changed. */
interface Opening extends Pick<Recording, 'from' | 'release'> {
  readonly say: (line: string) => void
}

const begin = (
  folder: string,
  about: About,
  { from, release, say }: Opening,
  discard: () => void,
): E.Either<RecordError, Recorder> =>
  pipe(
    attempt(folder, toWrite, () => {
      writeWhole(configurationPath(folder), writeConfiguration(about.configuration))
      const earlier = cutReports(folder, from)
      if (earlier.length < from) say(`of ${from} lines of metrics before step ${from}, ${earlier.length} are there`)
      return earlier
    }),
    E.chain(earlier => recorder(about, { folder, earlier, from, discard, release })),
  )

/** Opens a new folder for a run. A folder that holds anything is refused: no run is overwritten. */
export const openRecord = (folder: string, about: About): E.Either<RecordError, Recorder> =>
  pipe(
    emptyOrRefused(folder),
    E.chain(() => attempt(folder, 'a folder to create', () => makeFolder(folder))),
    E.bindTo('removeFolder'),
    E.bind('release', () => takeRun(folder)),
    E.chain(({ removeFolder, release }) => {
      const discard = (): void => {
        release()
        removeFiles(folder)
        removeFolder()
      }
      const begun = begin(folder, about, { from: 0, release, say: () => undefined }, discard)
      if (E.isLeft(begun)) discard()
      return begun
    }),
  )

/** Opens the folder of a run that goes on, after `takeRun`, whose `release` it is given. */
export const reopenRecord = (folder: string, about: About, opening: Opening): E.Either<RecordError, Recorder> =>
  pipe(
    attempt(folder, toWrite, () => {
      for (const aside of setAsideAfter(folder, opening.from)) opening.say(`set aside as ${aside}`)
    }),
    E.chain(() => begin(folder, about, opening, opening.release)),
  )
