// AdamW (laws.md 2.18), against plain loops and by what is known of it: the first step, decoupled decay, bias correction, the bound
// on a step, and what leaves a parameter alone.

import { type AdamRates, type AdamState, adamw, constant, neg, scale, type Tensor, usualAdam } from '../../lib/index.ts'
import { problem, reals } from '../support/arbitrary.ts'
import { agree, mostNumbers, nearNumbers, same } from '../support/compare.ts'
import { law } from '../support/run.ts'
import { type Given, given, mapped, numbers, pick } from '../support/tensors.ts'
import { largest, unit64 } from '../support/tolerance.ts'

type Rows = Tensor<'unit' | 'feature'>
type Values = Given<'unit' | 'feature'>

const steps = problem({
  dims: { unit: [1, 3], feature: [1, 4] },
  tensors: { p: reals('unit', 'feature'), g: reals('unit', 'feature'), h: reals('unit', 'feature') },
  choices: { learningRate: [0.5, 0.001, 0.1], weightDecay: [0, 0.04, 0.4], epsilon: [1e-8, 2 ** -10] },
})

interface Setting {
  readonly learningRate: number
  readonly weightDecay: number
  readonly epsilon: number
}

const { beta1, beta2 } = usualAdam

const ratesAt = (t: number, { learningRate, weightDecay }: Setting, active = 1): AdamRates => ({
  learningRate: constant(learningRate),
  weightDecay: constant(weightDecay),
  correction1: constant(1 - beta1 ** t),
  correction2: constant(1 - beta2 ** t),
  active: constant(active),
})

type State = AdamState<{ readonly w: Rows }>

const fresh = (w: Rows): State => ({
  parameters: { w },
  moments: { first: { w: scale(0)(w) }, second: { w: scale(0)(w) } },
})

const stepped = (setting: Setting, t: number, state: State, g: Rows): State =>
  adamw({ beta1, beta2, epsilon: setting.epsilon })(() => ratesAt(t, setting))(state, { w: g })

/** The states after each of a list of gradients. */
const trained = (setting: Setting, w: Rows, gradients: readonly Rows[]): readonly State[] => {
  const states = [fresh(w)]
  for (const [at, g] of gradients.entries()) states.push(stepped(setting, at + 1, states[at], g))
  return states
}

const valuesOf = (x: Rows, like: Values): Values => given(like.sizes, numbers<'unit' | 'feature'>(x, like.sizes))

law('AdamW is the published algorithm', steps, ({ p, g, h, ...setting }) => {
  const gradients = [g, h, g]
  const state = p.data.map(value => value)
  const [m, v] = [new Float64Array(state.length), new Float64Array(state.length)]
  for (const [at, { data }] of gradients.entries())
    for (let i = 0; i < state.length; i += 1) {
      m[i] = beta1 * m[i] + (1 - beta1) * data[i]
      v[i] = beta2 * v[i] + (1 - beta2) * data[i] ** 2
      const direction = m[i] / (1 - beta1 ** (at + 1)) / (Math.sqrt(v[i] / (1 - beta2 ** (at + 1))) + setting.epsilon)
      state[i] -= setting.learningRate * (direction + setting.weightDecay * state[i])
    }
  const after = trained(setting, p, gradients)[gradients.length]
  const size = 1 + largest(p.data) + largest(g.data) ** 2 + largest(h.data) ** 2
  return [
    nearNumbers(256 * unit64 * size)(valuesOf(after.parameters.w, p).data, state, 'parameters'),
    nearNumbers(64 * unit64 * size)(valuesOf(after.moments.first.w, p).data, m, 'first moment'),
    nearNumbers(64 * unit64 * size)(valuesOf(after.moments.second.w, p).data, v, 'second moment'),
  ]
})

law('the first step is the learning rate times g / (|g| + epsilon)', steps, ({ p, g, ...setting }) => {
  const plain = { ...setting, weightDecay: 0 }
  const expected = p.data.map(
    (value, i) => value - (plain.learningRate * g.data[i]) / (Math.abs(g.data[i]) + plain.epsilon),
  )
  return nearNumbers(64 * unit64 * (1 + largest(p.data)))(
    valuesOf(stepped(plain, 1, fresh(p), g).parameters.w, p).data,
    expected,
  )
})

law('without a gradient a parameter only decays, by the rate times the decay', steps, ({ p, ...setting }) =>
  agree(
    stepped(setting, 1, fresh(p), scale(0)(p)).parameters.w,
    scale(1 - setting.learningRate * setting.weightDecay)(p),
  ),
)

