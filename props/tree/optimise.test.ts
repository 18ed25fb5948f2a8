// AdamW, against plain loops and by what is known of it: the first step, decoupled decay, bias
// correction, the bound on a step, and what leaves a parameter alone.

import { array, constant, initialisers, neg, optimisers, scale, type Tensor, trees } from '../../lib/index.ts'
import { problem, reals } from '../support/arbitrary.ts'
import { agree, mostNumbers, nearNumbers, same } from '../support/compare.ts'
import { law } from '../support/law.ts'
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

const { beta1, beta2 } = optimisers.usualAdam

const ratesOf = ({ learningRate, weightDecay }: Setting): optimisers.Rates => ({
  learningRate: constant(learningRate),
  weightDecay: constant(weightDecay),
})

/** What an optimiser is told of turn `t`, from 1. */
const clocksAt = <P extends object>({ clocks }: optimisers.Optimiser<P>, t: number): optimisers.Clocks =>
  trees.mapTree<'dense', 'tensor'>(({ sizes, data }) => array(sizes, data))(clocks(t - 1))

const usual: optimisers.ParameterGroup = { learningRateFactor: 1, weightDecayFactor: 1, frozenFor: 0 }
const ruleOf = ({ epsilon }: Setting) => optimisers.adamw({ beta1, beta2, epsilon })

const one = { unit: 1, feature: 1 }
const adamOf = (setting: Setting, group = usual) =>
  optimisers.optimiser(ruleOf(setting))({ w: initialisers.zeros(one) }, () => group)

type State = optimisers.Trained<{ readonly w: Rows }>

const fresh = (w: Rows): State => ({
  parameters: { w },
  kept: { first: { w: scale(0)(w) }, second: { w: scale(0)(w) } },
})

const stepped = (setting: Setting, t: number, state: State, g: Rows, group = usual, moves?: Tensor<never>): State => {
  const adam = adamOf(setting, group)
  return adam.update(ratesOf(setting), clocksAt(adam, t), moves)(state, { w: g })
}

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
    nearNumbers(64 * unit64 * size)(valuesOf(after.kept.first.w, p).data, m, 'first moment'),
    nearNumbers(64 * unit64 * size)(valuesOf(after.kept.second.w, p).data, v, 'second moment'),
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

/** Two states of equal bits. */
const alike = (left: State, right: State, label: string) => [
  same(left.parameters.w, right.parameters.w, label),
  same(left.kept.first.w, right.kept.first.w, `first moment, ${label}`),
  same(left.kept.second.w, right.kept.second.w, `second moment, ${label}`),
]

law('learning rate 0 keeps the parameter; a frozen one keeps its moments too', steps, ({ p, g, h, ...setting }) => {
  const before = stepped(setting, 1, fresh(p), h)
  const still = stepped({ ...setting, learningRate: 0 }, 2, before, g)
  const frozen = (t: number, frozenFor: number) => stepped(setting, t, before, g, { ...usual, frozenFor })
  return [
    same(still.parameters.w, before.parameters.w, 'rate 0'),
    ...alike(frozen(2, 2), before, 'at its last frozen turn'),
    ...alike(frozen(2, 7), before, 'long before its first turn'),
    ...alike(frozen(2, Number.POSITIVE_INFINITY), before, 'for ever'),
  ]
})

law('where nothing moves all stays, whatever the gradient; else nothing changes by it', steps, p => {
  const { g, h, ...setting } = p
  const before = stepped(setting, 1, fresh(p.p), h)
  const held = (slope: Rows, moves: 0 | 1, group = usual) => stepped(setting, 2, before, slope, group, constant(moves))
  const waiting = { ...usual, frozenFor: 2 }
  return [
    ...alike(held(g, 0), before, 'held'),
    ...alike(held(scale(Number.NaN)(g), 0), before, 'held where the gradient is no number'),
    ...alike(held(g, 1), stepped(setting, 2, before, g), 'moving'),
    ...alike(held(g, 1, waiting), before, 'frozen, though it may move'),
  ]
})

