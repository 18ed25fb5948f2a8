// Where the checkpoints of a run lie: a folder for each, named by the number of steps that made it, with at least six
// digits. Other names are no checkpoints: what is being written begins with a dot, and what was refused ends with a
// word.
//
//   runs/1/checkpoints/000300/   manifest.json   student.safetensors   teacher.safetensors
//                                objective.safetensors   optimiser.safetensors

import { createHash } from 'node:crypto'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Checksum } from '../run/identity.ts'

/** SHA-256 as hexadecimal digits. */
export const sha256: Checksum = contents => createHash('sha256').update(contents).digest('hex')

/** The folder of all checkpoints of a run. */
export const checkpointsFolder = (run: string): string => join(run, 'checkpoints')

const digits = 6

const nameOf = (step: number): string => String(step).padStart(digits, '0')

/** The folder of the checkpoint of a step. */
export const checkpointFolder = (run: string, step: number): string => join(checkpointsFolder(run), nameOf(step))

/** The names of everything among the checkpoints. */
export const namesAmong = (run: string): readonly string[] => {
  const folder = checkpointsFolder(run)
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true ? readdirSync(folder) : []
}

/** The steps of which there are checkpoints, the newest first; whether they are whole is not asked. */
export const checkpointSteps = (run: string): readonly number[] =>
  namesAmong(run)
    .filter(name => /^\d+$/.test(name) && nameOf(Number(name)) === name)
    .map(Number)
    .sort((left, right) => right - left)
