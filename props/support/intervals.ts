// Which values a graph can take, by interval arithmetic. Random graphs are kept where every operation is defined and
// nothing overflows, so that no law has to ask whether a NaN is the program's fault or the generator's.

import { elements, only } from '../../lib/language/axes.ts'
import { type Expr, type MapNode, operandsOf } from '../../lib/language/expression.ts'
import type { ScalarName } from '../../lib/language/node.ts'
import { type Interval, type Scalar, scalars } from '../../lib/language/scalar.ts'
import { postorder } from '../../lib/language/walk.ts'

export type { Interval } from '../../lib/language/scalar.ts'

const hull = (...intervals: readonly Interval[]): Interval => [
  Math.min(...intervals.map(([low]) => low)),
  Math.max(...intervals.map(([, high]) => high)),
]

const unit: Interval = [-1, 1]
const undefinedHere: Interval = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]

const product = ([a, b]: Interval, [c, d]: Interval): Interval => {
  const corners = [a * c, a * d, b * c, b * d]
  return [Math.min(...corners), Math.max(...corners)]
}

const squareOf = ([low, high]: Interval): Interval => [
  low > 0 ? low * low : high < 0 ? high * high : 0,
  Math.max(low * low, high * high),
]

type Rule = (operands: readonly Interval[], node: MapNode) => Interval

/**
 * Where the table of operations does not say enough: several operands, a function that turns, one with a pole inside.
 */
const rules: Readonly<Partial<Record<ScalarName, Rule>>> = {
  add: ([x, y]) => [x[0] + y[0], x[1] + y[1]],
  mul: ([x, y], { operands }) => (operands[0] === operands[1] ? squareOf(x) : product(x, y)),
  recip: ([[low, high]]) => (low >= 0.5 || high <= -0.5 ? [1 / high, 1 / low] : undefinedHere),
  max: ([x, y]) => [Math.max(x[0], y[0]), Math.max(x[1], y[1])],
  less: () => [0, 1],
  select: ([, y, w]) => hull(y, w),
  abs: ([[low, high]]) => [low > 0 ? low : high < 0 ? -high : 0, Math.max(-low, high)],
  sin: () => unit,
  cos: () => unit,
}

/** A function of one operand that rises or falls throughout takes its ends to ends, where it is gentle. */
const monotone = ({ value, monotone: way, gentle = undefinedHere }: Scalar, [low, high]: Interval): Interval => {
  if (way === undefined || low < gentle[0] || high > gentle[1]) return undefinedHere
  const ends = [low, high].map(end => value(end, 0, 0))
  return way === 'rising' ? [ends[0], ends[1]] : [ends[1], ends[0]]
}

/** Whether the values of an operation are known; random graphs would never have it otherwise. */
export const hasInterval = (name: ScalarName): boolean => name in rules || scalars[name].monotone !== undefined

const ofMap = (node: MapNode, below: readonly Interval[]): Interval =>
  rules[node.operation]?.(below, node) ?? monotone(scalars[node.operation], below[0])

/** The interval of a node from those of its operands; infinite where the operation is not defined all over. */
export const intervalOf = (node: Expr, below: readonly Interval[], ofInputs: Interval): Interval => {
  switch (node.kind) {
    case 'const':
      return hull(...Array.from(node.values, (value): Interval => [value, value]))
    case 'input':
      return ofInputs
    case 'iota':
      return [0, elements(node.shape) - 1]
    case 'map':
      return ofMap(node, below)
    case 'reduce': {
      const count = node.operation === 'sum' ? elements(only(node.operand.shape, node.axes)) : 1
      return [count * below[0][0], count * below[0][1]]
    }
    case 'pad':
      return hull(below[0], [0, 0])
    default:
      return below[0]
  }
}

/** Whether an interval stays within plus and minus `limit`. */
export const isWithin = ([low, high]: Interval, limit: number): boolean => low >= -limit && high <= limit

/** The interval of every node under `roots`. */
export const intervalsOf = (roots: readonly Expr[], ofInputs: Interval): ReadonlyMap<Expr, Interval> => {
  const intervals = new Map<Expr, Interval>()
  for (const node of postorder(roots)) {
    const below = operandsOf(node).map(operand => intervals.get(operand)!)
    intervals.set(node, intervalOf(node, below, ofInputs))
  }
  return intervals
}
