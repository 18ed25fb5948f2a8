// Layer norm, lengths, GELU and the error function. Layer norm is not invariant to scale for a fixed
// epsilon, and its second moment is v / (v + epsilon), not 1: the laws say what is true.

import {
  add,
  constant,
  erf,
  fill,
  gelu,
  layerNorm,
  maximum,
  mean,
  mul,
  neg,
  norm,
  normalise,
  scale,
  shift,
  square,
  sub,
  sum,
  type Tensor,
  total,
  variance,
} from '../../lib/index.ts'
import { tensor } from '../../lib/language/tensor.ts'
import { erf as erfOf } from '../../lib/numeric/erf.ts'
import { gradients } from '../../lib/transform/gradient.ts'
import { problem, reals } from '../support/arbitrary.ts'
import { agree, atMost, near, nearNumbers, same, sameNumbers } from '../support/compare.ts'
import { law } from '../support/law.ts'
import { given, numbers, pick, rowsOf, tabulate } from '../support/tensors.ts'
import { gamma, largest, layerNormTolerance, unit64 } from '../support/tolerance.ts'

const epsilon = 2 ** -20
const rows = problem({
  dims: { batch: [1, 4], feature: [1, 9] },
  tensors: {
    x: reals('batch', 'feature'),
    g: reals('batch', 'feature'),
    weight: reals('feature'),
    bias: reals('feature'),
    amount: reals('batch'),
  },
})

type Rows = Tensor<'batch' | 'feature'>

const plain = (features: number, smallest = epsilon) =>
  layerNorm('feature', smallest)({ weight: fill({ feature: features }, 1), bias: fill({ feature: features }, 0) })

/** Mean and variance of a row, by two passes on the host. */
const moments = (row: readonly number[]) => {
  const mean = row.reduce((left, right) => left + right) / row.length
  return { mean, variance: row.reduce((left, value) => left + (value - mean) ** 2, 0) / row.length }
}

law('layer norm is the textbook formula', rows, ({ x, weight, bias, sizes: { feature } }) => {
  const of = rowsOf(x.sizes, x.data).map(row => ({ row, ...moments(row) }))
  const expected = of.flatMap(({ row, mean, variance }) =>
    row.map((value, at) => ((value - mean) / Math.sqrt(variance + epsilon)) * weight.data[at] + bias.data[at]),
  )
  const size = Math.max(1, largest(weight.data), largest(bias.data))
  const tolerance = of.flatMap(({ row, variance }) => {
    const one = layerNormTolerance(feature, largest(row), Math.sqrt(variance + epsilon))
    return row.map(() => size * one)
  })
  const affine = { weight, bias }
  return nearNumbers(tolerance)(numbers<'batch' | 'feature'>(layerNorm('feature', epsilon)(affine)(x)), expected)
})

law('a normalised row has mean 0 and second moment v / (v + epsilon)', rows, ({ x, sizes: { batch, feature } }) => {
  const y: Rows = plain(feature)(x)
  const v = variance('feature')(x)
  return [
    agree(sum('feature')(y), fill({ batch }, 0), 'mean'),
    agree(mul(mean('feature')(square(y)), shift(epsilon)(v)), v, 'second moment'),
    atMost(0)(scale(1 - 2 ** -40)(square(y)), fill(x.sizes, Math.max(feature - 1, 0)), 'bounded by n - 1'),
  ]
})

law('shifting a row does not matter', rows, ({ x, amount, sizes: { feature } }) =>
  agree(plain(feature)(add(x, amount)), plain(feature)(x)),
)

law('scaling a row by 2^k and epsilon by 4^k changes not one bit', rows, ({ x, sizes: { feature } }) => [
  same(plain(feature, epsilon * 64)(scale(8)(x)), plain(feature)(x)),
  same(plain(feature, epsilon / 16)(scale(0.25)(x)), plain(feature)(x)),
])

law('weight and bias apply after the normalisation', rows, ({ x, weight, bias, sizes: { feature } }) =>
  same(layerNorm('feature', epsilon)({ weight, bias })(x), add(mul(plain(feature)(x), weight), bias)),
)

law(
  'a constant row becomes the bias, and rows do not see each other',
  rows,
  ({ x, weight, bias, sizes: { batch } }) => {
    const norm = layerNorm('feature', epsilon)({ weight, bias })
    const row = batch - 1
    const alone = given({ batch: 1, feature: bias.data.length }, rowsOf(x.sizes, x.data)[row])
    const whole = given(x.sizes, numbers<'batch' | 'feature'>(norm(x)))
    return [
      same(norm(fill(x.sizes, 3)), add(fill(x.sizes, 0), bias), 'constant'),
      same(norm(alone), pick('batch', [row])(whole), 'alone'),
    ]
  },
)

