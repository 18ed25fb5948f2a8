// Rules of pads: two pads are one, and a pad moves outwards past every operation that makes zeros of zeros, so that the
// operation runs on the unpadded value.
//
//   mul(pad x, y)  =  pad mul(x, slice y)        sum over a padded axis of pad x  =  sum over it of x

import {
  type Expr,
  expand,
  map,
  merge,
  type Pad,
  pad,
  reduce,
  rename,
  slice,
  split,
} from '../../language/expression.ts'
import { commutative, onMap, over, type Rule } from './rule.ts'

/** pad pad x = pad x, along one axis */
const padPad = over('pad', 'pad', ({ axis, before, after }, inner) =>
  inner.axis === axis ? pad(axis, before + inner.before, after + inner.after, inner.operand) : undefined,
)

/** The same padding around another value. */
const around = ({ axis, before, after }: Pad, x: Expr): Expr => pad(axis, before, after, x)

const alike = (left: Pad, right: Pad): boolean =>
  left.axis === right.axis && left.before === right.before && left.after === right.after

/** The part of an expression that a pad keeps of it. */
const kept = (by: Pad, x: Expr): Expr => {
  if (x.kind === 'pad' && alike(x, by)) return x.operand
  return by.axis in x.shape ? slice(by.axis, by.before, by.operand.shape[by.axis], x) : x
}

/** (pad x) * y = pad (x * slice y) */
const mulPad = onMap('mul', (_, { operands }) => {
  const padded = operands.find(operand => operand.kind === 'pad')
  return padded?.kind === 'pad' ? around(padded, map('mul', ...operands.map(x => kept(padded, x)))) : undefined
})

/** -(pad x) = pad (-x) */
const negPad = onMap('neg', x => (x.kind === 'pad' ? around(x, map('neg', x.operand)) : undefined))

/** pad x + pad y = pad (x + y), where both pad alike */
const addPads = commutative('add', (x, y) =>
  x.kind === 'pad' && y.kind === 'pad' && alike(x, y) ? around(x, map('add', x.operand, y.operand)) : undefined,
)

/** A sum over a padded axis ignores the zeros; over other axes it goes inside. */
const sumPad = over('reduce', 'pad', ({ operation, axes }, padded) => {
  if (operation !== 'sum') return undefined
  const inner = reduce('sum', axes, padded.operand)
  return axes.includes(padded.axis) ? inner : around(padded, inner)
})

/** rename pad x = pad rename x */
const renamePad = over('rename', 'pad', ({ names }, { axis, before, after, operand }) =>
  pad(names[axis] ?? axis, before, after, rename(names, operand)),
)

/** expand pad x = pad expand x */
const expandPad = over('expand', 'pad', ({ sizes }, padded) => around(padded, expand(sizes, padded.operand)))

/** split pad x = pad split x, along different axes */
const splitPad = over('split', 'pad', ({ axis, into }, padded) =>
  axis === padded.axis ? undefined : around(padded, split(axis, into, padded.operand)),
)

/** merge pad x = pad merge x, along different axes */
const mergePad = over('merge', 'pad', ({ axes, into }, padded) =>
  axes.includes(padded.axis) ? undefined : around(padded, merge(axes, into, padded.operand)),
)

/** Rules of pads. */
export const pads: readonly Rule[] = [padPad, mulPad, negPad, addPads, sumPad, renamePad, expandPad, splitPad, mergePad]
