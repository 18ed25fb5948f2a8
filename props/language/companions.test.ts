// What an invariance says of the gradient: a loss that does not change along a direction has no slope
// along it. Each law states the invariance and its companion for a loss that has it.

import { applyHead } from '../../dino/model/head.ts'
import {
  abs,
  add,
  concat,
  constant,
  dot,
  exp,
  fill,
  gradient,
  less,
  logSoftmax,
  max,
  mean,
  mul,
  neg,
  norm,
  normalise,
  rename,
  type Scalar,
  scale,
  shift,
  sizeOf,
  slice,
  softmax,
  square,
  sub,
  sum,
  type Tensor,
  total,
  where,
} from '../../lib/index.ts'
import { problem, reals } from '../support/arbitrary.ts'
import { agree, below, same } from '../support/compare.ts'
import { law } from '../support/law.ts'
import { given, mapped, numbers, pick } from '../support/tensors.ts'

type Rows = Tensor<'batch' | 'feature'>
type Loss = (x: Rows, y: Rows) => Scalar

const pairs = problem({
  dims: { batch: [1, 4], feature: [2, 5] },
  tensors: { x: reals('batch', 'feature'), y: reals('batch', 'feature'), amount: reals('batch') },
})

const slope = (loss: Loss, x: Rows, y: Rows): Rows => gradient(loss(x, y), { x }).x

const crossEntropy: Loss = (x, y) =>
  mean('batch')(neg(dot('feature')(softmax('feature')(y), logSoftmax('feature', 0.5)(x))))
const squares: Loss = (x, y) => mean('batch')(sum('feature')(square(sub(x, y))))
const cosine: Loss = (x, y) =>
  mean('batch')(dot('feature')(normalise('feature', 1e-6)(x), normalise('feature', 1e-6)(y)))
const contrastive: Loss = x => {
  const similarity: Tensor<'batch' | 'other'> = dot('feature')(scale(0.25)(x), rename('batch', 'other')(scale(0.25)(x)))
  return neg(total(logSoftmax('other')(similarity)))
}

law('blind to a shift of each row: its gradients sum to zero', pairs, ({ x, y, amount, sizes: { batch } }) => [
  same(crossEntropy(add(x, amount), y), crossEntropy(x, y), 'invariance'),
  agree(sum('feature')(slope(crossEntropy, x, y)), fill({ batch }, 0), 'companion'),
])

/** The elements of an axis in another order. */
const reordered =
  <K extends string>(axis: K, order: (at: number, size: number) => number) =>
  <A extends string>(x: Tensor<A | K>): Tensor<A | K> => {
    const size = sizeOf(axis, x)
    const [first, ...rest] = Array.from({ length: size }, (_, at) => slice(axis, order(at, size), 1)(x))
    return concat(axis)(first, ...rest)
  }

law(
  'blind to a joint permutation: the gradient is permuted too',
  pairs,
  ({ x, y }) => {
    const rows = reordered('batch', (at, size) => size - 1 - at)
    const columns = reordered('feature', (at, size) => (at + 1) % size)
    const turned = (values: Rows): Rows => rows(columns(values))
    return [crossEntropy, squares, contrastive].flatMap(loss => {
      const [a, b] = [turned(x), turned(y)].map(values => given(x.sizes, numbers<'batch' | 'feature'>(values, x.sizes)))
      return [
        agree(loss(a, b), loss(x, y), 'invariance'),
        agree(slope(loss, a, b), turned(slope(loss, x, y)), 'companion'),
      ]
    })
  },
  'middling',
)

law('blind to rotations: x g^T is symmetric', pairs, ({ x, y }) => {
  const distances: Loss = (a, b) => mean('batch')(norm('feature', 0.25)(sub(a, b)))
  return [contrastive, (a: Rows) => distances(a, scale(0)(a))].map(loss => {
    const g = slope(loss, x, y)
    const moment: Tensor<'feature' | 'other'> = dot('batch')(x, rename('feature', 'other')(g))
    const turned: Tensor<'feature' | 'other'> = dot('batch')(rename('feature', 'other')(x), g)
    return agree(moment, turned)
  })
})

law('homogeneous of degree d: <x, g> = d times the loss', pairs, ({ x, y }) => {
  const degrees: readonly (readonly [number, Loss])[] = [
    [0, cosine],
    [1, a => total(max('feature')(a))],
    [1, a => total(abs(a))],
    [2, a => total(square(a))],
    [3, (a, b) => total(mul(b, mul(a, square(a))))],
  ]
  const away = mapped(value => (value === 0 ? 1 : value))(x)
  return degrees.map(([degree, loss]) =>
    agree(total(mul(away, slope(loss, away, y))), scale(degree)(loss(away, y)), `degree ${degree}`),
  )
})

law('independent of what is masked: its gradient is exactly zero', pairs, ({ x, y }) => {
  const mask: Rows = less(y, constant(0))
  const loss = (a: Rows) => total(exp(scale(0.25)(where(mask, a, constant(0)))))
  const g = gradient(loss(x), { x }).x
  return [
    same(loss(where(mask, x, shift(1)(x))), loss(x), 'invariance'),
    same(where(mask, scale(0)(g), g), scale(0)(g), 'companion'),
  ]
})

law(
  'a mean over the batch: each copy in a doubled batch has half the gradient',
  pairs,
  ({ x, y, sizes: { batch } }) => {
    const twice = pick('batch', [...Array(batch).keys(), ...Array(batch).keys()])
    return [crossEntropy, squares, cosine].flatMap(loss => {
      const kept = slice('batch', 0, batch)(slope(loss, twice(x), twice(y)))
      return [
        agree(loss(twice(x), twice(y)), loss(x, y), 'invariance'),
        agree(scale(2)(kept), slope(loss, x, y), 'half'),
      ]
    })
  },
)

const heads = problem({
  dims: { batch: [1, 3], feature: [2, 4], prototype: [1, 5] },
  tensors: {
    x: reals('batch', 'feature'),
    direction: reals('prototype', 'feature'),
    gain: reals('prototype'),
    g: reals('batch', 'prototype'),
  },
})

law(
  'weight-normed prototypes: no slope along a prototype, and logits within the gains',
  heads,
  ({ direction: raw, x, gain, g, sizes }) => {
    const direction = rename('feature', 'unit')(mapped(value => (value === 0 ? 1 : value))(raw))
    const parameters = { layers: [], prototypes: { direction, gain } }
    const logits: Tensor<'batch' | 'prototype'> = applyHead(parameters, false)(x)
    const slopes = gradient(total(mul(logits, g)), { direction, gain })
    const whole = { batch: sizes.batch, prototype: sizes.prototype }
    return [
      agree(sum('unit')(mul(direction, slopes.direction)), fill({ prototype: sizes.prototype }, 0), 'companion'),
      below(abs(logits), add(fill(whole, 0), abs(gain)), 'bound'),
      agree(dot('prototype')(gain, slopes.gain), total(mul(logits, g)), 'degree 1 in the gains'),
      same(gradient(total(applyHead(parameters, true)(x)), { gain }).gain, scale(0)(gain), 'a fixed gain'),
    ]
  },
)
