// The rewrite rules of the simplifier. Each says one equation, holds for every expression that it matches, and is under ten
// lines. Two do most of the work: an Expand floats up through maps, and a sum over an expanded axis is a scaling.

import type * as Monoid from 'fp-ts/lib/Monoid.js'
import * as O from 'fp-ts/lib/Option.js'
import { elements, only, type Shape } from './axes.ts'
import {
  constant,
  type Expr,
  expand,
  expandTo,
  type MapNode,
  map,
  pad,
  reduce,
  rename,
  slice,
  split,
} from './expression.ts'
import { scalars } from './scalar.ts'

/** A partial function on expressions: an equal expression, or none where the rule does not apply. */
export type Rule = (node: Expr) => O.Option<Expr>

/** Rules form a monoid: the first that applies, and the rule that never does. */
export const firstRule: Monoid.Monoid<Rule> = {
  empty: () => O.none,
  concat: (left, right) => node => {
    const result = left(node)
    return O.isSome(result) ? result : right(node)
  },
}

/** The number that every element of a node equals, if that is plain to see. */
const uniform = (node: Expr): number | undefined => {
  const base = node.kind === 'expand' ? node.operand : node
  return base.kind === 'const' && base.values.length === 1 && Object.keys(base.shape).length === 0
    ? base.values[0]
    : undefined
}

const filled = (shape: Shape, value: number): Expr => expandTo(shape, constant(value))

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

const isMap = (node: Expr, operation: MapNode['operation']): node is MapNode =>
  node.kind === 'map' && node.operation === operation

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
  return O.some(reduce(node.operation, rest, split(single, {}, node.operand)))
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

/** Renamings compose, and one that changes nothing goes. */
const renames: Rule = node => {
  if (node.kind !== 'rename') return O.none
  if (Object.entries(node.names).every(([from, to]) => from === to)) return O.some(node.operand)
  if (node.operand.kind !== 'rename') return O.none
  const { names, operand } = node.operand
  const composed = Object.keys(operand.shape).map(axis => [
    axis,
    node.names[names[axis] ?? axis] ?? names[axis] ?? axis,
  ])
  return O.some(rename(Object.fromEntries(composed.filter(([from, to]) => from !== to)), operand))
}

/** Splitting what was merged from the same sizes is a renaming, and merging what was split is the identity. */
const splitMerge: Rule = node => {
  if (node.kind === 'split' && node.operand.kind === 'merge' && node.operand.into === node.axis) {
    const { axes, operand } = node.operand
    const parts = Object.keys(node.into)
    const fits = parts.length === axes.length && parts.every((part, i) => node.into[part] === operand.shape[axes[i]])
    return fits ? O.some(rename(Object.fromEntries(axes.map((axis, i) => [axis, parts[i]])), operand)) : O.none
  }
  if (node.kind !== 'merge' || node.operand.kind !== 'split') return O.none
  const same = Object.keys(node.operand.into).join() === node.axes.join()
  return same ? O.some(rename({ [node.operand.axis]: node.into }, node.operand.operand)) : O.none
}

/** A slice within the kept part of a pad needs no pad; slices compose. */
const sliceInner: Rule = node => {
  if (node.kind !== 'slice') return O.none
  const inner = node.operand
  if (inner.kind === 'slice' && inner.axis === node.axis)
    return O.some(slice(node.axis, inner.start + node.start, node.size, inner.operand))
  if (inner.kind !== 'pad' || inner.axis !== node.axis) return O.none
  const start = node.start - inner.before
  const kept = inner.operand.shape[node.axis]
  if (start >= 0 && start + node.size <= kept) return O.some(slice(node.axis, start, node.size, inner.operand))
  return start + node.size <= 0 || start >= kept ? O.some(filled(node.shape, 0)) : O.none
}

/** Pads compose. */
const padPad: Rule = node =>
  node.kind === 'pad' && node.operand.kind === 'pad' && node.operand.axis === node.axis
    ? O.some(pad(node.axis, node.before + node.operand.before, node.after + node.operand.after, node.operand.operand))
    : O.none

/** Moving equal elements about leaves them equal; so does padding zeros with zeros. */
const moveUniform: Rule = node => {
  if (!['rename', 'split', 'merge', 'slice', 'pad'].includes(node.kind) || !('operand' in node)) return O.none
  const value = uniform(node.operand)
  if (value === undefined || (node.kind === 'pad' && value !== 0)) return O.none
  return O.some(filled(node.shape, value))
}

/** All rules, cheapest and most frequent first. */
export const rules: readonly Rule[] = [
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
  reduceExpand,
  reduceReduce,
  reduceSingle,
  sumNeg,
  sumHoists,
  sumEnters,
  renames,
  splitMerge,
  sliceInner,
  padPad,
  moveUniform,
]
