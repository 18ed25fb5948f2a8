// How a run begins: from its first state in a new folder, or from its newest whole checkpoint in the folder that it
// has. A run that goes on must be the run that it was: the same options, but for those that may change, and the same
// pictures. That is checked before anything is compiled or changed.

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { printable } from '../data/printable.ts'
import { checkpointFolder } from '../node/checkpoint-folder.ts'
import { openRecord, reopenRecord } from '../node/open-record.ts'
import { takeRun } from '../node/process-lock.ts'
import { newestProgress, type Reached } from '../node/record.ts'
import type { About, Recorder } from '../node/recorder.ts'
import { type FailureOf, failure, type RecordError } from '../run/failure.ts'
import type { Identity } from '../run/identity.ts'
import type { Progress } from '../run/saved.ts'
import { tellRefused } from './tell-refused.ts'

/** A run that can begin: the state that it begins with, if not the first one, and how its folder is opened. */
export interface Beginning {
  readonly from?: Progress
  readonly open: () => E.Either<RecordError, Recorder>
  /** Lets go of the folder, if that was not done. */
  readonly release: () => void
}

/** A run from its first step, in a new folder. */
export const fromTheFirst = (folder: string, about: About): Beginning => ({
  open: () => openRecord(folder, about),
  release: () => undefined,
})

const differences: readonly (readonly [keyof Identity, expected: string, came: string])[] = [
  ['model', 'the model of configuration.json', 'another model'],
  ['training', 'the options of configuration.json', 'other options: one of the two was changed or is of another run'],
  ['pictures', 'the pictures that there are', 'other pictures: some came, went, or were renamed since'],
]

/** The first way in which a checkpoint is not of this run. */
const foreign = (folder: string, { identity, notes }: About, { manifest }: Reached): RecordError | undefined => {
  const path = checkpointFolder(folder, manifest.step)
  const different = differences.find(([part]) => manifest.identity[part] !== identity[part])
  if (different !== undefined) return { path, expected: different[1], came: different[2] }
  if (manifest.step <= notes.steps) return undefined
  return { path, expected: `at most the ${notes.steps} steps of the run`, came: `step ${manifest.step}` }
}

const say = (line: string): void => console.error(printable(line))

const tellBeginning = ({ notes }: About, reached: Reached | undefined): void => {
  if (reached === undefined) {
    say('no checkpoint was written yet: the run begins again')
    return
  }
  const { step, executor } = reached.manifest
  say(step === notes.steps ? `all ${step} steps are done` : `the run goes on from step ${step} of ${notes.steps}`)
  if (executor !== notes.executor.name)
    say(`it was computed by ${executor} and is by ${notes.executor.name} now: the numbers agree, but not to the bit`)
}

/** A run that goes on from its newest whole checkpoint, or from its first step where none was written. */
export const fromTheNewest = (folder: string, about: About): E.Either<FailureOf<'record'>, Beginning> =>
  pipe(
    takeRun(folder),
    E.mapLeft(failure('record')),
    E.chain(release => {
      const begun = pipe(
        newestProgress(folder, about.configuration, tellRefused),
        E.chain(reached => {
          const wrong = reached === undefined ? undefined : foreign(folder, about, reached)
          return wrong === undefined ? E.right(reached) : E.left(failure('record')(wrong))
        }),
        E.map((reached): Beginning => {
          tellBeginning(about, reached)
          const from = reached?.progress.step ?? 0
          const open = () => reopenRecord(folder, about, { from, release, say })
          return reached === undefined ? { open, release } : { from: reached.progress, open, release }
        }),
      )
      if (E.isLeft(begun)) release()
      return begun
    }),
  )
