// Rules of reductions, case by case: each of them where it applies, and beside it where it must not, as for most rules
// of sums under a maximum.

import { constant, type Expr, expand, input, map, reduce, split } from '../../lib/language/expression.ts'
import { becomes, stays } from '../support/rewrites.ts'

const x = input('x', { row: 3, column: 4 })
const y = input('y', { column: 4 })
const z = input('z', { row: 3 })
const scalar = input('scalar', {})
const sum = (axes: readonly string[], operand: Expr): Expr => reduce('sum', axes, operand)
const max = (axes: readonly string[], operand: Expr): Expr => reduce('max', axes, operand)
const mul = (left: Expr, right: Expr): Expr => map('mul', left, right)
const neg = (operand: Expr): Expr => map('neg', operand)
const tiled = expand({ row: 3, page: 2 }, y)

becomes('a sum over repetitions is a scaling', sum(['row'], expand({ row: 3 }, y)), mul(y, constant(3)))
becomes('by those repetitions alone that it is over', sum(['row'], tiled), expand({ page: 2 }, mul(y, constant(3))))
becomes('and a sum of the rest', sum(['row', 'column'], expand({ row: 3 }, y)), mul(sum(['column'], y), constant(3)))
becomes('a maximum of repetitions is what is repeated', max(['row', 'page'], tiled), y)
becomes(
  'a reduction of what is not repeated goes below the repetition',
  max(['column'], tiled),
  expand({ row: 3, page: 2 }, max(['column'], y)),
)

becomes('a sum of sums is one', sum(['column'], sum(['row'], x)), sum(['row', 'column'], x))
becomes('a maximum of maxima is one', max(['row'], max(['column'], x)), max(['column', 'row'], x))
stays('a maximum of sums stays', max(['column'], sum(['row'], x)))
stays('a sum of maxima stays', sum(['row'], max(['column'], x)))

const thin = input('thin', { row: 1, column: 4, page: 2 })
becomes('a sum over an axis of size 1 forgets the axis', sum(['row'], thin), split('row', {}, thin))
becomes('and keeps the operation over the rest', max(['page', 'row'], thin), split('row', {}, max(['page'], thin)))

becomes('sum(-x) = -sum(x)', sum(['row'], neg(x)), neg(sum(['row'], x)))
stays('max(-x) stays', max(['row'], neg(x)))

becomes('a factor without summed axes leaves the sum', sum(['row'], mul(x, y)), mul(sum(['row'], x), y))
becomes('from either side', sum(['row'], mul(y, x)), mul(sum(['row'], x), y))
becomes('and every such factor does', sum(['row'], mul(mul(x, y), scalar)), mul(mul(sum(['row'], x), y), scalar))
stays('a maximum keeps its factors', max(['row'], mul(x, y)))
stays('a sum keeps factors with any summed axis', sum(['row'], mul(x, z)))

const across = input('across', { column: 4, page: 2 })
becomes(
  'a sum over an axis of one factor enters it',
  sum(['row', 'column'], mul(x, y)),
  sum(['column'], mul(sum(['row'], x), y)),
)
becomes(
  'a sum over an axis of each enters both',
  sum(['row', 'column', 'page'], mul(x, across)),
  sum(['column'], mul(sum(['row'], x), sum(['page'], across))),
)
stays('a maximum stays outside', max(['row', 'column'], mul(x, y)))
stays('a contraction stays as it is', sum(['column'], mul(x, across)))
