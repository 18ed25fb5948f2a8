// A loop in steps of several turns, such as the rows of a tile or the columns of a panel, and code for the turns that
// are left at its end. Where a unit is such a step, a function does only the steps in its range, and the turns that are
// left are the last unit.
//
//   73 rows in steps of 5:   whole steps 0..70, rest 70..73.   Units 7..15 of 15:   whole steps 35..70, rest 70..73

import { type Bounds, cap } from '../../code/bounds.ts'
import { type Code, set, when } from '../../code/statement.ts'
import { equal, get, local, scaled, whole } from '../../code/value.ts'
import type { Context } from './context.ts'

/** An output loop, and how many of its turns are a step. */
export interface Steps {
  readonly loop: number
  readonly step: number
  /** Whether each step is a unit, so that only those in the range are done. */
  readonly isUnit: boolean
}

/** The turns of whole steps among the units to do, put into locals. */
const ofUnits = ({ units }: Context, step: number, end: number, body: (turns: Bounds) => Code): Code => {
  const [from, to] = ['first', 'end'].map(hint => local('i32', hint))
  return [
    set(from, scaled(units.from, step)),
    set(to, scaled(units.to, step)),
    cap(to, whole(end)),
    ...body({ from: get(from), to: get(to) }),
  ]
}

/** Code for the whole steps of a loop, and code for the turns that are left. */
export const inSteps = (
  context: Context,
  { loop, step, isUnit }: Steps,
  steps: (turns: Bounds) => Code,
  rest: (turns: Bounds, count: number) => Code,
): Code => {
  const size = context.plan.nest.outer[loop]
  const count = size % step
  const end = size - count
  const everyStep = (): Code =>
    isUnit ? ofUnits(context, step, end, steps) : steps({ from: whole(0), to: whole(end) })
  const left = (): Code => {
    const code = rest({ from: whole(end), to: whole(size) }, count)
    return isUnit ? [when(equal(context.units.to, whole(Math.ceil(size / step))), code)] : code
  }
  return [...(end === 0 ? [] : everyStep()), ...(count === 0 ? [] : left())]
}
