// The centre of DINO in the state of a run's objective.

import assert from 'node:assert/strict'
import { type Dense, trees } from '../../lib/index.ts'

/** The centre, which is there where targets are assigned by one. */
export const centreIn = (objective: object): Dense<'prototype'> => {
  const found = trees.leavesOf<'dense'>(objective).find(([name]) => name === 'dino.centre')
  assert.ok(found !== undefined, 'the objective keeps no centre')
  return found[1] as object as Dense<'prototype'>
}