law('a group that waited moves as one that begins: its turns count from its own first', steps, p => {
  const { g, h, ...setting } = p
  const wait = 3
  const after = (frozenFor: number) =>
    [g, h, g].reduce(
      (state, slope, at) => stepped(setting, frozenFor + at + 1, state, slope, { ...usual, frozenFor }),
      fresh(p.p),
    )
  return alike(after(wait), after(0), 'after three turns')
})

law('at rate 0 a group stays where it is, undecayed, while its moments and its clock go on', steps, p => {
  const { g, h, ...setting } = p
  const wait = 3
  const gradients = [g, h, g, h]
  const statesOf = (group: optimisers.ParameterGroup): readonly State[] => {
    const states = [fresh(p.p)]
    for (const [at, slope] of gradients.entries()) states.push(stepped(setting, at + 1, states[at], slope, group))
    return states
  }
  const [still, usually] = [statesOf({ ...usual, stillFor: wait }), statesOf(usual)]
  const { first, second } = still[wait].kept
  const moved = stepped(setting, wait + 1, { parameters: { w: p.p }, kept: { first, second } }, h)
  return [
    ...still.slice(0, wait + 1).map(({ parameters }) => same(parameters.w, p.p, 'stays')),
    same(first.w, usually[wait].kept.first.w, 'first moment'),
    same(second.w, usually[wait].kept.second.w, 'second moment'),
    ...alike(still[wait + 1], moved, 'then it moves as if it had always'),
  ]
})

law('a group may wait, then stay at rate 0, and then move', steps, p => {
  const { g, h, ...setting } = p
  const group = { ...usual, frozenFor: 2, stillFor: 1 }
  const waited = stepped(setting, 2, fresh(p.p), g, group)
  const still = stepped(setting, 3, waited, g, group)
  return [
    ...alike(waited, fresh(p.p), 'waits'),
    same(still.parameters.w, p.p, 'stays'),
    same(still.kept.first.w, stepped(setting, 1, fresh(p.p), g).kept.first.w, 'first moment'),
    ...alike(stepped(setting, 4, still, h, group), stepped(setting, 2, still, h), 'moves'),
  ]
})

law('factors of a group multiply the rates', steps, ({ p, g, h, ...setting }) => {
  const group = { ...usual, learningRateFactor: 0.25, weightDecayFactor: 0.5 }
  const own = {
    ...setting,
    learningRate: 0.25 * setting.learningRate,
    weightDecay: 0.5 * setting.weightDecay,
  }
  const before = stepped(setting, 1, fresh(p), h)
  return alike(stepped(setting, 2, before, g, group), stepped(own, 2, before, g), 'after a turn')
})

law('elements do not see each other, and each parameter has the rates of its group', steps, p => {
  const { g, sizes, ...setting } = p
  const turned = pick(
    'unit',
    Array.from({ length: sizes.unit }, (_, at) => sizes.unit - 1 - at),
  )
  const after = valuesOf(stepped(setting, 1, fresh(p.p), g).parameters.w, p.p)
  const model = {
    a: initialisers.withRole('decayed')(initialisers.zeros(one)),
    b: [initialisers.withRole('not decayed')(initialisers.zeros(one))],
    c: initialisers.withRole('frozen')(initialisers.zeros(one)),
  }
  const groups = {
    decayed: usual,
    'not decayed': { ...usual, weightDecayFactor: 0 },
    frozen: { ...usual, frozenFor: Number.POSITIVE_INFINITY },
  }
  const adam = optimisers.optimiser(ruleOf(setting))(model, ({ role }) => groups[role])
  const still = { a: scale(0)(p.p), b: [scale(0)(p.p)], c: scale(0)(p.p) }
  const state = { parameters: { a: p.p, b: [p.p], c: p.p }, kept: { first: still, second: still } }
  const { parameters } = adam.update(ratesOf(setting), clocksAt(adam, 1))(state, { a: g, b: [g], c: g })
  return [
    same(stepped(setting, 1, fresh(turned(p.p)), turned(g)).parameters.w, turned(after), 'order'),
    same(parameters.a, after, 'decayed'),
    same(parameters.b[0], stepped({ ...setting, weightDecay: 0 }, 1, fresh(p.p), g).parameters.w, 'not decayed'),
    same(parameters.c, p.p, 'frozen'),
  ]
})
