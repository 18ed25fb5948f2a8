// Softmax, log-softmax and log-sum-exp. The largest logit is subtracted before the temperature divides,
// so shift invariance is not approximate: on dyadic logits the bits are the same.

import {
  add,
  constant,
  div,
  exp,
  fill,
  iota,
  less,
  log,
  logSoftmax,
  logSumExp,
  max,
  maximum,
  mul,
  oneHot,
  scale,
  shift,
  softmax,
  sub,
  sum,
  type Tensor,
} from '../../lib/index.ts'
import { problem, reals } from '../support/arbitrary.ts'
import { agree, atMost, holds, near, nearNumbers, same, sameNumbers } from '../support/compare.ts'
import { law } from '../support/law.ts'
import { given, numbers, pick, rowsOf, tabulate } from '../support/tensors.ts'
import { largest, softmaxTolerance, unit64 } from '../support/tolerance.ts'

const temperatures = [1, 0.5, 0.25, 0.1, 0.07, 0.04] as const
const logits = problem({
  dims: { batch: [1, 4], prototype: [1, 9] },
  tensors: { x: reals('batch', 'prototype'), y: reals('batch', 'prototype'), amount: reals('batch') },
  choices: { temperature: temperatures },
})

type Rows = Tensor<'batch' | 'prototype'>

law('softmax is the textbook formula', logits, ({ x, temperature, sizes }) => {
  const rows = rowsOf(x.sizes, x.data).flatMap(values => {
    const weights = values.map(value => Math.exp((value - Math.max(...values)) / temperature))
    const whole = weights.reduce((left, right) => left + right)
    return weights.map(weight => weight / whole)
  })
  const relative = softmaxTolerance(largest(x.data) / temperature, sizes.prototype)
  const tolerance = rows.map(p => p * relative + 2 ** -1000)
  return nearNumbers(tolerance)(numbers(softmax('prototype', temperature)(x)), rows)
})

law('softmax sums to one and lies between 0 and 1', logits, ({ x, temperature, sizes }) => {
  const p: Rows = softmax('prototype', temperature)(x)
  return [
    near(unit64 * (sizes.prototype + 2))(sum('prototype')(p), fill({ batch: sizes.batch }, 1), 'sum'),
    atMost(0)(p, fill(x.sizes, 1), 'at most 1'),
    atMost(0)(fill(x.sizes, 0), p, 'at least 0'),
  ]
})

law('shifting a row of logits changes not one bit', logits, ({ x, amount, temperature }) => [
  same(softmax('prototype', temperature)(add(x, amount)), softmax('prototype', temperature)(x), 'softmax'),
  same(softmax('prototype', temperature)(shift(512)(x)), softmax('prototype', temperature)(x), 'softmax, by 512'),
  same(logSoftmax('prototype', temperature)(add(x, amount)), logSoftmax('prototype', temperature)(x), 'log-softmax'),
])

law('scaling logits and temperature by a power of two changes not one bit', logits, ({ x, temperature }) => [
  same(softmax('prototype', 8 * temperature)(scale(8)(x)), softmax('prototype', temperature)(x), 'softmax'),
  same(
    logSoftmax('prototype', temperature / 4)(scale(0.25)(x)),
    logSoftmax('prototype', temperature)(x),
    'log-softmax',
  ),
])

law('a temperature may be a number or a tensor', logits, ({ x, temperature }) => [
  same(softmax('prototype', constant(temperature))(x), softmax('prototype', temperature)(x), 'softmax'),
  same(logSoftmax('prototype', constant(temperature))(x), logSoftmax('prototype', temperature)(x), 'log-softmax'),
  agree(softmax('prototype', temperature)(x), softmax('prototype')(scale(1 / temperature)(x)), 'dividing first'),
])

law('the order of logits is the order of probabilities, and ties stay ties', logits, ({ x, temperature }) => {
  const p = rowsOf(x.sizes, numbers(softmax('prototype', temperature)(x)))
  const ordered = (values: readonly number[], row: number) =>
    values.every((one, i) =>
      values.every((other, j) =>
        one === other ? p[row][i] === p[row][j] : one > other ? p[row][i] >= p[row][j] : true,
      ),
    )
  return holds('ordered', rowsOf(x.sizes, x.data).every(ordered))
})

law('permuting the classes permutes the probabilities', logits, ({ x, temperature, sizes: { prototype } }) => {
  const places = Array.from({ length: prototype }, (_, at) => at)
  const p = softmax('prototype', temperature)
  const plain = given(x.sizes, numbers<'batch' | 'prototype'>(p(x)))
  const relative = 2 * softmaxTolerance(largest(x.data) / temperature, prototype)
  return [[...places].reverse(), places.map(at => (at + 1) % prototype)].map(order => {
    const expected = pick('prototype', order)(plain)
    return near(expected.data.map(value => relative * value))(p(pick('prototype', order)(x)), expected)
  })
})

