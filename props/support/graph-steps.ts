// One step of growing a random graph: a node of some kind over nodes that are there already, well-sized by
// construction. Steps prefer recent nodes, so that chains arise which the rewrite rules know; they build the patterns
// of real programs (a contraction, a constant factor, a positive denominator); and they repeat earlier nodes with one
// thing changed, since equal and almost equal nodes are what sharing has to tell apart.

import type * as fc from 'fast-check'
import { elements, type Shape } from '../../lib/language/axes.ts'
import {
  array,
  constant,
  type Expr,
  expand,
  iota,
  type MapNode,
  map,
  merge,
  operandsOf,
  pad,
  reduce,
  rename,
  slice,
  split,
  stop,
  withOperands,
} from '../../lib/language/expression.ts'
import type { ScalarName } from '../../lib/language/node.ts'
import { scalars } from '../../lib/language/scalar.ts'
import { onceIn, oneOf } from './shrinkable.ts'

/** What a step sees: the nodes so far, the latest last, and which scalar operations are allowed. */
export interface Draft {
  readonly random: fc.Random
  readonly nodes: readonly Expr[]
  readonly unary: readonly ScalarName[]
  readonly binary: readonly ScalarName[]
  readonly maxima: boolean
}

/** A new node, or none where the draw does not fit. */
export type Step = (draft: Draft) => Expr | undefined

/** The axes of random graphs. */
export const axisNames = ['row', 'column', 'page', 'layer', 'channel'] as const
/** Elements of a node, at most. */
export const mostElements = 128

const pickNode = ({ random, nodes }: Draft): Expr =>
  onceIn(random, 2) ? nodes[nodes.length - 1] : oneOf(random, nodes)

const fits = (left: Shape, right: Shape): boolean =>
  Object.keys(left).every(axis => !(axis in right) || left[axis] === right[axis]) &&
  elements({ ...left, ...right }) <= mostElements

const partnerOf = ({ random, nodes }: Draft, node: Expr): Expr =>
  oneOf(
    random,
    nodes.filter(other => fits(node.shape, other.shape)),
  )

const freeAxes = (shape: Shape): readonly string[] => axisNames.filter(axis => !(axis in shape))

const someAxes = (random: fc.Random, axes: readonly string[]): readonly string[] => {
  const chosen = axes.filter(() => onceIn(random, 2))
  return onceIn(random, 2) ? chosen : [...chosen].reverse()
}

const withAxis =
  (step: (draft: Draft, node: Expr, axis: string) => Expr | undefined): Step =>
  draft => {
    const node = pickNode(draft)
    const axes = Object.keys(node.shape)
    return axes.length === 0 ? undefined : step(draft, node, oneOf(draft.random, axes))
  }

const unary: Step = draft => map(oneOf(draft.random, draft.unary), pickNode(draft))

const binary: Step = draft => {
  const node = pickNode(draft)
  const operands = [node, partnerOf(draft, node)]
  return map(oneOf(draft.random, draft.binary), ...(onceIn(draft.random, 2) ? operands : operands.reverse()))
}

const withConstant: Step = draft => {
  const number = constant(oneOf(draft.random, [0, 1, -1, 2, -3]))
  return map(oneOf(draft.random, ['add', 'mul', 'mul']), pickNode(draft), number)
}

/** 1 + x^2: something that can be divided by. */
const positive: Step = draft => {
  const node = pickNode(draft)
  return map('add', map('mul', node, node), constant(1))
}

/**
 * An operation that is not defined or not gentle everywhere, where it is: after something positive, or something small.
 */
const guarded: Step = draft => {
  const partial = draft.unary.filter(name => scalars[name].gentle !== undefined)
  if (partial.length === 0) return undefined
  const operation = oneOf(draft.random, partial)
  const needsPositive = scalars[operation].gentle![0] > 0
  return map(operation, needsPositive ? positive(draft)! : map('tanh', pickNode(draft)))
}

const choice: Step = draft => {
  const [x, y] = [pickNode(draft), pickNode(draft)]
  if (!fits(x.shape, y.shape)) return undefined
  const known = draft.nodes.filter(node => fits({ ...x.shape, ...y.shape }, node.shape))
  return known.length === 0 ? undefined : map('select', oneOf(draft.random, known), x, y)
}

const reduction: Step = draft => {
  const node = pickNode(draft)
  const operation = draft.maxima && onceIn(draft.random, 3) ? 'max' : 'sum'
  return reduce(operation, someAxes(draft.random, Object.keys(node.shape)), node)
}

const contraction: Step = draft => {
  const node = pickNode(draft)
  const product = map('mul', node, partnerOf(draft, node))
  return reduce('sum', someAxes(draft.random, Object.keys(product.shape)), product)
}

