// Rules of arithmetic, case by case: each of them where it applies, and beside it where it must not.

import { constant, type Expr, expand, input, map, stop } from '../../lib/language/expression.ts'
import { becomes, stays } from '../support/rewrites.ts'

const x = input('x', { row: 3, column: 4 })
const y = input('y', { column: 4 })
const z = input('z', { row: 3 })
const [zero, one, two, three] = [0, 1, 2, 3].map(constant)
const repeated = (operand: Expr): Expr => expand({ row: 3 }, operand)
const everywhere = (operand: Expr): Expr => expand({ row: 3, column: 4 }, operand)
const [add, mul, less, max] = (['add', 'mul', 'less', 'max'] as const).map(
  name =>
    (left: Expr, right: Expr): Expr =>
      map(name, left, right),
)
const neg = (operand: Expr): Expr => map('neg', operand)
const select = (condition: Expr, yes: Expr, no: Expr): Expr => map('select', condition, yes, no)

becomes('constants fold, in the order of their operands', less(two, three), one)
becomes('the greater is not less', less(three, two), zero)
becomes('three constants fold', select(less(two, three), constant(5), constant(7)), constant(5))
becomes('repeated constants fold', add(repeated(two), three), repeated(constant(5)))
stays('what would fold to infinity stays', map('recip', zero))

becomes('repetition floats up through a map', add(repeated(y), constant(5)), repeated(add(y, constant(5))))
becomes('and vanishes where the other operand has the axes', add(repeated(y), x), add(y, x))
becomes('repetitions of a repetition are one', expand({ page: 2 }, repeated(y)), expand({ row: 3, page: 2 }, y))

becomes('x + 0 = x', add(x, zero), x)
becomes('0 + x = x', add(zero, x), x)
becomes('y + 0 has the axes of both', add(y, repeated(zero)), repeated(y))
stays('x + 1 stays', add(x, one))

becomes('x * 0 = 0', mul(x, zero), everywhere(zero))
becomes('0 * x = 0', mul(zero, x), everywhere(zero))
becomes('x * 1 = x', mul(x, one), x)
becomes('1 * y has the axes of both', mul(repeated(one), y), repeated(y))
becomes('x * -1 = -x', mul(x, constant(-1)), neg(x))
becomes('y * -1 has the axes of both', mul(y, repeated(constant(-1))), repeated(neg(y)))
stays('x * 2 stays', mul(x, two))

becomes('(x * 2) * 3 = x * 6', mul(mul(x, two), three), mul(x, constant(6)))
becomes('3 * (2 * x) = x * 6', mul(three, mul(two, x)), mul(x, constant(6)))
stays('(x * y) * 3 stays', mul(mul(x, y), three))
stays('(x * 2) * y stays', mul(mul(x, two), y))

becomes('-(-x) = x', neg(neg(x)), x)
becomes('-(x * 2) = x * -2', neg(mul(x, two)), mul(x, constant(-2)))
becomes('-(2 * x) = x * -2', neg(mul(two, x)), mul(x, constant(-2)))
stays('-(x * y) stays', neg(mul(x, y)))
stays('-(x + 2) stays', neg(add(x, two)))

becomes('(-x) * y = -(x * y)', mul(neg(x), y), neg(mul(x, y)))
becomes('y * (-x) = -(x * y)', mul(y, neg(x)), neg(mul(x, y)))
becomes('(-x) * (-y) = y * x', mul(neg(x), neg(y)), mul(y, x))

becomes('max(x, x) = x', max(x, x), x)
stays('max(x, y) stays', max(x, y))
stays('max(x, exp x) stays', max(x, map('exp', x)))
stays('x + x stays', add(x, x))

becomes('select(1, x, y) = x', select(one, x, y), x)
becomes('select(0, x, y) = y, with the axes of both', select(zero, x, y), repeated(y))
becomes('select(-2, x, y) = x: all but 0 is true', select(constant(-2), x, y), x)
becomes('select(z, x, x) = x', select(z, x, x), x)
becomes('select(z, y, y) = y, with the axes of both', select(z, y, y), repeated(y))
stays('select(z, x, y) stays', select(z, x, y))

becomes('stop x = x', add(stop(x), y), add(x, y))
