// The runs in a folder and what became of each, from its notes, its metrics and the names of its checkpoints. Nothing
// is verified here, so that hundreds of runs are listed at once.

import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import type { RecordError } from '../run/failure.ts'
import { checkpointSteps } from './checkpoint-folder.ts'
import { faultOf } from './files.ts'
import { metricsPath, readReports } from './metrics-file.ts'
import { configurationPath } from './record.ts'
import { type RunStage, readNotes, stageOf } from './run-file.ts'

/** A run as a line of a list. */
export interface RunSummary {
  readonly folder: string
  readonly preset: string | undefined
  /** Steps done, of so many, and the newest of which there is a checkpoint. */
  readonly done: number
  readonly steps: number
  readonly saved: number | undefined
  readonly stage: RunStage
  /** Why it failed, if it did. */
  readonly reason: string | undefined
  readonly loss: number | undefined
  /** The best accuracy by k-NN, from 0 to 1, if one was measured. */
  readonly knn: number | undefined
  /** When it was last written to. */
  readonly changed: string
}

const isRun = (folder: string): boolean =>
  statSync(configurationPath(folder), { throwIfNoEntry: false }) !== undefined &&
  statSync(metricsPath(folder), { throwIfNoEntry: false }) !== undefined

const deepest = 3

/** The folders of runs in a folder and below it, at most three levels down; a run is not looked into. */
const foldersOfRuns = (folder: string, depth = 0): readonly string[] => {
  if (isRun(folder)) return [folder]
  if (depth === deepest) return []
  return readdirSync(folder, { withFileTypes: true })
    .filter(entry => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => join(folder, name))
    .sort()
    .flatMap(below =>
      E.getOrElse((): readonly string[] => [])(E.tryCatch(() => foldersOfRuns(below, depth + 1), E.toError)),
    )
}

const knnOf = (report: object): number | undefined =>
  'knn' in report && typeof report.knn === 'number' ? report.knn : undefined

/** What became of a run, or why that cannot be told. */
export const summaryOf = (folder: string): E.Either<RecordError, RunSummary> => {
  const notes = readNotes(folder)
  if (E.isLeft(notes)) return notes
  const path = metricsPath(folder)
  const reports = E.tryCatch(
    () => readReports(folder),
    (thrown): RecordError => ({ path, expected: 'the metrics of a run', came: faultOf(thrown) }),
  )
  if (E.isLeft(reports)) return reports
  const last = reports.right.at(-1)
  const judged = reports.right.flatMap(report => knnOf(report) ?? [])
  return E.right({
    folder,
    preset: notes.right.preset,
    done: last === undefined ? 0 : last.step + 1,
    steps: notes.right.steps,
    saved: checkpointSteps(folder)[0],
    stage: stageOf(folder, notes.right),
    reason: notes.right.end?.reason,
    loss: last?.loss,
    knn: judged.length === 0 ? undefined : judged.reduce((best, one) => Math.max(best, one)),
    changed: statSync(path).mtime.toISOString(),
  })
}

/** All runs of a folder, or why it cannot be read. */
export const listRuns = (folder: string): E.Either<RecordError, readonly E.Either<RecordError, RunSummary>[]> =>
  E.tryCatch(
    () => foldersOfRuns(folder).map(summaryOf),
    (thrown): RecordError => ({ path: folder, expected: 'a folder with runs', came: faultOf(thrown) }),
  )
