// The algebra of tensors (laws.md 2.1): arithmetic, movement of axes, and that movement and arithmetic do not see each other.
// On whole numbers everything is exact; on reals, what reassociates agrees within its running-error bound.

import {
  abs,
  add,
  at,
  concat,
  constant,
  div,
  exp,
  expand,
  fill,
  floor,
  iota,
  less,
  max,
  maximum,
  mean,
  merge,
  minimum,
  mul,
  neg,
  pad,
  rename,
  scale,
  shift,
  sin,
  slice,
  split,
  sqrt,
  square,
  stopGradient,
  sub,
  sum,
  type Tensor,
  tanh,
  total,
  where,
} from '../../lib/index.ts'
import { elements } from '../../lib/language/axes.ts'
import { rename as renameExpr } from '../../lib/language/expression.ts'
import { tensor } from '../../lib/language/tensor.ts'
import { integers, positives, problem, reals } from '../support/arbitrary.ts'
import { agree, atMost, holds, same, sameNumbers } from '../support/compare.ts'
import { graphs } from '../support/graphs.ts'
import { law } from '../support/run.ts'
import { evaluated, given, number, numbers, pick, tabulate } from '../support/tensors.ts'

const dims = { batch: [1, 4], token: [1, 5], feature: [1, 4] } as const
const three = problem({
  dims,
  tensors: {
    x: reals('batch', 'token', 'feature'),
    y: reals('batch', 'token', 'feature'),
    z: reals('batch', 'feature'),
  },
})
const whole = problem({
  dims,
  tensors: {
    x: integers('batch', 'token', 'feature'),
    y: integers('batch', 'token', 'feature'),
    z: integers('batch', 'feature'),
  },
})

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

law('renaming back, and swapping twice, is the identity', three, ({ x }) => {
  const swap = (y: Tensor<'batch' | 'token' | 'feature'>) =>
    tensor<'batch' | 'token' | 'feature'>(renameExpr({ batch: 'token', token: 'batch' }, y.expr))
  return [
    same<'batch' | 'token' | 'feature'>(rename('context', 'token')(rename('token', 'context')(x)), x, 'rename'),
    same(swap(swap(x)), x, 'swap'),
  ]
})

const divisible = problem({
  dims,
  tensors: { x: integers('batch', 'token', 'feature') },
  choices: { parts: [1, 2, 3] },
})

law(
  'splitting and merging are inverse, and their order is that of the axes written',
  divisible,
  ({ x, parts, sizes }) => {
    const { token } = sizes
    const long = merge(['feature', 'token'], 'long')(x)
    const wide = concat('token')(x, ...Array.from({ length: parts - 1 }, () => neg(x)))
    const pieces = split('token', { piece: parts, token })(wide)
    const slow = tabulate({ batch: sizes.batch, long: token * sizes.feature }, ({ batch, long: position }) => {
      const [feature, place] = [Math.floor(position / token), position % token]
      return x.data[(batch * token + place) * sizes.feature + feature]
    })
    return [
      same(long, slow, 'merge'),
      same(split('long', { feature: sizes.feature, token })(long), x, 'split after merge'),
      same(merge(['piece', 'token'], 'token')(pieces), wide, 'merge after split'),
      same(at('piece', 0)(pieces), x, 'the first piece'),
      same(at('piece', parts - 1)(pieces), parts > 1 ? neg(x) : x, 'the last piece'),
    ]
  },
)

law('slices and concatenations are inverse', three, ({ x, y, sizes: { token } }) => {
  const both = concat('token')(x, y)
  const cut = Math.ceil(token / 2)
  const first = slice('token', 0, cut)(x)
  const rest = slice('token', cut, token - cut)(x)
  return [
    same(slice('token', 0, token)(both), x, 'first part'),
    same(slice('token', token, token)(both), y, 'second part'),
    same(
      first,
      pick(
        'token',
        Array.from({ length: cut }, (_, position) => position),
      )(x),
      'slice',
    ),
    cut < token ? same(concat('token')(first, rest), x, 'joined again') : same(first, x, 'whole'),
  ]
})

