// Arithmetic and reductions, on whole numbers exactly; on reals, what reassociates agrees within its
// running-error bound. Outside their domains operations do what IEEE 754 says.

import {
  add,
  constant,
  div,
  exp,
  fill,
  floor,
  iota,
  less,
  max,
  maximum,
  mean,
  minimum,
  mul,
  neg,
  scale,
  shift,
  sqrt,
  sub,
  sum,
  total,
  where,
} from '../../lib/index.ts'
import { elements } from '../../lib/language/axes.ts'
import { positives, problem, reals } from '../support/arbitrary.ts'
import { agree, atMost, below, holds, same, sameNumbers } from '../support/compare.ts'
import { graphs } from '../support/graphs.ts'
import { law } from '../support/law.ts'
import { dims, three, whole } from '../support/problems.ts'
import { evaluated, number, numbers, tabulate } from '../support/tensors.ts'

law('add and mul are commutative', three, ({ x, y }) => [same(add(x, y), add(y, x)), same(mul(x, y), mul(y, x))])

law('add and mul are associative and distribute', three, ({ x, y, z }) => [
  agree(add(add(x, y), z), add(x, add(y, z)), 'add'),
  agree(mul(mul(x, y), z), mul(x, mul(y, z)), 'mul'),
  agree(mul(add(x, y), z), add(mul(x, z), mul(y, z)), 'both'),
])

law('on whole numbers they are so exactly', whole, ({ x, y, z }) => [
  same(add(add(x, y), z), add(x, add(y, z)), 'add'),
  same(mul(mul(x, y), z), mul(x, mul(y, z)), 'mul'),
  same(mul(add(x, y), z), add(mul(x, z), mul(y, z)), 'both'),
])

law('0 and 1 are neutral, negation is its own inverse, subtraction adds it', three, ({ x, y }) => [
  same(add(x, constant(0)), x, 'x + 0'),
  same(mul(x, constant(1)), x, 'x 1'),
  same(div(x, constant(1)), x, 'x / 1'),
  same(neg(neg(x)), x, '-(-x)'),
  same(sub(x, y), add(x, neg(y)), 'x - y'),
  same(sub(x, x), fill(x.sizes, 0), 'x - x'),
])

law('scaling by a power of two and back is exact', three, ({ x }) => [
  same(scale(2 ** -9)(scale(2 ** 9)(x)), x, 'scale'),
  same(div(scale(2 ** 9)(x), constant(2 ** 9)), x, 'div'),
  same(shift(-32)(shift(32)(x)), x, 'shift'),
])

law('arithmetic is that of the host', three, ({ x, y }) => [
  sameNumbers(
    numbers(add(x, y)),
    x.data.map((value, at) => value + y.data[at]),
    'add',
  ),
  sameNumbers(
    numbers(mul(x, y)),
    x.data.map((value, at) => value * y.data[at]),
    'mul',
  ),
  sameNumbers(
    numbers(maximum(x, y)),
    x.data.map((value, at) => Math.max(value, y.data[at])),
    'maximum',
  ),
  sameNumbers(
    numbers(minimum(x, y)),
    x.data.map((value, at) => Math.min(value, y.data[at])),
    'minimum',
  ),
  sameNumbers(
    numbers(less(x, y)),
    x.data.map((value, at) => (value < y.data[at] ? 1 : 0)),
    'less',
  ),
  sameNumbers(
    numbers(where(x, y, neg(y))),
    x.data.map((value, at) => (value !== 0 ? y.data[at] : -y.data[at])),
    'where',
  ),
  sameNumbers(numbers(floor(x)), x.data.map(Math.floor), 'floor'),
])

law(
  'outside their domains operations follow IEEE 754',
  problem({ dims, tensors: { x: positives('batch') } }),
  ({ x }) => {
    const zero = sub(x, x)
    const every = (value: number) => new Float64Array(x.data.length).fill(value)
    return [
      sameNumbers(numbers(div(x, zero)), every(Number.POSITIVE_INFINITY), 'x / 0'),
      sameNumbers(numbers(div(zero, zero)), every(Number.NaN), '0 / 0'),
      sameNumbers(numbers(sqrt(neg(x))), every(Number.NaN), 'sqrt -x'),
      sameNumbers(numbers(exp(scale(1e12)(x))), every(Number.POSITIVE_INFINITY), 'exp, overflowing'),
      sameNumbers(numbers(exp(scale(-1e12)(x))), every(0), 'exp, underflowing'),
    ]
  },
)

law('a sum over two axes is a sum of sums, in either order', whole, ({ x }) => [
  same(sum('batch', 'token')(x), sum('token')(sum('batch')(x)), 'batch first'),
  same(sum('batch', 'token')(x), sum('batch')(sum('token')(x)), 'token first'),
  same(total(x), sum('feature')(sum('token', 'batch')(x)), 'total'),
])

law('sums are linear; of powers of two exactly', three, ({ x, y }) => [
  same(sum('token')(scale(8)(x)), scale(8)(sum('token')(x)), 'scaled'),
  agree(sum('token')(add(x, y)), add(sum('token')(x), sum('token')(y)), 'added'),
])

law('sums and maxima are those of the host', whole, ({ x, sizes: { batch, token, feature } }) => {
  const column = (b: number, f: number) =>
    Array.from({ length: token }, (_, t) => x.data[(b * token + t) * feature + f])
  const reduced = (f: (values: readonly number[]) => number) =>
    tabulate({ batch, feature }, position => f(column(position.batch, position.feature)))
  const add2 = (values: readonly number[]) => values.reduce((left, right) => left + right, 0)
  return [
    same(sum('token')(x), reduced(add2), 'sum'),
    same(
      max('token')(x),
      reduced(values => Math.max(...values)),
      'max',
    ),
    same(
      mean('token')(x),
      reduced(values => add2(values) * (1 / token)),
      'mean',
    ),
  ]
})

law('the maximum is attained, bounds the mean, and distributes over the larger', three, ({ x, y, sizes }) => {
  const largest = max('token')(x)
  const attained = max('token')(sub(fill(x.sizes, 1), less(x, largest)))
  return [
    same(attained, fill({ batch: sizes.batch, feature: sizes.feature }, 1), 'attained'),
    atMost(0)(x, add(scale(0)(x), largest), 'bounds all'),
    below(mean('token')(x), largest, 'bounds the mean'),
    same(max('token')(maximum(x, y)), maximum(max('token')(x), max('token')(y)), 'distributes'),
    same(max('token', 'batch')(x), max('batch')(max('token')(x)), 'nests'),
  ]
})

law('a ramp counts', problem({ dims, tensors: { x: reals('token') } }), ({ x, sizes: { token } }) => [
  sameNumbers(numbers(iota('token', token)), Float64Array.from(x.data.keys())),
  sameNumbers([number(total(iota('token', token)))], [(token * (token - 1)) / 2], 'sum'),
])

law('every value has the size that its shape says, and is finite', graphs('real'), ({ roots, bindings }) =>
  evaluated(roots, bindings).flatMap((values, at) => [
    holds('size', values.length === elements(roots[at].shape)),
    holds('finite', values.every(Number.isFinite)),
  ]),
)