law(
  'scaling all gradients by a power of two does not change a bit, where epsilon is 0',
  steps,
  ({ p, g, h, ...setting }) => {
    const [one, two] = [g, h].map(mapped(value => (value === 0 ? 1 : value)))
    const bare = { ...setting, epsilon: 0 }
    const after = (factor: number) => trained(bare, p, [scale(factor)(one), scale(factor)(two)])[2].parameters.w
    return [same(after(8), after(1), 'larger'), same(after(2 ** -20), after(1), 'smaller')]
  },
)

law('it is odd: the opposite parameter and gradient take the opposite step', steps, ({ p, g, h, ...setting }) =>
  same(trained(setting, neg(p), [neg(g), neg(h)])[2].parameters.w, neg(trained(setting, p, [g, h])[2].parameters.w)),
)

law('under a constant gradient every step is as long as the first', steps, ({ p, g, ...setting }) => {
  const plain = { ...setting, weightDecay: 0 }
  const states = trained(plain, p, [g, g, g, g, g]).map(({ parameters }) => valuesOf(parameters.w, p).data)
  return states.slice(1).map((after, at) => {
    const moved = after.map((value, i) => states[at][i] - value)
    const expected = g.data.map(value => (plain.learningRate * value) / (Math.abs(value) + plain.epsilon))
    return nearNumbers(2 ** -44 * (1 + largest(p.data)))(moved, expected, `step ${at + 1}`)
  })
})

law('no step is longer than the bound of Cauchy and Schwarz', steps, ({ p, g, h, ...setting }) => {
  const plain = { ...setting, weightDecay: 0 }
  const gradients = [scale(2 ** -6)(h), scale(2 ** -3)(h), g, scale(8)(g)]
  const states = trained(plain, p, gradients).map(({ parameters }) => valuesOf(parameters.w, p).data)
  const limit = (1 - beta1) / Math.sqrt((1 - beta2) * (1 - beta1 ** 2 / beta2))
  return states.slice(1).map((after, at) => {
    const t = at + 1
    const most = (plain.learningRate * limit * Math.sqrt(1 - beta2 ** t)) / (1 - beta1 ** t)
    const moved = after.map((value, i) => Math.abs(value - states[at][i]))
    return mostNumbers(2 ** -44 * (1 + largest(p.data)))(
      moved,
      moved.map(() => most),
      `step ${t}`,
    )
  })
})

law('learning rate 0 keeps the parameter; an inactive one keeps its moments too', steps, ({ p, g, h, ...setting }) => {
  const before = stepped(setting, 1, fresh(p), h)
  const still = stepped({ ...setting, learningRate: 0 }, 2, before, g)
  const frozen = adamw({ beta1, beta2, epsilon: setting.epsilon })(() => ratesAt(2, setting, 0))(before, { w: g })
  return [
    same(still.parameters.w, before.parameters.w, 'rate 0'),
    same(frozen.parameters.w, before.parameters.w, 'inactive'),
    same(frozen.moments.first.w, before.moments.first.w, 'first moment'),
    same(frozen.moments.second.w, before.moments.second.w, 'second moment'),
  ]
})

law(
  'elements do not see each other, and each parameter has the rates of its path',
  steps,
  ({ p, g, sizes, ...setting }) => {
    const turned = pick(
      'unit',
      Array.from({ length: sizes.unit }, (_, at) => sizes.unit - 1 - at),
    )
    const after = valuesOf(stepped(setting, 1, fresh(p), g).parameters.w, p)
    const rates = (path: string) =>
      ratesAt(1, path === 'b.0' ? { ...setting, weightDecay: 0 } : setting, path === 'c' ? 0 : 1)
    const tree = { a: p as Rows, b: [p as Rows], c: p as Rows }
    const zeros = { a: scale(0)(p), b: [scale(0)(p)], c: scale(0)(p) }
    const state = { parameters: tree, moments: { first: zeros, second: zeros } }
    const { parameters } = adamw({ beta1, beta2, epsilon: setting.epsilon })(rates)(state, { a: g, b: [g], c: g })
    return [
      same(stepped(setting, 1, fresh(turned(p)), turned(g)).parameters.w, turned(after), 'order'),
      same(parameters.a, after, 'decayed'),
      same(parameters.b[0], stepped({ ...setting, weightDecay: 0 }, 1, fresh(p), g).parameters.w, 'not decayed'),
      same(parameters.c, p, 'frozen'),
    ]
  },
)
