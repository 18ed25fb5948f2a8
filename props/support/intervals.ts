// Which values a graph can take, by interval arithmetic. Random graphs are kept where every operation is defined and nothing
// overflows, so that no law has to ask whether a NaN is the program's fault or the generator's.

import { elements, only } from '../../lib/language/axes.ts'
import { type Expr, type MapNode, operandsOf } from '../../lib/language/expression.ts'
import { postorder } from '../../lib/language/walk.ts'

/** Least and largest value. */
export type Interval = readonly [low: number, high: number]

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

const increasing = (f: (x: number) => number, [low, high]: Interval, from: number, to = 64): Interval =>
  low >= from && high <= to ? [f(low), f(high)] : undefinedHere

const ofMap = ({ operation, operands }: MapNode, [x, y, w]: readonly Interval[]): Interval => {
  const [low, high] = x
  switch (operation) {
    case 'add':
      return [low + y[0], high + y[1]]
    case 'mul':
      return operands[0] === operands[1] ? squareOf(x) : product(x, y)
    case 'neg':
      return [-high, -low]
    case 'recip':
      return low >= 0.5 || high <= -0.5 ? [1 / high, 1 / low] : undefinedHere
    case 'exp':
      return increasing(Math.exp, x, -64, 5)
    case 'log':
      return increasing(Math.log, x, 0.5, Number.POSITIVE_INFINITY)
    case 'sqrt':
      return increasing(Math.sqrt, x, 0.25, Number.POSITIVE_INFINITY)
    case 'sin':
    case 'cos':
    case 'tanh':
    case 'erf':
      return unit
    case 'max':
      return [Math.max(low, y[0]), Math.max(high, y[1])]
    case 'less':
      return [0, 1]
    case 'select':
      return hull(y, w)
    case 'floor':
      return [Math.floor(low), Math.floor(high)]
    case 'abs':
      return [low > 0 ? low : high < 0 ? -high : 0, Math.max(-low, high)]
  }
}

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
