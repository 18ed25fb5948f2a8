// Rules of movement, case by case: each of them where it applies, and beside it where it must not, since a wrong order
// or size is all that tells the two apart. Rules of padding have a file of their own.

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
const grid = input('grid', { row: 2, page: 2, column: 4 })
const thin = input('thin', { row: 3, page: 1 })
const six = input('six', { column: 6 })

becomes('renamings compose', rename({ page: 'layer' }, rename({ row: 'page' }, x)), rename({ row: 'layer' }, x))
becomes('all at once', rename({ column: 'row' }, rename({ row: 'page' }, x)), rename({ row: 'page', column: 'row' }, x))
const swap = { row: 'column', column: 'row' }
becomes('swapping twice is nothing', rename(swap, rename(swap, x)), x)
becomes('a renaming to the same name goes', rename({ row: 'row' }, x), x)
stays('a renaming of one axis of two stays', rename({ row: 'row', column: 'page' }, x))

const flat = merge(['row', 'column'], 'place', x)
becomes('split of merge is a renaming', split('place', { a: 3, b: 4 }, flat), rename({ row: 'a', column: 'b' }, x))
stays('split (2, 6) of merge (3, 4) stays', split('place', { a: 2, b: 6 }, flat))
stays('split (4, 3) of merge (3, 4) stays', split('place', { a: 4, b: 3 }, flat))
stays('split (3) of merge (3, 1) stays', split('place', { a: 3 }, merge(['row', 'page'], 'place', thin)))
stays(
  'split of an axis beside the merged one stays',
  split('column', { a: 2, b: 2 }, merge(['row', 'page'], 'e', grid)),
)

const parts = split('column', { a: 2, b: 2 }, x)
const unlike = split('column', { a: 2, b: 3 }, six)
becomes('merge of split is a renaming', merge(['a', 'b'], 'place', parts), rename({ column: 'place' }, x))
becomes('and nothing where the name is the same', merge(['a', 'b'], 'column', unlike), six)
stays('merge (b, a) of split (a 2, b 2) stays', merge(['b', 'a'], 'place', parts))
stays('merge (b, a) of split (a 2, b 3) stays', merge(['b', 'a'], 'place', unlike))
stays('merge of a part stays', merge(['a'], 'place', parts))
stays('merge of a part and another axis stays', merge(['row', 'a'], 'place', parts))

becomes('slices compose', slice('column', 1, 2, slice('column', 1, 3, x)), slice('column', 2, 2, x))
stays('slices of two axes do not', slice('row', 1, 2, slice('column', 1, 3, x)))

const twos = expand({ row: 4, column: 6 }, constant(2))
const alike = (row: number, column: number): Expr => expand({ row, column }, constant(2))
becomes('equal elements are equal when sliced', slice('row', 1, 2, twos), alike(2, 6))
becomes('renamed', rename({ row: 'page' }, twos), expand({ page: 4, column: 6 }, constant(2)))
becomes('split', split('row', { a: 2, b: 2 }, twos), expand({ a: 2, b: 2, column: 6 }, constant(2)))
becomes('and merged', merge(['row', 'column'], 'place', twos), expand({ place: 24 }, constant(2)))

/** Slices of at most a quarter of their axis float down. */
const few = (operand: Expr): Expr => slice('column', 5, 2, operand)
const long = input('long', { row: 6, column: 8 })
const rows = input('rows', { row: 6 })
const deep = input('deep', { row: 2, page: 3, column: 8 })
const exp = (operand: Expr): Expr => map('exp', operand)

becomes('a small slice floats below a map', few(map('mul', long, rows)), map('mul', few(long), rows))
stays('a large one does not', slice('column', 4, 3, exp(long)))
becomes('below a sum of other axes', few(reduce('sum', ['row'], long)), reduce('sum', ['row'], few(long)))
becomes('below a maximum of them', few(reduce('max', ['row'], long)), reduce('max', ['row'], few(long)))
becomes(
  'below a renaming of its axis',
  slice('place', 5, 2, rename({ column: 'place' }, exp(long))),
  rename({ column: 'place' }, exp(few(long))),
)
becomes('of another', few(rename({ row: 'place' }, exp(long))), rename({ row: 'place' }, exp(few(long))))
becomes(
  'into a repetition of its axis',
  few(expand({ column: 8, page: 2 }, rows)),
  expand({ column: 2, page: 2 }, rows),
)
becomes('below one of another', few(expand({ page: 2 }, exp(long))), expand({ page: 2 }, exp(few(long))))
becomes('below a large slice', few(slice('row', 1, 4, exp(long))), slice('row', 1, 4, exp(few(long))))
becomes('below a pad of another axis', few(pad('row', 1, 2, long)), pad('row', 1, 2, few(long)))
becomes(
  'below a split of another axis',
  few(split('row', { a: 2, b: 3 }, long)),
  split('row', { a: 2, b: 3 }, few(long)),
)
stays('not below a split of its own', slice('b', 3, 1, split('column', { a: 2, b: 4 }, long)))
becomes(
  'below a merge of other axes',
  few(merge(['row', 'page'], 'place', deep)),
  merge(['row', 'page'], 'place', few(deep)),
)
stays('not below a merge with its own', slice('place', 5, 2, merge(['row', 'column'], 'place', long)))
