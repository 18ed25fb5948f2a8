// Rules of reductions: a sum over repetitions is a scaling, and whatever a sum does not concern leaves it.
//
//   sum over a of mul(x(a, b), y(b))  =  mul(y, sum over a of x)

import { elements, only } from '../../language/axes.ts'
import {
  constant,
  type Expr,
  expandTo,
  type MapNode,
  map,
  type Reduce,
  reduce,
  split,
} from '../../language/expression.ts'
import { isMap, on, over, type Rule } from './rule.ts'

/** sum over n repetitions of x = n x; max of repetitions of x = x */
const reduceExpand = over('reduce', 'expand', ({ operation, axes, shape }, { sizes, operand }) => {
  const repeated = elements(only(sizes, axes))
  const rest = axes.filter(axis => !(axis in sizes))
  const inner = reduce(operation, rest, operand)
  return expandTo(shape, operation === 'sum' ? map('mul', inner, constant(repeated)) : inner)
})

/** sum over a of sum over b = sum over a and b; the same for max */
const reduceReduce = over('reduce', 'reduce', (outer, { operation, axes, operand }) =>
  outer.operation === operation ? reduce(operation, [...axes, ...outer.axes], operand) : undefined,
)

/** A sum over an axis of size 1 only forgets the axis. */
const reduceSingle = on('reduce', ({ operation, axes, operand }) => {
  const single = axes.find(axis => operand.shape[axis] === 1)
  if (single === undefined) return undefined
  const rest = axes.filter(axis => axis !== single)
  return split(single, {}, reduce(operation, rest, operand))
})

/** A rule about sums of one operation. */
const onSum = (operation: MapNode['operation'], rewrite: (node: Reduce, inner: MapNode) => Expr | undefined): Rule =>
  over('reduce', 'map', (node, inner) =>
    node.operation === 'sum' && inner.operation === operation ? rewrite(node, inner) : undefined,
  )

/** sum(-x) = -sum(x) */
const sumNeg = onSum('neg', ({ axes }, { operands: [x] }) => map('neg', reduce('sum', axes, x)))

/** A product without those of its factors that are `free`, which are collected; its other products keep their form. */
const withoutFactors = (node: Expr, free: (factor: Expr) => boolean, found: Expr[]): Expr | undefined => {
  if (free(node)) {
    found.push(node)
    return undefined
  }
  if (!isMap(node, 'mul')) return node
  const [x, y] = node.operands.map(factor => withoutFactors(factor, free, found))
  return x === undefined || y === undefined ? (x ?? y) : map('mul', x, y)
}

/** sum over a of x(a, b) y(b) = y(b) * sum over a of x(a, b): factors without a summed axis leave the sum. */
const sumHoists = onSum('mul', ({ axes }, product) => {
  const free: Expr[] = []
  const bound = withoutFactors(product, factor => axes.every(axis => !(axis in factor.shape)), free)
  if (free.length === 0 || bound === undefined) return undefined
  return free.reduce((scaled, factor) => map('mul', scaled, factor), reduce('sum', axes, bound))
})

/** sum over a, b of x(a) y(a, b) = sum over a of x(a) * (sum over b of y(a, b)) */
const sumEnters = onSum('mul', ({ axes }, { operands: [x, y] }) => {
  const alone = (one: Expr, other: Expr) => axes.filter(axis => axis in one.shape && !(axis in other.shape))
  const [inX, inY] = [alone(x, y), alone(y, x)]
  if (inX.length + inY.length === 0) return undefined
  const rest = axes.filter(axis => !inX.includes(axis) && !inY.includes(axis))
  return reduce('sum', rest, map('mul', reduce('sum', inX, x), reduce('sum', inY, y)))
})

/** Rules of reductions. */
export const reductions: readonly Rule[] = [reduceExpand, reduceReduce, reduceSingle, sumNeg, sumHoists, sumEnters]
