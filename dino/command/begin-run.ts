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
const foreign = (folder: string, { identity }: About, { manifest }: Reached): RecordError | undefined => {
  const path = checkpointFolder(folder, manifest.step)
  const different = differences.find(([part]) => manifest.identity[part] !== identity[part])
  return different && { path, expected: different[1], came: different[2] }
}

/** Why a run cannot go on from a checkpoint. */
const refused = (folder: string, about: About, reached: Reached): FailureOf<'record' | 'option'> | undefined => {
  const error = foreign(folder, about, reached)
  if (error !== undefined) return failure('record')(error)
  const [done, steps] = [reached.manifest.step, about.notes.steps]
  if (done <= steps) return undefined
  return failure('option')({ name: '--steps', allowed: `at least ${done}, the steps that are done`, came: `${steps}` })
}

const say = (line: string): void => console.error(printable(line))

const tellBeginning = ({ notes, arithmetic }: About, reached: Reached | undefined): void => {
  if (reached === undefined) {
    say('no checkpoint was written yet: the run begins again')
    return
  }
  const { step, arithmetic: before } = reached.manifest
  say(step === notes.steps ? `all ${step} steps are done` : `the run goes on from step ${step} of ${notes.steps}`)
  if (before !== arithmetic)
    say(`it was computed by ${before} and is by ${arithmetic} now: the numbers agree, but not to the bit`)
}

/** A run that goes on from its newest whole checkpoint, or from its first step where none was written. */
export const fromTheNewest = (folder: string, about: About): E.Either<FailureOf<'record' | 'option'>, Beginning> =>
  pipe(
    takeRun(folder),
    E.mapLeft(failure('record')),
    E.chainW(release => {
      const begun = pipe(
        newestProgress(folder, about.configuration, tellRefused),
        E.chainW(reached => {
          const wrong = reached === undefined ? undefined : refused(folder, about, reached)
          return wrong === undefined ? E.right(reached) : E.left(wrong)
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
