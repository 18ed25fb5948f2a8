// Writing the folder of a run while it runs: a line of metrics for each step, a checkpoint now and then, and how it
// ended. The first write that fails is the error of the run; all that was written before it stays whole.

import { statSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import { type Configuration, format } from '../run/configuration.ts'
import type { StepReport } from '../run/course.ts'
import type { RecordError } from '../run/failure.ts'
import type { Identity } from '../run/identity.ts'
import type { Progress } from '../run/saved.ts'
import { checkpointSteps } from './checkpoint-folder.ts'
import { type MetricLog, openLog } from './metric-log.ts'
import { appendReport, metricsPath, settleReports } from './metrics-file.ts'
import { recordError } from './record.ts'
import { type RunEnd, type RunNotes, writeNotes } from './run-file.ts'
import { pruneCheckpoints, writeCheckpoint } from './write-checkpoint.ts'

/** A run to write: what it is, and what is noted of it. */
export interface About {
  readonly configuration: Configuration
  readonly identity: Identity
  readonly notes: Pick<RunNotes, 'preset' | 'steps' | 'executor'>
  /** That of the executor. */
  readonly arithmetic: string
}

/** A run's folder, open for writing. */
export interface Recorder {
  readonly folder: string
  /** What steps before reported, where the run goes on. */
  readonly earlier: readonly StepReport[]
  /** Appends a line to the metrics. */
  readonly step: (report: StepReport) => E.Either<RecordError, void>
  /** Writes a checkpoint, if there is none of that step, and takes away those that are not kept. */
  readonly save: (progress: Progress) => E.Either<RecordError, void>
  /** Notes how the run ended, and lets go of it. */
  readonly end: (how: Omit<RunEnd, 'at'>) => E.Either<RecordError, void>
  /** Takes a folder away again in which nothing has come to anything. */
  readonly discard: () => void
}

/** Does something to a file or folder that may throw, and then says what was expected there. */
export const attempt = <A>(path: string, expected: string, action: () => A): E.Either<RecordError, A> =>
  E.tryCatch(action, recordError(path, expected))

/** What a recorder begins with: the next step, what was reported before it, and how the folder is let go of. */
export interface Recording extends Pick<Recorder, 'folder' | 'earlier' | 'discard'> {
  readonly from: number
  readonly release: () => void
}

/** Appends reports, and counts them. */
const reporting = ({ configuration }: About, { folder, earlier, from }: Recording) => {
  const plain = (report: StepReport) => ({ ...report })
  let log: MetricLog | undefined
  let count = earlier.length
  const append = (report: StepReport): void => {
    log ??= openLog(configuration.run.log)(folder, earlier.map(plain), from)
    appendReport(folder, report)
    count += 1
    log(plain(report))
  }
  return { lines: () => count, append }
}

/** Writes checkpoints of steps that have none. */
const saving =
  ({ configuration: { run }, identity, arithmetic }: About, { folder }: Recording) =>
  (progress: Progress, lines: number): void => {
    if (checkpointSteps(folder).includes(progress.step)) return
    settleReports(folder)
    const metrics = { lines, bytes: statSync(metricsPath(folder)).size }
    const { knn } = progress
    const own = { seed: run.seed, arithmetic, identity, metrics }
    writeCheckpoint(folder, progress, knn === undefined ? own : { ...own, knn })
    pruneCheckpoints(folder, run.keep)
  }

/** What is expected of a folder. */
export const toWrite = 'a folder to write to'

/** A recorder for a folder that is there; notes that the run has begun or goes on. */
export const recorder = (about: About, beginning: Recording): E.Either<RecordError, Recorder> => {
  const { folder, earlier, discard, release } = beginning
  const began = new Date().toISOString()
  const { lines, append } = reporting(about, beginning)
  const save = saving(about, beginning)
  return attempt(folder, toWrite, () => {
    writeNotes(folder, { format, ...about.notes, began })
    return {
      folder,
      earlier,
      discard,
      step: report => attempt(metricsPath(folder), 'a file to append to', () => append(report)),
      save: progress => attempt(folder, toWrite, () => save(progress, lines())),
      end: end =>
        attempt(folder, toWrite, () => {
          try {
            writeNotes(folder, { format, ...about.notes, began, end: { ...end, at: new Date().toISOString() } })
          } finally {
            release()
          }
        }),
    }
  })
}
