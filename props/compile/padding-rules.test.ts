// Rules of padding, case by case: each of them where it applies, and beside it where it must not. Pads of one size are
// alike only if they have the same zeros before and after; a sum forgets zeros, a maximum does not.

import {
  constant,
  type Expr,
  expand,
  input,
  map,
  merge,
  pad,
  reduce,
  rename,
  slice,
  split,
} from '../../lib/language/expression.ts'
import { becomes, stays } from '../support/rewrites.ts'

const x = input('x', { row: 3, column: 4 })
/** Columns: two zeros, the four of x, one zero. */
const padded = pad('column', 2, 1, x)

becomes('a slice within what was padded needs no pad', slice('column', 3, 2, padded), slice('column', 1, 2, x))
becomes('up to both of its ends', slice('column', 2, 4, padded), x)
becomes(
  'a slice of the zeros before is zero',
  slice('column', 0, 2, padded),
  expand({ row: 3, column: 2 }, constant(0)),
)
becomes('and so is one of those after', slice('column', 6, 1, padded), expand({ row: 3, column: 1 }, constant(0)))
stays('a slice from the last zero on keeps its pad', slice('column', 1, 2, padded))
stays('and one to the first zero after', slice('column', 5, 2, padded))
stays('and one of another axis', slice('row', 1, 2, padded))
stays('and a small one', slice('column', 1, 2, pad('column', 2, 1, input('long', { column: 8 }))))

becomes('pads compose', pad('column', 1, 3, padded), pad('column', 3, 4, x))
stays('pads of two axes do not', pad('row', 1, 3, padded))

const zeros = (row: number): Expr => expand({ row }, constant(0))
becomes('zeros padded with zeros are zeros', pad('row', 1, 0, zeros(2)), zeros(3))
stays('other equal elements are not', pad('row', 1, 0, expand({ row: 2 }, constant(2))))

const three = input('three', { column: 3 })
const four = input('four', { column: 4 })
const other = input('other', { column: 3 })
const whole = input('whole', { column: 6 })
const row = input('row', { row: 3 })
const short = input('short', { row: 3, column: 5 })
const tall = pad('row', 1, 1, short)
const flat = input('flat', { row: 5, column: 3 })
const wide = (operand: Expr, before: number, after: number): Expr => pad('column', before, after, operand)
const [add, mul, max] = (['add', 'mul', 'max'] as const).map(
  name =>
    (left: Expr, right: Expr): Expr =>
      map(name, left, right),
)
const neg = (operand: Expr): Expr => map('neg', operand)

becomes(
  'a product is padded with the zeros of a factor',
  mul(wide(three, 1, 2), whole),
  wide(mul(three, slice('column', 1, 3, whole)), 1, 2),
)
becomes('on either side', mul(whole, wide(three, 1, 2)), wide(mul(slice('column', 1, 3, whole), three), 1, 2))
becomes('and a factor without the axis stays whole', mul(wide(three, 1, 2), row), wide(mul(three, row), 1, 2))
becomes(
  'pads of factors that are alike are one',
  mul(wide(three, 1, 2), wide(other, 1, 2)),
  wide(mul(three, other), 1, 2),
)
becomes(
  'the product of pad (1, 2) of 3 and pad (1, 1) of 4',
  mul(wide(three, 1, 2), wide(four, 1, 1)),
  wide(mul(three, slice('column', 0, 3, four)), 1, 2),
)
becomes(
  'the product of pad (2, 1) of 3 and pad (1, 1) of 4',
  mul(wide(three, 2, 1), wide(four, 1, 1)),
  wide(mul(three, slice('column', 1, 3, four)), 2, 1),
)
becomes(
  'the product of pads of two axes',
  mul(tall, wide(flat, 1, 1)),
  pad('row', 1, 1, mul(short, slice('row', 1, 3, wide(flat, 1, 1)))),
)
becomes('-(pad x) = pad (-x)', neg(wide(three, 1, 2)), wide(neg(three), 1, 2))
stays('exp (pad x) stays', map('exp', wide(three, 1, 2)))

becomes('a sum of alike pads is padded', add(wide(three, 1, 2), wide(other, 1, 2)), wide(add(three, other), 1, 2))
stays('pad (1, 2) of 3 + pad (1, 1) of 4 stays', add(wide(three, 1, 2), wide(four, 1, 1)))
stays('pad (2, 1) of 3 + pad (1, 1) of 4 stays', add(wide(three, 2, 1), wide(four, 1, 1)))
stays('a sum of pads of two axes stays', add(tall, wide(flat, 1, 1)))
stays('a pad + what is not padded stays', add(wide(three, 1, 2), whole))
stays('a maximum of alike pads stays', max(wide(three, 1, 2), wide(other, 1, 2)))

becomes('a sum over a padded axis ignores the zeros', reduce('sum', ['column'], padded), reduce('sum', ['column'], x))
becomes('a sum over another goes inside', reduce('sum', ['row'], padded), wide(reduce('sum', ['row'], x), 2, 1))
stays('a maximum over a padded axis sees the zeros', reduce('max', ['column'], padded))

const inner = input('grid', { row: 2, page: 3, column: 4 })
const grid = wide(inner, 2, 1)
becomes(
  'a renaming of the padded axis goes inside',
  rename({ column: 'e' }, padded),
  pad('e', 2, 1, rename({ column: 'e' }, x)),
)
becomes('and of another', rename({ row: 'e' }, padded), wide(rename({ row: 'e' }, x), 2, 1))
becomes('a repetition does', expand({ page: 2 }, padded), wide(expand({ page: 2 }, x), 2, 1))
becomes(
  'a split of another axis does',
  split('row', { a: 3, b: 1 }, padded),
  wide(split('row', { a: 3, b: 1 }, x), 2, 1),
)
stays('not of the padded one', split('column', { a: 2, b: 3 }, wide(four, 1, 1)))
becomes('a merge of other axes does', merge(['page', 'row'], 'e', grid), wide(merge(['page', 'row'], 'e', inner), 2, 1))
stays('not with the padded one', merge(['row', 'column'], 'e', padded))
