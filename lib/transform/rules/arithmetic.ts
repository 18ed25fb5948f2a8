// Rules of arithmetic: constants fold, zeros and ones vanish, repetition floats up through maps.

import * as O from 'fp-ts/lib/Option.js'
import { constant, type Expr, expand, expandTo, type MapNode, map } from '../../language/expression.ts'
import { scalars } from '../../language/scalar.ts'
import { filled, isMap, type Rule, uniform } from './rule.ts'

/** f(c, d) = the constant that it is. */
const foldConstants: Rule = node => {
  if (node.kind !== 'map') return O.none
  const values = node.operands.map(uniform)
  if (values.some(value => value === undefined)) return O.none
  const [x, y, w] = values as number[]
  const value = scalars[node.operation].value(x, y, w)
  return Number.isFinite(value) ? O.some(filled(node.shape, value)) : O.none
}

/** f(expand x, y) = expand f(x, y), with no expansion where y has the axes anyway. */
const expandFloats: Rule = node => {
  if (node.kind !== 'map' || node.operands.every(({ kind }) => kind !== 'expand')) return O.none
  const bare = map(node.operation, ...node.operands.map(x => (x.kind === 'expand' ? x.operand : x)))
  return O.some(expandTo(node.shape, bare))
}

/** expand expand x = expand x */
const expandExpand: Rule = node =>
  node.kind === 'expand' && node.operand.kind === 'expand'
    ? O.some(expand({ ...node.operand.sizes, ...node.sizes }, node.operand.operand))
    : O.none

const unary =
  (operation: MapNode['operation'], rewrite: (x: Expr, node: MapNode) => Expr | undefined): Rule =>
  node =>
    node.kind === 'map' && node.operation === operation ? O.fromNullable(rewrite(node.operands[0], node)) : O.none

const commutative =
  (operation: MapNode['operation'], rewrite: (x: Expr, y: Expr, node: MapNode) => Expr | undefined): Rule =>
  node => {
    if (node.kind !== 'map' || node.operation !== operation) return O.none
    const [x, y] = node.operands
    return O.fromNullable(rewrite(x, y, node) ?? rewrite(y, x, node))
  }

/** x + 0 = x */
const addZero = commutative('add', (x, y, node) => (uniform(y) === 0 ? expandTo(node.shape, x) : undefined))

/** x * 0 = 0, x * 1 = x, x * -1 = -x */
const mulUnit = commutative('mul', (x, y, node) => {
  const factor = uniform(y)
  if (factor === 0) return filled(node.shape, 0)
  if (factor === 1) return expandTo(node.shape, x)
  return factor === -1 ? expandTo(node.shape, map('neg', x)) : undefined
})

/** (x * c) * d = x * (c d) */
const mulConstants = commutative('mul', (x, y) => {
  const outer = uniform(y)
  if (outer === undefined || !isMap(x, 'mul')) return undefined
  const inner = x.operands.findIndex(operand => uniform(operand) !== undefined)
  if (inner < 0) return undefined
  return map('mul', x.operands[1 - inner], constant(outer * uniform(x.operands[inner])!))
})

/** -(-x) = x; -(x * c) = x * -c */
const negNeg = unary('neg', x => {
  if (x.kind !== 'map') return undefined
  if (x.operation === 'neg') return x.operands[0]
  if (x.operation !== 'mul') return undefined
  const at = x.operands.findIndex(operand => uniform(operand) !== undefined)
  return at < 0 ? undefined : map('mul', x.operands[1 - at], constant(-uniform(x.operands[at])!))
})

/** (-x) * y = -(x * y) */
const negFloats = commutative('mul', (x, y) => (isMap(x, 'neg') ? map('neg', map('mul', x.operands[0], y)) : undefined))

/** max(x, x) = x */
const maxSame: Rule = node =>
  isMap(node, 'max') && node.operands[0] === node.operands[1] ? O.some(node.operands[0]) : O.none

/** select(c, x, y) is x or y where c is known; both where they are the same. */
const selectKnown = unary('select', (condition, node) => {
  const [, x, y] = node.operands
  const known = uniform(condition)
  if (x === y) return expandTo(node.shape, x)
  return known === undefined ? undefined : expandTo(node.shape, known !== 0 ? x : y)
})

/** Rules of arithmetic. */
export const arithmetic: readonly Rule[] = [
  foldConstants,
  expandFloats,
  expandExpand,
  addZero,
  mulUnit,
  mulConstants,
  negNeg,
  negFloats,
  maxSame,
  selectKnown,
]
