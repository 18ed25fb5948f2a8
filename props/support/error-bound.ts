// The running-error bound of a program: a second interpretation of the same graph that computes, for each element, how
// far rounding can have moved it. As everything here it is a function from expressions to expressions: what each
// operand may be off by, carried through the operation, plus what the operation itself rounds. It holds for any
// program, so two programs that are equal in exact arithmetic must agree within the sum of their bounds.

import { elements, only } from '../../lib/language/axes.ts'
import {
  constant,
  type Expr,
  expandTo,
  type MapNode,
  map,
  operandsOf,
  reduce,
  withOperands,
} from '../../lib/language/expression.ts'
import type { ScalarName } from '../../lib/language/node.ts'
import { type Scalar, scalars } from '../../lib/language/scalar.ts'
import { postorder } from '../../lib/language/walk.ts'
import { gamma, unit32, unit64 } from './tolerance.ts'

/** How an arithmetic rounds. */
export interface Precision {
  readonly unit: number
  /**
   * Which column of the table of operations says how well each is rounded; a unit in the last place is at most two
   * units.
   */
  readonly ulps: keyof Scalar['ulps']
  /** How many units constants may be off by. */
  readonly constants: number
  /** Results below this may become 0. */
  readonly smallest: number
}

/** Float64 as in a JavaScript engine. */
export const float64: Precision = { unit: unit64, ulps: 'float64', constants: 0, smallest: 2 ** -1000 }

/** Float32 as on the executors. */
export const float32: Precision = { unit: unit32, ulps: 'float32', constants: 1, smallest: 2 ** -126 }

const add = (...parts: readonly Expr[]): Expr => parts.reduce((left, right) => map('add', left, right))
const mul = (x: Expr, y: Expr): Expr => map('mul', x, y)
const neg = (x: Expr): Expr => map('neg', x)
const abs = (x: Expr): Expr => map('abs', x)
const max = (x: Expr, y: Expr): Expr => map('max', x, y)
const sub = (x: Expr, y: Expr): Expr => add(x, neg(y))
const less = (x: Expr, y: Expr): Expr => map('less', x, y)
const select = (condition: Expr, x: Expr, y: Expr): Expr => map('select', condition, x, y)
const one = constant(1)
const zero = constant(0)
/** 1 over x, or something huge where x is not positive. */
const recip = (x: Expr): Expr => map('recip', max(x, constant(1e-100)))

/** What an error dx of x, and others, does to z = f(x, y, w) in exact arithmetic. */
type Carried = (z: Expr, operands: readonly Expr[], errors: readonly Expr[]) => Expr

const uncertain = (difference: Expr, error: Expr): Expr =>
  mul(less(zero, error), sub(one, less(error, abs(difference))))

/**
 * The operations of several operands, and those of one whose slope has no bound; the slope of the others says enough.
 */
const carried: Readonly<Partial<Record<ScalarName, Carried>>> = {
  add: (_, __, [dx, dy]) => add(dx, dy),
  mul: (_, [x, y], [dx, dy]) => add(mul(abs(x), dy), mul(abs(y), dx), mul(dx, dy)),
  recip: (z, [x], [dx]) => mul(mul(abs(z), dx), recip(sub(abs(x), dx))),
  exp: (z, _, [dx]) => mul(z, mul(dx, map('exp', dx))),
  log: (_, [x], [dx]) => mul(dx, recip(sub(x, dx))),
  sqrt: (z, _, [dx]) => neg(max(neg(map('sqrt', dx)), neg(mul(dx, recip(z))))),
  max: (_, __, [dx, dy]) => max(dx, dy),
  less: (_, [x, y], [dx, dy]) => uncertain(sub(x, y), add(dx, dy)),
  select: (_, [c, x, y], [dc, dx, dy]) => select(uncertain(c, dc), add(abs(sub(x, y)), max(dx, dy)), select(c, dx, dy)),
  floor: (_, [x], [dx]) => sub(map('floor', add(x, dx, dx)), map('floor', sub(x, add(dx, dx)))),
}

/** Whether a bound is known of an operation; an operation without one would be held to nothing. */
export const hasBound = (name: ScalarName): boolean => name in carried || Number.isFinite(scalars[name].steepest)

const moved = (node: MapNode, errors: readonly Expr[]): Expr => {
  const own = carried[node.operation]
  return own === undefined
    ? mul(constant(scalars[node.operation].steepest), errors[0])
    : own(node, node.operands, errors)
}

const ofMap = (node: MapNode, errors: readonly Expr[], { unit, ulps, smallest }: Precision): Expr => {
  const units = 2 * scalars[node.operation].ulps[ulps]
  const carriedOn = moved(node, errors)
  return units === 0 ? carriedOn : add(carriedOn, mul(abs(node), constant(units * unit)), constant(smallest))
}

const ofNode = (node: Expr, errors: readonly Expr[], precision: Precision): Expr => {
  switch (node.kind) {
    case 'const':
      return mul(abs(node), constant(precision.constants * precision.unit))
    case 'input':
    case 'iota':
      return zero
    case 'map':
      return ofMap(node, errors, precision)
    case 'reduce': {
      if (node.operation === 'max') return reduce('max', node.axes, errors[0])
      const roundings = elements(only(node.operand.shape, node.axes)) - 1
      const sizes = reduce('sum', node.axes, add(abs(node.operand), errors[0]))
      return add(reduce('sum', node.axes, errors[0]), mul(sizes, constant(gamma(roundings, precision.unit))))
    }
    default:
      return withOperands(node, errors)
  }
}

/** For each root, a bound of the same shape on how far rounding moves its value. */
export const boundsOf = (roots: readonly Expr[], precision: Precision = float64): readonly Expr[] => {
  const bounds = new Map<Expr, Expr>()
  for (const node of postorder(roots)) {
    const errors = operandsOf(node).map(operand => bounds.get(operand)!)
    bounds.set(node, expandTo(node.shape, ofNode(node, errors, precision)))
  }
  return roots.map(root => bounds.get(root)!)
}