const repetition: Step = draft => {
  const node = pickNode(draft)
  const axes = someAxes(draft.random, freeAxes(node.shape)).slice(0, 2)
  const sizes = Object.fromEntries(axes.map(axis => [axis, draft.random.nextInt(1, 3)]))
  return expand(sizes, node)
}

const renaming: Step = withAxis(({ random }, node, axis) => {
  const name = oneOf(random, axisNames)
  return rename(name in node.shape ? { [axis]: name, [name]: axis } : { [axis]: name }, node)
})

const divisorsOf = (size: number): readonly number[] =>
  Array.from({ length: size }, (_, at) => at + 1).filter(part => size % part === 0)

const splitting: Step = withAxis(({ random }, node, axis) => {
  const size = node.shape[axis]
  if (size === 1 && onceIn(random, 2)) return split(axis, {}, node)
  const names = [axis, ...freeAxes(node.shape)]
  const first = oneOf(random, divisorsOf(size))
  const [slow, fast] = onceIn(random, 2) ? names : [...names].reverse()
  return fast === undefined ? undefined : split(axis, { [slow]: first, [fast]: size / first }, node)
})

/** A part of an axis that was taken apart, changed, and put together again: index arithmetic must find its way back. */
const takenApart: Step = withAxis(({ random, unary: names }, node, axis) => {
  const free = freeAxes(node.shape)
  if (free.length < 2) return undefined
  const size = node.shape[axis]
  const part = oneOf(random, divisorsOf(size))
  const parts = split(axis, { [free[0]]: size / part, [free[1]]: part }, node)
  const whole = merge([free[0], free[1]], axis, map(oneOf(random, names), parts))
  const start = random.nextInt(0, size - 1)
  return slice(axis, start, random.nextInt(1, size - start), whole)
})

const merging: Step = draft => {
  const node = pickNode(draft)
  const axes = someAxes(draft.random, Object.keys(node.shape))
  const names = [...axes, ...freeAxes(node.shape)]
  return names.length === 0 ? undefined : merge(axes, oneOf(draft.random, names), node)
}

const slicing: Step = withAxis(({ random }, node, axis) => {
  const start = random.nextInt(0, node.shape[axis] - 1)
  return slice(axis, start, random.nextInt(1, node.shape[axis] - start), node)
})

const padding: Step = withAxis(({ random }, node, axis) => pad(axis, random.nextInt(0, 2), random.nextInt(0, 2), node))

const stopping: Step = draft => stop(pickNode(draft))

const ramp: Step = ({ random }) => iota(oneOf(random, axisNames), random.nextInt(1, 4))

const fixed: Step = ({ random, nodes }) => {
  const { shape } = oneOf(random, nodes)
  return array(
    shape,
    Array.from({ length: elements(shape) }, () => random.nextInt(-2, 2)),
  )
}

const almostMap = ({ random, binary: names }: Draft, node: MapNode): Expr => {
  const operation = names.includes(node.operation) ? oneOf(random, names) : node.operation
  return map(onceIn(random, 2) ? operation : node.operation, ...[...node.operands].reverse())
}

/** An earlier node again: just the same, or with one thing changed. */
const again: Step = draft => {
  const node = pickNode(draft)
  const operands = operandsOf(node)
  if (operands.length === 0 || onceIn(draft.random, 3)) return withOperands(node, operands)
  if (node.kind === 'map') return node.operands.length === 2 ? almostMap(draft, node) : undefined
  if (node.kind === 'reduce')
    return reduce(node.operation, someAxes(draft.random, Object.keys(operands[0].shape)), operands[0])
  if (node.kind === 'pad') return pad(node.axis, node.after, node.before, operands[0])
  if (node.kind === 'slice') return slice(node.axis, operands[0].shape[node.axis] - node.size, node.size, operands[0])
  return withOperands(node, [stop(operands[0])])
}

/** Steps that only move, repeat and add: linear ones. */
export const movingSteps: readonly Step[] = [repetition, renaming, splitting, merging, slicing, padding, reduction]

/** Steps that any graph may take. */
export const usualSteps: readonly Step[] = [
  ...movingSteps,
  unary,
  unary,
  binary,
  binary,
  binary,
  withConstant,
  positive,
  guarded,
  guarded,
  reduction,
  contraction,
  contraction,
  ramp,
  fixed,
  takenApart,
]

/** Steps that make no smooth function. */
export const kinkedSteps: readonly Step[] = [choice, again, again, stopping]

/** Steps of linear graphs. */
export const linearSteps: readonly Step[] = [...movingSteps, unary, binary]
