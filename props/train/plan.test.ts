// What a run's configuration means for its steps: the schedules at every corner, the optimiser's clocks, the length of
// a run, and what each view is made with. The expected numbers are worked out from the public code's formulas, not from
// this code.

import assert from 'node:assert/strict'
import { type ConfigurationChanges, changed } from '../../dino/run/configuration.ts'
import { lengthOf } from '../../dino/run/run-options.ts'
import { planViews } from '../../dino/views/view-plan.ts'
import { random } from '../../lib/index.ts'
import { example } from '../support/example.ts'
import { type Corrections, ratesAt } from '../support/step-given.ts'
import { tinyWith } from '../support/training.ts'

const steps = 40

/** A run of 40 steps: 10 of warm-up, 12 with a frozen last layer, 20 until the teacher has its last temperature. */
const configuration = tinyWith({
  optimiser: { beta1: 0.9, beta2: 0.999, freezeLastLayer: 0.3 },
  schedules: {
    learningRate: { base: 0.8, final: 0.002, warmup: 0.25 },
    weightDecay: { base: 0.04, final: 0.4 },
    teacherMomentum: { base: 0.9, final: 1 },
    teacherTemperature: { warm: 0.02, base: 0.06, warmup: 0.5 },
  },
  run: { batch: 64 },
})

/**
 * Step, learning rate, weight decay, teacher's momentum and temperature, the optimiser's turn, and that of the last
 * layer.
 */
type Row = readonly [number, number, number, number, number, number, number | 'frozen']

const table: readonly Row[] = [
  [0, 0, 0.04, 0.9, 0.02, 1, 'frozen'],
  [1, 0.0222222222, 0.0405548799, 0.9001541333, 0.0221052632, 2, 'frozen'],
  [9, 0.2, 0.0831269262, 0.9119797017, 0.0389473684, 10, 'frozen'],
  [10, 0.2, 0.0927207794, 0.914644661, 0.0410526316, 11, 'frozen'],
  [11, 0.1994576676, 0.1030993514, 0.9175275976, 0.0431578947, 12, 'frozen'],
  [12, 0.1978366125, 0.1141986546, 0.9206107374, 0.0452631579, 13, 1],
  [13, 0.1951545951, 0.1259502584, 0.9238750718, 0.0473684211, 14, 2],
  [19, 0.15919074, 0.2058773628, 0.9460770452, 0.06, 20, 8],
  [20, 0.1505, 0.22, 0.95, 0.06, 21, 9],
  [39, 0.0025423324, 0.3994451201, 0.9998458667, 0.06, 40, 28],
]

/** Within what the table leaves out. */
const near = (expected: number, came: number, name: string): void =>
  assert.ok(Math.abs(expected - came) < 1e-9, `${name}: expected ${expected}, came ${came}`)

const nearCorrections = (turn: number, came: Corrections, name: string): void =>
  [0.9, 0.999].forEach((beta, at) => near(1 - beta ** turn, came[at], `${name} ${at + 1}`))

for (const [step, learningRate, weightDecay, momentum, teacherTemperature, turn, lastLayerTurn] of table)
  example(`a step is given what the schedules say of step ${step}`, () => {
    const given = ratesAt({ configuration, steps, step })
    near(learningRate, given.learningRate, 'learning rate')
    near(weightDecay, given.weightDecay, 'weight decay')
    near(momentum, given.momentum, 'momentum')
    near(teacherTemperature, given.teacherTemperature, 'temperature')
    nearCorrections(turn, given.corrections, 'correction')
    assert.equal(given.lastLayerMoves, lastLayerTurn !== 'frozen')
    if (lastLayerTurn !== 'frozen')
      nearCorrections(lastLayerTurn, given.lastLayerCorrections, "last layer's correction")
  })

example('shares of 0 leave out the warm-ups and the freeze', () => {
  const bare = changed(configuration, {
    optimiser: { freezeLastLayer: 0 },
    schedules: { learningRate: { warmup: 0 }, teacherTemperature: { warmup: 0 } },
  })
  const given = ratesAt({ configuration: bare, steps, step: 0 })
  near(0.2, given.learningRate, 'learning rate')
  near(0.06, given.teacherTemperature, 'temperature')
  assert.equal(given.lastLayerMoves, true)
  assert.deepEqual(given.lastLayerCorrections, given.corrections)
})

example('the learning rate is that of a batch of 256, and grows with the batch', () => {
  for (const batch of [1, 64, 256, 1024])
    near(
      (0.8 * batch) / 256,
      ratesAt({ configuration: changed(configuration, { run: { batch } }), steps, step: 10 }).learningRate,
      'rate',
    )
})

