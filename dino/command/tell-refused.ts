// Checkpoints that were refused, told so that nobody misses it: a line for each with what is wrong, and a line that
// says which checkpoint is used instead.
//
//   REFUSED: runs/1/checkpoints/000300/teacher.safetensors: expected 102728 bytes, as its manifest says, came 4096
//   the checkpoint of step 200 is used in its place

import type { HearRefused } from '../node/record.ts'
import { showRecordError } from './tell-failure.ts'

/** Tells on standard error. */
export const tellRefused: HearRefused = ({ refused, step }) => {
  for (const error of refused) console.error(`REFUSED: ${showRecordError(error)}`)
  console.error(`the checkpoint of step ${step} is used in its place`)
}
