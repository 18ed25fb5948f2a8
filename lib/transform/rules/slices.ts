// Rules of slices: slices compose, and a small one floats down to what it needs, so that nothing else is computed. The
// operation above it may have to be computed twice, so a slice of most of an axis stays.
//
//   slice row 0..1 of exp(x)  =  exp(slice row 0..1 of x)

import {
  type Expr,
  expand,
  map,
  merge,
  pad,
  reduce,
  rename,
  type Slice,
  slice,
  split,
} from '../../language/expression.ts'
import { filled, type OfKind, over, type Rule } from './rule.ts'

/** slice slice x = slice x, along one axis */
const sliceSlice = over('slice', 'slice', ({ axis, start, size }, inner) =>
  inner.axis === axis ? slice(axis, inner.start + start, size, inner.operand) : undefined,
)

/** slice pad x = slice x within the kept part, and 0 beside it */
const sliceOfPad = over('slice', 'pad', ({ axis, start, size, shape }, { axis: padded, before, operand }) => {
  if (axis !== padded) return undefined
  const from = start - before
  const kept = operand.shape[axis]
  if (from >= 0 && from + size <= kept) return slice(axis, from, size, operand)
  return from + size <= 0 || from >= kept ? filled(shape, 0) : undefined
})

/** A slice floats down if it is at most this part of its axis. */
const smallPart = 1 / 4

/** A rule by which small slices float down through operations of one kind. */
const floats = <K extends Expr['kind']>(
  kind: K,
  rewrite: (operand: OfKind<K>, below: (x: Expr) => Expr, node: Slice) => Expr | undefined,
): Rule =>
  over('slice', kind, (node, operand) => {
    const { axis, start, size } = node
    if (size > smallPart * operand.shape[axis]) return undefined
    return rewrite(operand, x => (axis in x.shape ? slice(axis, start, size, x) : x), node)
  })

/** slice f(x, y) = f(slice x, slice y) */
const throughMap = floats('map', ({ operation, operands }, below) => map(operation, ...operands.map(below)))

/** slice sum x = sum slice x; the same for max */
const throughReduce = floats('reduce', ({ operation, axes, operand }, below) => reduce(operation, axes, below(operand)))

/** slice rename x = rename slice x, along the axis by its old name */
const throughRename = floats('rename', ({ names, operand }, _, { axis, start, size }) => {
  const old = Object.keys(names).find(name => names[name] === axis) ?? axis
  return rename(names, slice(old, start, size, operand))
})

/** slice expand x = expand slice x, or a shorter expand along the sliced axis */
const throughExpand = floats('expand', ({ sizes, operand }, below, { axis, size }) =>
  axis in sizes ? expand({ ...sizes, [axis]: size }, operand) : expand(sizes, below(operand)),
)

/** slice slice x = slice slice x: the small one goes first, past one that is not */
const throughSlice = floats('slice', ({ axis, start, size, operand }, below, node) =>
  axis !== node.axis && size > smallPart * operand.shape[axis] ? slice(axis, start, size, below(operand)) : undefined,
)

/** slice pad x = pad slice x, along different axes */
const throughPad = floats('pad', ({ axis, before, after, operand }, below, node) =>
  axis === node.axis ? undefined : pad(axis, before, after, below(operand)),
)

/** slice split x = split slice x, along an axis that was not split off */
const throughSplit = floats('split', ({ axis, into, operand }, below, node) =>
  node.axis in into ? undefined : split(axis, into, below(operand)),
)

/** slice merge x = merge slice x, along an axis that was not merged */
const throughMerge = floats('merge', ({ axes, into, operand }, below, node) =>
  into === node.axis ? undefined : merge(axes, into, below(operand)),
)

/** Rules of slices. */
export const slices: readonly Rule[] = [
  sliceSlice,
  sliceOfPad,
  throughMap,
  throughReduce,
  throughRename,
  throughExpand,
  throughSlice,
  throughPad,
  throughSplit,
  throughMerge,
]