for (const [scaling, expected] of [
  ['linear', 0.2],
  ['square root', 0.2],
  ['four square roots', 0.8],
  ['none', 0.8],
] as const)
  example(`a learning rate of 0.8 for a batch of 64, scaled by the rule ${scaling}`, () =>
    near(
      expected,
      ratesAt({ configuration: changed(configuration, { schedules: { learningRate: { scaling } } }), steps, step: 10 })
        .learningRate,
      'rate',
    ),
  )

example('with exact ends every schedule reaches its final value at the last step, and its base once', () => {
  const exact = changed(configuration, { schedules: { ends: 'exact' } })
  const at = (step: number) => ratesAt({ configuration: exact, steps, step })
  near(0, at(0).learningRate, 'rate at first')
  near(0.18, at(9).learningRate, 'rate before the last step of the warm-up')
  near(0.2, at(10).learningRate, 'rate after the warm-up')
  near(0.002, at(39).learningRate, 'rate at last')
  near(0.4, at(39).weightDecay, 'decay at last')
  near(1, at(39).momentum, 'momentum at last')
})

example('where cosines are longer than the run, it ends before they do', () => {
  const cut = changed(configuration, { schedules: { length: 2 } })
  const [half, long] = [ratesAt({ configuration: cut, steps, step: 39 }), { configuration, steps: 80, step: 39 }]
  near(ratesAt(long).weightDecay, half.weightDecay, 'decay')
  near(ratesAt(long).momentum, half.momentum, 'momentum')
  near(0.2, ratesAt({ configuration: cut, steps, step: 10 }).learningRate, 'rate after a warm-up that is not longer')
})

example("the teacher's temperature may change once an epoch, as in the public code", () => {
  const byEpoch = changed(configuration, {
    schedules: { teacherTemperature: { every: 'epoch' } },
    run: { epochs: 8 },
  })
  const temperatures = Array.from({ length: steps }, (_, step) => ratesAt({ configuration: byEpoch, steps, step })).map(
    ({ teacherTemperature }) => teacherTemperature,
  )
  /** numpy's linspace(0.02, 0.06, 4), then 0.06. */
  const ofEpochs = [0.02, 0.02 + 0.04 / 3, 0.02 + 0.08 / 3, 0.06, 0.06, 0.06, 0.06, 0.06]
  temperatures.forEach((value, step) => near(ofEpochs[Math.floor(step / 5)], value, `step ${step}`))
})

const lengths: readonly (readonly [string, NonNullable<ConfigurationChanges['run']>, number, number, number])[] = [
  ['epochs of whole batches', { batch: 4, epochs: 3, steps: 0 }, 11, 2, 6],
  ['a part of an epoch', { batch: 4, epochs: 1.5, steps: 0 }, 11, 2, 3],
  ['steps where they are given', { batch: 4, epochs: 3, steps: 5 }, 11, 2, 5],
  ['fewer images than a batch', { batch: 4, epochs: 3, steps: 0 }, 2, 1, 3],
  ['no epoch at all', { batch: 4, epochs: 0, steps: 0 }, 11, 2, 1],
]

for (const [name, changes, images, perEpoch, expected] of lengths)
  example(`the length of a run: ${name}`, () =>
    assert.deepEqual(lengthOf(changed(configuration, { run: changes }).run, images), { perEpoch, steps: expected }),
  )

example('each view is made with the options of its position', () => {
  const { views } = tinyWith({
    views: {
      localViews: 2,
      globalArea: [0.5, 0.5],
      localArea: [0.1, 0.1],
      blur: [1.5, 1.5],
      flip: 1,
      jitter: 1,
      brightness: 0,
      contrast: 0,
      saturation: 0,
      hue: 0,
      grey: 1,
      solarise: 1,
    },
  })
  const side = 1000
  const { global, local } = planViews(views, { rows: side, columns: side })(random.keyOf(3))
  const [first, second] = global
  for (const { box } of global) near(0.5, Math.round((100 * box.rows * box.columns) / side ** 2) / 100, 'global area')
  for (const { box } of local) near(0.1, Math.round((100 * box.rows * box.columns) / side ** 2) / 100, 'local area')
  for (const plan of [...global, ...local]) {
    assert.ok(plan.flip && plan.grey)
    const amounts = plan.jitter.map(({ aspect, amount }) => [aspect, amount] as const).sort()
    assert.deepEqual(amounts, [
      ['brightness', 1],
      ['contrast', 1],
      ['hue', 0],
      ['saturation', 1],
    ])
    assert.ok([0, 1.5].includes(plan.blur))
  }
  assert.equal(first.blur, 1.5)
  assert.deepEqual(
    [first, second, ...local].map(({ solarise }) => solarise !== undefined),
    [false, true, false, false],
  )
})