law(
  'log-softmax is the logarithm of softmax where that has one, and finite everywhere',
  logits,
  ({ x, temperature, sizes }) => {
    const far = scale(1024)(x)
    const logs = logSoftmax('prototype', temperature)
    const tolerance = softmaxTolerance(largest(x.data) / temperature, sizes.prototype)
    const p = numbers<'batch' | 'prototype'>(softmax('prototype', temperature)(x))
    return [
      nearNumbers(Array.from(p, value => value * tolerance))(
        numbers<'batch' | 'prototype'>(exp(logs(x))),
        p,
        'exp of it',
      ),
      atMost(0)(logs(x), fill(x.sizes, 0), 'at most 0'),
      holds('finite', numbers<'batch' | 'prototype'>(logs(far)).every(Number.isFinite)),
      holds(
        'softmax finite',
        numbers<'batch' | 'prototype'>(softmax('prototype', temperature)(far)).every(Number.isFinite),
      ),
    ]
  },
)

law('log-softmax is idempotent, and its log-sum-exp is 0', logits, ({ x, temperature, sizes }) => {
  const logs: Rows = logSoftmax('prototype', temperature)(x)
  return [
    agree(logSoftmax('prototype')(logs), logs, 'idempotent'),
    agree(logSumExp('prototype')(logs), fill({ batch: sizes.batch }, 0), 'normalised'),
  ]
})

law('log-sum-exp lies between the maximum and the maximum plus log K', logits, ({ x, sizes: { prototype } }) => {
  const [smooth, sharp] = [logSumExp('prototype')(x), max('prototype')(x)]
  const tolerance = softmaxTolerance(largest(x.data), prototype)
  return [
    atMost(0)(sharp, smooth, 'above'),
    atMost(tolerance)(smooth, shift(Math.log(prototype))(sharp), 'below'),
    near(tolerance)(smooth, log(sum('prototype')(exp(x))), 'the textbook formula'),
  ]
})

law('log-sum-exp follows a shift, is monotone and convex', logits, ({ x, y, amount, sizes: { prototype } }) => {
  const tolerance = softmaxTolerance(2 * Math.max(largest(x.data), largest(y.data)), prototype)
  const lse = logSumExp('prototype')
  const middle = scale(0.5)(add(x, y))
  return [
    agree(lse(add(x, amount)), add(lse(x), amount), 'shifted'),
    atMost(tolerance)(lse(x), lse(maximum(x, y)), 'monotone'),
    atMost(tolerance)(lse(middle), scale(0.5)(add(lse(x), lse(y))), 'convex'),
  ]
})

law('a single class has probability one', logits, ({ x, temperature }) => {
  const single = pick('prototype', [0])(x)
  return [
    same(softmax('prototype', temperature)(single), fill(single.sizes, 1), 'softmax'),
    same(logSoftmax('prototype', temperature)(single), fill(single.sizes, 0), 'log-softmax'),
    same(logSumExp('prototype')(shift(0)(single)), sum('prototype')(single), 'log-sum-exp'),
  ]
})

law(
  'equal logits share equally; a logit far ahead takes all',
  logits,
  ({ x, temperature, sizes: { batch, prototype } }) => {
    const winner = oneHot('prototype', prototype)(scale(0)(iota('batch', batch)))
    const ahead: Rows = add(mul(x, constant(0)), scale(1024 * temperature)(winner))
    return [
      near(unit64 * 2)(softmax('prototype', temperature)(fill(x.sizes, 3)), fill(x.sizes, 1 / prototype), 'equal'),
      near(0)(softmax('prototype', temperature)(ahead), winner, 'one'),
    ]
  },
)

law('one-hot of a label is 1 there and 0 elsewhere', logits, ({ x, sizes: { batch, prototype } }) => {
  const label = tabulate({ batch }, position => (position.batch * 3) % prototype)
  const hot: Tensor<'batch' | 'prototype'> = oneHot('prototype', prototype)(label)
  return [
    same(
      hot,
      tabulate({ batch, prototype }, at => (label.data[at.batch] === at.prototype ? 1 : 0)),
      'one-hot',
    ),
    same(
      sum('prototype')(mul(x, hot)),
      tabulate({ batch }, at => x.data[at.batch * prototype + label.data[at.batch]]),
    ),
    sameNumbers(numbers(sum('prototype')(hot)), new Float64Array(batch).fill(1), 'sum'),
    same(less(hot, constant(1)), sub(fill(hot.expr.shape as typeof x.sizes, 1), hot), 'bits'),
    same(div(hot, constant(1)), hot),
  ]
})
