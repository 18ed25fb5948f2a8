// Operands meet by axis name: the one with fewer axes is repeated, as if it had been expanded by hand,
// and what flows back to it in a gradient is summed.

import {
  add,
  dot,
  exp,
  expand,
  fill,
  iota,
  mul,
  neg,
  outer,
  sub,
  sum,
  type Tensor,
  tanh,
  total,
  where,
} from '../../lib/index.ts'
import { elements } from '../../lib/language/axes.ts'
import { map, sumTo } from '../../lib/language/expression.ts'
import { tensor } from '../../lib/language/tensor.ts'
import { gradients } from '../../lib/transform/gradient.ts'
import { integers, problem, reals } from '../support/arbitrary.ts'
import { holds, same, sameData, sameNumbers } from '../support/compare.ts'
import { law } from '../support/law.ts'
import { evaluated, number, numbers } from '../support/tensors.ts'

const dims = { batch: [1, 4], token: [1, 5], feature: [1, 4] } as const
type Axes = 'batch' | 'token' | 'feature'

const mixed = problem({
  dims,
  tensors: { x: reals('batch', 'token', 'feature'), row: reals('feature'), column: reals('token'), one: reals() },
})

const binary = [add, mul, sub]

law(
  'the second operand is repeated along the axes that it lacks',
  mixed,
  ({ x, row, one, sizes: { batch, token } }) => {
    const wide: Tensor<Axes> = expand({ batch, token })(row)
    const whole: Tensor<Axes> = expand({ batch, token, feature: row.data.length })(one)
    return binary.flatMap(f => [same(f(x, row), f(x, wide), 'a row'), same(f(x, one), f(x, whole), 'a scalar')])
  },
)

law('repetition is that of the host', mixed, ({ row, sizes: { batch } }) => {
  const rows = Array.from({ length: batch }, () => [...row.data]).flat()
  return sameNumbers(numbers<'batch' | 'feature'>(expand({ batch })(row), { batch, feature: row.data.length }), rows)
})

law('an operation on a repetition is a repetition of the operation', mixed, ({ row, column, sizes: { batch } }) => {
  const wide = expand({ batch })
  return [
    ...[neg, tanh, exp].map(f => same(f(wide(row)), wide(f(row)))),
    ...binary.map(f => same(f(wide(row), wide(row)), wide(f(row, row)))),
    same(outer(wide(row), column), wide(outer(row, column)), 'outer'),
  ]
})

law('repetitions compose, in any order', mixed, ({ row, sizes: { batch, token } }) => {
  const both = expand({ batch, token })(row)
  return [
    same(expand({ batch })(expand({ token })(row)), both, 'token first'),
    same(expand({ token })(expand({ batch })(row)), both, 'batch first'),
  ]
})

law(
  'where repeats its condition and its alternative',
  mixed,
  ({ x, row, column, sizes: { batch, token, feature } }) => {
    const condition: Tensor<Axes> = expand({ batch, feature })(column)
    const other: Tensor<Axes> = expand({ batch, token })(row)
    return same(where(column, x, row), where(condition, x, other))
  },
)

law('the shape of a result is the union of shapes, whoever comes first', mixed, ({ x, row, column, one }) => {
  const shapes = (...operands: readonly Tensor<string>[]) => {
    const names = operands.reduce((left, right) => tensor<string>(map('add', left.expr, right.expr)))
    return Object.entries(names.expr.shape).sort()
  }
  const [a, b, c, d] = [x, row, column, one].map(({ expr }) => tensor<string>(expr))
  return [
    sameData('commutative', shapes(b, c), shapes(c, b)),
    sameData('associative', shapes(b, c, a), shapes(a, b, c)),
    sameData('idempotent', shapes(a, a), shapes(a)),
    sameData('unit', shapes(d, b), shapes(b)),
  ]
})

const whole = problem({
  dims,
  tensors: { x: integers('feature'), y: integers('batch', 'token', 'feature'), one: integers() },
})

law('repetition and summation are adjoint', whole, ({ x, y, one, sizes: { batch, token } }) => [
  same(total(mul(y, x)), total(mul(x, sum('batch', 'token')(y))), 'a row'),
  same(dot('feature', 'batch', 'token')(expand({ batch, token })(x), y), total(mul(y, x)), 'by hand'),
  same(total(mul(y, one)), mul(total(y), one), 'a scalar'),
])

law('the gradient of a repeated operand is a sum, exactly', whole, ({ x, y, one }) => {
  const value = total(add(mul(y, x), mul(y, one))).expr
  const [toRow, toOne] = gradients(value, [x.expr, one.expr])
  return [
    same(tensor<'feature'>(toRow), sum('batch', 'token')(y), 'row'),
    sameNumbers(evaluated([toOne])[0], [number(total(y))], 'scalar'),
  ]
})

law('summing to the own shape changes nothing, and sums of ones count', whole, ({ y, x, sizes }) => [
  holds('same node', sumTo(y.expr.shape, y.expr) === y.expr),
  same(
    tensor<'feature'>(sumTo(x.expr.shape, fill(y.sizes, 1).expr)),
    fill(x.sizes, elements(sizes) / x.data.length),
    'count',
  ),
  same(sub(add(fill(x.sizes, 0), iota('feature', x.data.length)), iota('feature', x.data.length)), fill(x.sizes, 0)),
])
