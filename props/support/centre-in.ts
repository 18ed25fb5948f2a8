// The centre of DINO in the state of a run's objective.

import { type Dense, trees } from '../../lib/index.ts'

/** The centre, which is there where targets are assigned by one. */
export const centreIn = (objective: object): Dense<'prototype'> => {
  const found = trees.leavesOf<'dense'>(objective).find(([name]) => name === 'dino.centre')
  if (found === undefined) throw new Error('the objective keeps no centre')
  return found[1] as object as Dense<'prototype'>
}