law('padding is undone by slicing, and adds zeros only', whole, ({ x, sizes: { token } }) => {
  const padded = pad('token', 2, 1)(x)
  return [
    same(slice('token', 2, token)(padded), x, 'inside'),
    same(sum('token')(padded), sum('token')(x), 'sum'),
    same(slice('token', 0, 2)(padded), fill({ ...x.sizes, token: 2 }, 0), 'before'),
    same(slice('token', token + 2, 1)(padded), fill({ ...x.sizes, token: 1 }, 0), 'after'),
    same(pad('token', 1, 1)(pad('token', 1, 0)(x)), padded, 'twice'),
  ]
})

law('slices compose', three, ({ x, sizes: { token } }) => {
  const start = Math.floor(token / 3)
  const inner = Math.floor((token - start) / 3)
  const size = token - start - inner
  return same(
    slice('token', inner, size)(slice('token', start, token - start)(x)),
    slice('token', start + inner, size)(x),
  )
})

/** Functions with f(0) = 0, so that padding does not see them either. */
const elementwise = [neg, abs, sin, tanh, floor, square]

law('an element-wise function does not see movement', three, ({ x, sizes }) => {
  const movements = [
    (y: typeof x | Tensor<'batch' | 'token' | 'feature'>) =>
      merge(['token', 'feature'], 'long')(rename('batch', 'item')(y)),
    (y: Tensor<'batch' | 'token' | 'feature'>) =>
      merge(
        ['item', 'copy'],
        'item',
      )(expand({ copy: 2 })(rename('batch', 'item')(merge(['feature', 'token'], 'long')(y)))),
    (y: Tensor<'batch' | 'token' | 'feature'>) =>
      rename(
        'batch',
        'item',
      )(merge(['token', 'feature'], 'long')(pad('token', 1, 2)(slice('token', sizes.token - 1, 1)(y)))),
    (y: Tensor<'batch' | 'token' | 'feature'>) =>
      split('batch', { item: sizes.batch })(split('feature', { long: sizes.feature })(at('token', 0)(stopGradient(y)))),
  ]
  return movements.flatMap(move => elementwise.map(f => same(f(move(x)), move(f(x)))))
})

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
  const attained = max('token')(sub(floor(scale(0)(x)), less(sub(x, largest), constant(0))))
  return [
    same(attained, fill({ batch: sizes.batch, feature: sizes.feature }, 0), 'attained'),
    atMost(0)(x, add(scale(0)(x), largest), 'bounds all'),
    atMost(2 ** -48)(mean('token')(x), largest, 'bounds the mean'),
    same(max('token')(maximum(x, y)), maximum(max('token')(x), max('token')(y)), 'distributes'),
    same(max('token', 'batch')(x), max('batch')(max('token')(x)), 'nests'),
  ]
})

law('a ramp counts', problem({ dims, tensors: { x: reals('token') } }), ({ x, sizes: { token } }) => [
  sameNumbers(numbers(iota('token', token)), Float64Array.from(x.data.keys())),
  sameNumbers([number(total(iota('token', token)))], [(token * (token - 1)) / 2], 'sum'),
])

law('an ordered read is a permutation of the default one', three, ({ x, sizes: { batch, token, feature } }) => {
  const turned = { feature, batch, token }
  const read = given(turned, numbers(x, turned))
  return [same(read, x), sameNumbers(numbers(read, x.sizes), x.data)]
})

law('every value has the size that its shape says, and is finite', graphs('real'), ({ roots, bindings }) =>
  evaluated(roots, bindings).flatMap((values, at) => [
    holds('size', values.length === elements(roots[at].shape)),
    holds('finite', values.every(Number.isFinite)),
  ]),
)
