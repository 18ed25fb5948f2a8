// Rules of reductions: a sum over repetitions is a scaling, and what a sum does not concern leaves it.

import * as O from 'fp-ts/lib/Option.js'
import { elements, only } from '../../language/axes.ts'
import { constant, type Expr, expandTo, map, reduce, split } from '../../language/expression.ts'
import { isMap, type Rule } from './rule.ts'

/** sum over n repetitions of x = n x; max of repetitions of x = x */
const reduceExpand: Rule = node => {
  if (node.kind !== 'reduce' || node.operand.kind !== 'expand') return O.none
  const { sizes, operand } = node.operand
  const repeated = only(sizes, node.axes)
  const rest = node.axes.filter(axis => !(axis in sizes))
  const inner = reduce(node.operation, rest, operand)
  const scaled = node.operation === 'sum' ? map('mul', inner, constant(elements(repeated))) : inner
  return O.some(expandTo(node.shape, scaled))
}

/** sum over a of sum over b = sum over a and b; the same for max */
const reduceReduce: Rule = node =>
  node.kind === 'reduce' && node.operand.kind === 'reduce' && node.operand.operation === node.operation
    ? O.some(reduce(node.operation, [...node.operand.axes, ...node.axes], node.operand.operand))
    : O.none

/** A sum over an axis of size 1 only forgets the axis. */
const reduceSingle: Rule = node => {
  if (node.kind !== 'reduce') return O.none
  const single = node.axes.find(axis => node.operand.shape[axis] === 1)
  if (single === undefined) return O.none
  const rest = node.axes.filter(axis => axis !== single)
  return O.some(split(single, {}, reduce(node.operation, rest, node.operand)))
}

/** sum(-x) = -sum(x) */
const sumNeg: Rule = node =>
  node.kind === 'reduce' && node.operation === 'sum' && isMap(node.operand, 'neg')
    ? O.some(map('neg', reduce('sum', node.axes, node.operand.operands[0])))
    : O.none

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
const sumHoists: Rule = node => {
  if (node.kind !== 'reduce' || node.operation !== 'sum' || !isMap(node.operand, 'mul')) return O.none
  const free: Expr[] = []
  const bound = withoutFactors(node.operand, factor => node.axes.every(axis => !(axis in factor.shape)), free)
  if (free.length === 0 || bound === undefined) return O.none
  return O.some(free.reduce((product, factor) => map('mul', product, factor), reduce('sum', node.axes, bound)))
}

/** sum over a, b of x(a) y(a, b) = sum over a of x(a) * (sum over b of y(a, b)) */
const sumEnters: Rule = node => {
  if (node.kind !== 'reduce' || node.operation !== 'sum' || !isMap(node.operand, 'mul')) return O.none
  const [x, y] = node.operand.operands
  const alone = (one: Expr, other: Expr) => node.axes.filter(axis => axis in one.shape && !(axis in other.shape))
  const [inX, inY] = [alone(x, y), alone(y, x)]
  if (inX.length + inY.length === 0) return O.none
  const rest = node.axes.filter(axis => !inX.includes(axis) && !inY.includes(axis))
  return O.some(reduce('sum', rest, map('mul', reduce('sum', inX, x), reduce('sum', inY, y))))
}

/** Rules of reductions. */
export const reductions: readonly Rule[] = [reduceExpand, reduceReduce, reduceSingle, sumNeg, sumHoists, sumEnters]
