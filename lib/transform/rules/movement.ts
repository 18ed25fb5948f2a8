// Rules of movement: renamings, splits, slices and pads compose; a small slice floats down to what it needs, so that
// nothing else is computed; a pad floats up past what keeps zeros, so that nothing is computed of the zeros.

import * as O from 'fp-ts/lib/Option.js'
import {
  type Expr,
  expand,
  type MapNode,
  map,
  merge,
  pad,
  reduce,
  rename,
  type Slice,
  slice,
  split,
} from '../../language/expression.ts'
import { filled, type Rule, uniform } from './rule.ts'

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

/** A slice floats down if it is at most this part of its axis; what is above may have to be computed twice. */
const smallPart = 1 / 4

const renamedFrom = (names: Readonly<Record<string, string>>, axis: string): string =>
  Object.keys(names).find(old => names[old] === axis) ?? axis

const sliceOf = ({ axis, start, size }: Slice, x: Expr): Expr => (axis in x.shape ? slice(axis, start, size, x) : x)

/** slice f(x, y) = f(slice x, slice y), and so through every operation that does not concern the sliced axis. */
const sliceFloats: Rule = node => {
  if (node.kind !== 'slice' || node.size > smallPart * node.operand.shape[node.axis]) return O.none
  const { axis, start, size, operand } = node
  switch (operand.kind) {
    case 'map':
      return O.some(map(operand.operation, ...operand.operands.map(x => sliceOf(node, x))))
    case 'reduce':
      return O.some(reduce(operand.operation, operand.axes, sliceOf(node, operand.operand)))
    case 'rename':
      return O.some(rename(operand.names, slice(renamedFrom(operand.names, axis), start, size, operand.operand)))
    case 'expand': {
      if (!(axis in operand.sizes)) return O.some(expand(operand.sizes, sliceOf(node, operand.operand)))
      return O.some(expand({ ...operand.sizes, [axis]: size }, operand.operand))
    }
    default:
      return sliceUnder(node, operand)
  }
}

/** The same through movements of other axes. */
const sliceUnder = (node: Slice, operand: Expr): O.Option<Expr> => {
  switch (operand.kind) {
    case 'slice':
      return operand.axis !== node.axis && operand.size > smallPart * operand.operand.shape[operand.axis]
        ? O.some(slice(operand.axis, operand.start, operand.size, sliceOf(node, operand.operand)))
        : O.none
    case 'pad':
      return operand.axis === node.axis
        ? O.none
        : O.some(pad(operand.axis, operand.before, operand.after, sliceOf(node, operand.operand)))
    case 'split':
      return node.axis in operand.into
        ? O.none
        : O.some(split(operand.axis, operand.into, sliceOf(node, operand.operand)))
    case 'merge':
      return operand.into === node.axis
        ? O.none
        : O.some(merge(operand.axes, operand.into, sliceOf(node, operand.operand)))
    default:
      return O.none
  }
}

const alikePads = (node: MapNode): boolean => {
  const [x, y] = node.operands
  return x.kind === 'pad' && y.kind === 'pad' && x.axis === y.axis && x.before === y.before && x.after === y.after
}

/** (pad x) y = pad (x (slice y)), -(pad x) = pad (-x), pad x + pad y = pad (x + y) */
const padFloats: Rule = node => {
  if (node.kind !== 'map' || !['mul', 'neg', 'add'].includes(node.operation)) return O.none
  const padded = node.operands.find(operand => operand.kind === 'pad')
  if (padded?.kind !== 'pad' || (node.operation === 'add' && !alikePads(node))) return O.none
  const { axis, before, after, operand } = padded
  const size = operand.shape[axis]
  const kept = (x: Expr): Expr => {
    if (x.kind === 'pad' && x.axis === axis && x.before === before && x.after === after) return x.operand
    return axis in x.shape ? slice(axis, before, size, x) : x
  }
  return O.some(pad(axis, before, after, map(node.operation, ...node.operands.map(kept))))
}

/** A sum over a padded axis ignores the zeros; over other axes it goes inside. */
const sumPad: Rule = node => {
  if (node.kind !== 'reduce' || node.operation !== 'sum' || node.operand.kind !== 'pad') return O.none
  const { axis, before, after, operand } = node.operand
  const inner = reduce('sum', node.axes, operand)
  return O.some(node.axes.includes(axis) ? inner : pad(axis, before, after, inner))
}

/** Movements of other axes, and repetition, go inside a pad. */
const movePad: Rule = node => {
  if (!('operand' in node) || node.operand.kind !== 'pad') return O.none
  const { axis, before, after, operand } = node.operand
  switch (node.kind) {
    case 'rename':
      return O.some(pad(node.names[axis] ?? axis, before, after, rename(node.names, operand)))
    case 'expand':
      return O.some(pad(axis, before, after, expand(node.sizes, operand)))
    case 'split':
      return node.axis === axis ? O.none : O.some(pad(axis, before, after, split(node.axis, node.into, operand)))
    case 'merge':
      return node.axes.includes(axis) ? O.none : O.some(pad(axis, before, after, merge(node.axes, node.into, operand)))
    default:
      return O.none
  }
}

/** Rules of movement. */
export const movement: readonly Rule[] = [
  renames,
  splitMerge,
  sliceInner,
  padPad,
  moveUniform,
  sliceFloats,
  padFloats,
  sumPad,
  movePad,
]
