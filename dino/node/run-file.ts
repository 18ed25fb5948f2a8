// What a run is and how it ended: `run.json` in its folder, beside the configuration. It is written when the run begins
// or goes on, without an end, and again with its end. A run without an end whose process is dead was interrupted.
//
//   { "format": 2, "preset": "scenes", "steps": 992, "executor": { "name": "wasm", ... },
//     "began": "2026-01-31T12:00:00Z", "end": { "how": "finished", "at": "2026-01-31T12:01:02Z" } }

import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { z } from 'zod'
import { format } from '../run/configuration.ts'
import type { RecordError } from '../run/failure.ts'
import { faultOf, readRegular, writeWhole } from './files.ts'
import { isRunning } from './process-lock.ts'

const endSchema = z
  .strictObject({
    how: z.enum(['finished', 'interrupted', 'failed']),
    at: z.iso.datetime(),
    reason: z.string().optional(),
  })
  .readonly()

const runSchema = z
  .strictObject({
    format: z.literal(format),
    preset: z.string().optional(),
    steps: z.number().int().min(0),
    executor: z.strictObject({ name: z.string(), description: z.string() }).readonly(),
    began: z.iso.datetime(),
    end: endSchema.optional(),
  })
  .readonly()

/** How a run ended: all steps done, asked to stop, or by an error, whose words are the reason. */
export type RunEnd = z.infer<typeof endSchema>

/** What is noted of a run: the preset that it began with, if it was one, its steps in all, and what computes it. */
export type RunNotes = z.infer<typeof runSchema>

/** Where a run stands, as a person asks for it. */
export type RunStage = RunEnd['how'] | 'running'

/** The file of the notes. */
export const notesPath = (run: string): string => join(run, 'run.json')

/** Writes the notes; throws if that cannot be done. */
export const writeNotes = (run: string, notes: RunNotes): void =>
  writeWhole(notesPath(run), `${JSON.stringify(notes, null, 2)}\n`)

/** The notes of a run. */
export const readNotes = (run: string): E.Either<RecordError, RunNotes> => {
  const path = notesPath(run)
  const expected = 'what is noted of a run'
  const json = E.tryCatch((): unknown => JSON.parse(readRegular(path).toString('utf8')), faultOf)
  if (E.isLeft(json)) return E.left({ path, expected, came: json.left })
  const { success, data, error } = runSchema.safeParse(json.right)
  if (success) return E.right(data)
  const [issue] = error.issues
  return E.left({ path, expected, came: `${issue.path.join('.') || 'the whole'}: ${issue.message}` })
}

/** Where a run of those notes stands. */
export const stageOf = (run: string, { end }: RunNotes): RunStage =>
  isRunning(run) ? 'running' : (end?.how ?? 'interrupted')