law('the gradient of layer norm is blind to a shift', rows, ({ x, g, sizes: { batch, feature } }) => {
  const [gradient] = gradients(total(mul(plain(feature)(x), g)).expr, [x.expr])
  return agree(sum('feature')(tensor<'batch' | 'feature'>(gradient)), fill({ batch }, 0))
})

law('variance is the mean square less the squared mean', rows, ({ x }) => [
  agree(variance('feature')(x), sub(mean('feature')(square(x)), square(mean('feature')(x)))),
  atMost(0)(scale(0)(mean('feature')(x)), variance('feature')(x), 'not negative'),
])

law('a normalised row has length 1; scaling by 2^k changes not one bit', rows, ({ x, sizes: { batch, feature } }) => {
  const y: Rows = normalise('feature')(x)
  const isZero = rowsOf(x.sizes, x.data).map(row => row.every(value => value === 0))
  const lengths = tabulate({ batch }, at => (isZero[at.batch] ? 0 : 1))
  return [
    near(unit64 * (feature + 4))(norm('feature', 0)(y), lengths, 'length'),
    same(normalise('feature')(scale(2 ** 12)(x)), y, 'scaled'),
    agree(normalise('feature')(y), y, 'idempotent'),
    near(gamma(2 * feature + 8) * (1 + largest(x.data)))(mul(y, norm('feature')(x)), x, 'with its length again'),
  ]
})

law('the gradient of a normalised row is orthogonal to the row', rows, ({ x, g, sizes: { batch } }) => {
  const [gradient] = gradients(total(mul(normalise('feature', 2 ** -30)(x), g)).expr, [x.expr])
  return agree(sum('feature')(mul(x, tensor<'batch' | 'feature'>(gradient))), fill({ batch }, 0))
})

law('lengths are Euclidean, with a floor', rows, ({ x, sizes: { batch, feature } }) => {
  const lengths = rowsOf(x.sizes, x.data).map(row => Math.hypot(...row))
  const tolerance = lengths.map(length => unit64 * (feature + 4) * length)
  return [
    nearNumbers(tolerance)(
      numbers(norm('feature')(x)),
      lengths.map(length => Math.max(length, 1e-12)),
      'length',
    ),
    near(2 ** -50)(norm('feature', 0.5)(scale(0)(x)), fill({ batch }, 0.5), 'floor'),
    sameNumbers(
      numbers(tensor<'batch' | 'feature'>(gradients(total(norm('feature')(scale(0)(x))).expr, [x.expr])[0])),
      new Float64Array(x.data.length),
      'gradient at 0',
    ),
  ]
})

law('gelu(x) - gelu(-x) = x, between max(0, x) - 0.17 and max(0, x)', rows, ({ x }) => {
  const y: Rows = gelu(x)
  const positive = maximum(x, constant(0))
  return [
    agree(sub(y, gelu(neg(x))), x, 'odd part'),
    atMost(0)(y, positive, 'above'),
    atMost(0)(shift(-0.17)(positive), y, 'below'),
  ]
})

law('gelu is x times the normal distribution function, not its approximation by tanh', rows, ({ x }) => {
  const density = (t: number) => Math.exp((-t * t) / 2) / Math.sqrt(2 * Math.PI)
  /** Simpson's rule over [0, x]: 512 panels of a function whose fourth derivative is at most 1.2. */
  const distribution = (to: number) => {
    const step = to / 1024
    let sum = density(0) + density(to)
    for (let at = 1; at < 1024; at += 1) sum += (at % 2 === 1 ? 4 : 2) * density(at * step)
    return 0.5 + (sum * step) / 3
  }
  const truncation = (value: number) => ((Math.abs(value) / 1024) ** 4 * Math.abs(value) * 1.2) / 180 + 2 ** -46
  const tolerance = x.data.map(value => Math.abs(value) * truncation(value))
  return nearNumbers(tolerance)(
    numbers(gelu(x)),
    x.data.map(value => value * distribution(value)),
  )
})

const known: readonly (readonly [x: number, erf: number])[] = [
  [0.1, 0.1124629160182849],
  [0.5, 0.5204998778130465],
  [1, 0.8427007929497149],
  [2, 0.9953222650189527],
  [2.5, 0.999593047982555],
  [3, 0.9999779095030014],
]

law('the error function is odd, increasing, within -1 and 1, and has its known values', rows, ({ x, g }) => [
  same(erf(neg(x)), neg(erf(x)), 'odd'),
  atMost(2 ** -52)(erf(x), erf(maximum(x, g)), 'increasing'),
  atMost(0)(mul(erf(x), erf(x)), fill(x.sizes, 1), 'bounded'),
  ...known.map(([at, value]) => nearNumbers(4 * unit64 * value)([erfOf(at)], [value], `erf ${at}`)),
])
