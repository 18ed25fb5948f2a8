// Rules of arithmetic: constants fold, zeros and ones vanish, repetition floats up through maps.
//
//   mul(expand x, 2)  =  expand mul(x, 2)        add(x, 0)  =  x

import { constant, expand, expandTo, map } from '../../language/expression.ts'
import { scalars } from '../../language/scalar.ts'
import { commutative, filled, isMap, on, onMap, over, type Rule, uniform } from './rule.ts'

/** f(c, d) = the constant that it is. */
const foldConstants = on('map', node => {
  const values = node.operands.map(uniform)
  if (values.some(value => value === undefined)) return undefined
  const [x, y, w] = values as number[]
  const value = scalars[node.operation].value(x, y, w)
  return Number.isFinite(value) ? filled(node.shape, value) : undefined
})

/** f(expand x, y) = expand f(x, y), with no expansion where y has the axes anyway. */
const expandFloats = on('map', node => {
  if (node.operands.every(({ kind }) => kind !== 'expand')) return undefined
  const bare = map(node.operation, ...node.operands.map(x => (x.kind === 'expand' ? x.operand : x)))
  return expandTo(node.shape, bare)
})

/** expand expand x = expand x */
const expandExpand = over('expand', 'expand', ({ sizes }, inner) => expand({ ...inner.sizes, ...sizes }, inner.operand))

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

/** -(-x) = x */
const negNeg = onMap('neg', x => (isMap(x, 'neg') ? x.operands[0] : undefined))

/** -(x * c) = x * -c */
const negConstant = onMap('neg', x => {
  if (!isMap(x, 'mul')) return undefined
  const at = x.operands.findIndex(operand => uniform(operand) !== undefined)
  return at < 0 ? undefined : map('mul', x.operands[1 - at], constant(-uniform(x.operands[at])!))
})

/** (-x) * y = -(x * y) */
const negFloats = commutative('mul', (x, y) => (isMap(x, 'neg') ? map('neg', map('mul', x.operands[0], y)) : undefined))

/** max(x, x) = x */
const maxSame = onMap('max', (x, node) => (x === node.operands[1] ? x : undefined))

/** select(c, x, y) is x or y where c is known; both where they are the same. */
const selectKnown = onMap('select', (condition, node) => {
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
  negConstant,
  negFloats,
  maxSame,
  selectKnown,
]
