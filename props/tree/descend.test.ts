// Gradient clipping, gradient descent and layer-wise rates, against plain loops and by their
// invariances.

import { add, at, constant, expand, optimisers, scale, square, type Tensor, total } from '../../lib/index.ts'
import { problem, reals } from '../support/arbitrary.ts'
import { agree, atMost, near, nearNumbers, same } from '../support/compare.ts'
import { law } from '../support/law.ts'
import { type Given, given, numbers } from '../support/tensors.ts'
import { largest, unit64 } from '../support/tolerance.ts'

type Rows = Tensor<'unit' | 'feature'>
type Values = Given<'unit' | 'feature'>

const steps = problem({
  dims: { unit: [1, 3], feature: [1, 4] },
  tensors: { p: reals('unit', 'feature'), g: reals('unit', 'feature'), h: reals('unit', 'feature') },
  choices: { learningRate: [0.5, 0.001, 0.1], weightDecay: [0, 0.04, 0.4], epsilon: [1e-8, 2 ** -10] },
})

const valuesOf = (x: Rows, like: Values): Values => given(like.sizes, numbers<'unit' | 'feature'>(x, like.sizes))

law('clipping keeps the direction and bounds the length; what is short stays as it is', steps, ({ g, h }) => {
  const limit = 4
  const tree = { a: g as Rows, b: h as Rows }
  const lengths = [g, h].map(({ data }) => Math.hypot(...data))
  const whole = Math.hypot(...lengths)
  const factor = (length: number) => Math.min(1, limit / (length + 1e-6))
  const [each, together] = [optimisers.clipEach(limit)(tree), optimisers.clipTogether(limit)(tree)]
  const tolerance = (data: Float64Array) => 64 * unit64 * (1 + largest(data))
  return [
    near(tolerance(g.data))(each.a, scale(factor(lengths[0]))(g), 'each'),
    near(tolerance(h.data))(each.b, scale(factor(lengths[1]))(h), 'each'),
    near(tolerance(g.data))(together.a, scale(factor(whole))(g), 'together'),
    near(tolerance(h.data))(together.b, scale(factor(whole))(h), 'together'),
    atMost(0)(total(square(each.a)), constant(limit * limit), 'length'),
    atMost(0)(total(add(square(together.a), square(together.b))), constant(limit * limit), 'length of all'),
    same(optimisers.clipEach(limit)({ s: scale(2 ** -9)(g) }).s, scale(2 ** -9)(g), 'short'),
    same(optimisers.clipTogether(limit)({ s: scale(2 ** -9)(g) }).s, scale(2 ** -9)(g), 'short'),
  ]
})

law('clipping by module cuts each top-level branch as if it were alone', steps, ({ p, g, h }) => {
  const limit = 4
  const modules = { one: { a: p as Rows, b: [g as Rows] }, other: h as Rows }
  const cut = optimisers.clipModules(limit)(modules)
  const alone = optimisers.clipTogether(limit)(modules.one)
  return [
    same(cut.one.a, alone.a, 'in a branch'),
    same(cut.one.b[0], alone.b[0], 'in a list in a branch'),
    same(cut.other, optimisers.clipEach(limit)({ other: modules.other }).other, 'a tensor by itself'),
    same(
      optimisers.clipModules(limit)({ all: modules }).all.other,
      optimisers.clipTogether(limit)(modules).other,
      'one',
    ),
  ]
})

const ratesOf = (learningRate: number, weightDecay: number): optimisers.Rates => ({
  learningRate: constant(learningRate),
  weightDecay: constant(weightDecay),
})

/** A parameter at rest. */
const atRest = <A extends string>(parameter: Tensor<A>): optimisers.Moving<'velocity', A> => ({
  parameter,
  kept: { velocity: scale(0)(parameter) },
})

law(
  'gradient descent is that of torch: coupled decay, and a velocity',
  steps,
  ({ p, g, h, learningRate, weightDecay }) => {
    const move = optimisers.turnOf(optimisers.sgd(0.9))(ratesOf(learningRate, weightDecay))
    const second = move(move(atRest<'unit' | 'feature'>(p), g), h)
    const state = p.data.map(value => value)
    const velocity = new Float64Array(state.length)
    for (const { data } of [g, h])
      for (let i = 0; i < state.length; i += 1) {
        velocity[i] = 0.9 * velocity[i] + data[i] + weightDecay * state[i]
        state[i] -= learningRate * velocity[i]
      }
    const tolerance = 128 * unit64 * (1 + largest(p.data) + largest(g.data) + largest(h.data))
    const forgetful = optimisers.turnOf(optimisers.sgd(0))(ratesOf(learningRate, weightDecay))
    return [
      nearNumbers(tolerance)(valuesOf(second.parameter, p).data, state, 'parameters'),
      nearNumbers(tolerance)(valuesOf(second.kept.velocity, p).data, velocity, 'velocity'),
      agree(
        forgetful<'unit' | 'feature'>({ parameter: p, kept: { velocity: h } }, scale(0)(p)).parameter,
        scale(1 - learningRate * weightDecay)(p),
        'no momentum',
      ),
    ]
  },
)

/** The push of layer-wise rates on a parameter at rest. */
const pushed = <A extends string>(
  p: Tensor<A>,
  g: Tensor<A>,
  weightDecay: number,
  group?: Pick<optimisers.ParameterGroup, 'layerwise'>,
): Tensor<A> =>
  optimisers.turnOf(optimisers.lars(0.9, 2 ** -10))(ratesOf(0.5, weightDecay), group)(atRest(p), g).kept.velocity

law('layer-wise rates push by eta times the length of the parameter, whatever the length of the gradient', steps, p => {
  const { weightDecay } = p
  const whole = p.g.data.map((value, i) => value + weightDecay * p.p.data[i])
  const [own, length] = [p.p.data, whole].map(data => Math.hypot(...data))
  const trust = own > 0 && length > 0 ? (2 ** -10 * own) / length : 1
  const isMoving = own > 0 && p.g.data.some(value => value !== 0)
  const [flat, slope] = [at('unit', 0)(p.p), at('unit', 0)(p.g)]
  return [
    nearNumbers(64 * p.g.data.length * unit64 * (1 + largest(whole)))(
      valuesOf(pushed<'unit' | 'feature'>(p.p, p.g, weightDecay), p.p).data,
      whole.map(value => value * trust),
      'push',
    ),
    same(pushed<'feature'>(flat, slope, weightDecay), slope, 'one axis'),
    ...(isMoving ? [agree(pushed<'unit' | 'feature'>(p.p, scale(8)(p.g), 0), pushed(p.p, p.g, 0), 'scaled')] : []),
  ]
})

law('a group that says so is layer-wise with one axis, and one that says it is not is never, nor decayed', steps, p => {
  const { g, h, weightDecay } = p
  const [flat, slope] = [at('unit', 0)(p.p), at('unit', 0)(g)]
  const rowOf = (x: Tensor<'feature'>): Rows => expand({ unit: 1 })<'feature'>(x)
  const adapted = pushed<'feature'>(flat, slope, weightDecay, { layerwise: true })
  return [
    agree(rowOf(adapted), pushed<'unit' | 'feature'>(rowOf(flat), rowOf(slope), weightDecay), 'one axis'),
    same(pushed<'unit' | 'feature'>(p.p, h, weightDecay, { layerwise: false }), h, 'two axes'),
  ]
})
