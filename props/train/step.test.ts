// One step of training: what a dropped branch, a frozen layer, a held gain and the optimiser's clocks mean for
// everything that comes of it. The student alone drops branches; the teacher is never told.

import assert from 'node:assert/strict'
import { changed } from '../../dino/run/configuration.ts'
import { initialState } from '../../dino/run/initial.ts'
import { executors, trees } from '../../lib/index.ts'
import { closeTo } from '../support/closeness.ts'
import { example } from '../support/example.ts'
import { expectRight } from '../support/results.ts'
import { ratesAt } from '../support/step-given.ts'
import { tinyWith } from '../support/training.ts'
import { type AskedStep, type Leaves, type StepSeen, stepTaken } from '../support/training-step.ts'

/** With initial weights that let every parameter count, and gradients that are not cut. */
const configuration = tinyWith({
  model: { backbone: { dropPath: 0.5 }, initialDeviation: 0.2 },
  optimiser: { clip: 0 },
})
const usual: AskedStep = { configuration, steps: 20, step: 0 }

const taken = (changes: Partial<AskedStep>): Promise<StepSeen> =>
  expectRight(stepTaken({ ...usual, ...changes })(executors.reference))

/** With every branch as it is. */
const whole = taken({ factor: () => 1 })

const isZero = (values: readonly number[]): boolean => values.every(value => value === 0)

/** The paths of parameters without any gradient. */
const withoutGradient = (gradients: Leaves): readonly string[] =>
  [...gradients].filter(([, values]) => isZero(values)).map(([path]) => path)

/** The gains are held at 1. */
const gain = 'head.prototypes.gain'

const partsOf = { attention: ['norm1', 'attention'], perceptron: ['norm2', 'mlp'] } as const

for (const block of [0, 1])
  for (const branch of ['attention', 'perceptron'] as const)
    example(`the ${branch} of block ${block}, dropped, has no gradient; the teacher does not change`, async () => {
      const factor: AskedStep['factor'] = of => (of.block === block && of.branch === branch ? 0 : 1)
      const [kept, dropped] = [await whole, await taken({ factor })]
      const own = (path: string) => partsOf[branch].some(part => path.startsWith(`backbone.blocks.${block}.${part}.`))
      const expected = [...dropped.gradients.keys()].filter(path => own(path) || path === gain)
      assert.deepEqual(withoutGradient(dropped.gradients), expected)
      assert.notEqual(dropped.loss, kept.loss)
      assert.deepEqual(dropped.ofTeacher, kept.ofTeacher)
    })

for (const group of ['global', 'local'] as const)
  example(`branches dropped in ${group} views alone change the student, not the teacher`, async () => {
    const [kept, dropped] = [await whole, await taken({ factor: of => (of.group === group ? 0 : 1) })]
    assert.deepEqual(withoutGradient(kept.gradients), [gain])
    assert.deepEqual(withoutGradient(dropped.gradients), [gain])
    assert.ok(Math.abs(dropped.loss - kept.loss) > 1e-6, `${dropped.loss} after ${kept.loss}`)
    assert.deepEqual(dropped.ofTeacher, kept.ofTeacher)
  })

example('masks as they are drawn change the student, not the teacher', async () => {
  const [kept, dropped] = [
    await taken({ configuration: changed(configuration, { model: { backbone: { dropPath: 0 } } }) }),
    await taken({}),
  ]
  assert.deepEqual(kept.loss, (await whole).loss)
  assert.notEqual(dropped.loss, kept.loss)
  assert.deepEqual(dropped.ofTeacher, kept.ofTeacher)
})

const lengthOf = (values: readonly number[]): number => Math.hypot(...values)

example('gradients cut together have the length asked for, in which a held gain does not count', async () => {
  const limit = 0.01
  const { gradients } = await taken({
    configuration: changed(configuration, { optimiser: { clipping: 'together', clip: limit } }),
  })
  const length = lengthOf([...gradients.values()].flat())
  assert.ok(Math.abs(length / limit - 1) < 1e-6, `the length is ${length}`)
})

example('gradients cut by module have the length asked for in the backbone, and in the head', async () => {
  const limit = 0.01
  const { gradients } = await taken({
    configuration: changed(configuration, { optimiser: { clipping: 'module', clip: limit } }),
  })
  for (const module of ['backbone.', 'head.']) {
    const length = lengthOf([...gradients].flatMap(([path, values]) => (path.startsWith(module) ? values : [])))
    assert.ok(Math.abs(length / limit - 1) < 1e-6, `the length in ${module} is ${length}`)
  }
})

example('gradients cut each on its own are no longer than asked for, and those that were shorter stay', async () => {
  const limit = 5
  const plain = await taken({})
  const cut = await taken({ configuration: changed(configuration, { optimiser: { clipping: 'each', clip: limit } }) })
  const lengths = [...plain.gradients.values()].map(lengthOf)
  assert.ok(Math.max(...lengths) > limit && lengths.some(length => length > 0 && length < limit))
  for (const [path, values] of cut.gradients) {
    const expected = Math.min(lengthOf(plain.gradients.get(path)!), limit)
    assert.ok(Math.abs(lengthOf(values) - expected) < 1e-4 * limit, path)
  }
})

/** Every parameter's rate is 0.01 at each step, and the last layer is frozen for 6 of 20 steps. */
const level = changed(configuration, {
  optimiser: { beta1: 0.9, beta2: 0.999, epsilon: 1e-12, freezeLastLayer: 0.3 },
  schedules: {
    learningRate: { base: (0.01 * 256) / 4, final: 0.01, warmup: 0 },
    weightDecay: { base: 0, final: 0 },
  },
  run: { batch: 4 },
})

/** How far Adam moves a parameter in parts of its rate, at a turn before which it saw no gradient. */
const firstMove = (turn: number): number => (0.1 / (1 - 0.9 ** turn)) * Math.sqrt((1 - 0.999 ** turn) / 0.001)

const showTurn = (turn: number | 'frozen'): string => (turn === 'frozen' ? 'not at all' : `as at turn ${turn}`)

const direction = 'head.prototypes.direction'

for (const [step, turn, lastLayerTurn] of [
  [0, 1, 'frozen'],
  [5, 6, 'frozen'],
  [6, 7, 1],
  [19, 20, 14],
] as const)
  example(`at step ${step} parameters move as at turn ${turn}, the last layer ${showTurn(lastLayerTurn)}`, async () => {
    const { before, student } = await taken({ configuration: level, step })
    for (const [path, values] of student) {
      const own = path === direction ? lastLayerTurn : turn
      const expected = own === 'frozen' || path === gain ? 0 : 0.01 * firstMove(own)
      const moves = values.map((value, at) => Math.abs(value - before.get(path)![at]))
      assert.ok(
        Math.abs(Math.max(...moves) - expected) < 1e-6 * 0.01,
        `${path}: ${Math.max(...moves)}, not ${expected}`,
      )
    }
  })

example(
  'lower layers move less, the patch embedding least, and the last layer not at all while its rate is 0',
  async () => {
    const inLayers = changed(level, { optimiser: { layerDecay: 0.5, patchRate: 0.1, freezing: 'zero rate' } })
    const { before, student } = await taken({ configuration: inLayers, step: 5 })
    const factorOf = (path: string): number => {
      if (path === direction || path === gain) return 0
      const block = /^backbone\.blocks\.(\d)/.exec(path)
      if (block !== null) return 0.5 ** (2 - Number(block[1]))
      if (path.startsWith('backbone.patch')) return 0.1 * 0.5 ** 3
      return path.startsWith('head') || path.startsWith('backbone.norm') ? 1 : 0.5 ** 3
    }
    for (const [path, values] of student) {
      const moves = values.map((value, at) => Math.abs(value - before.get(path)![at]))
      const expected = factorOf(path) * 0.01 * firstMove(6)
      assert.ok(
        Math.abs(Math.max(...moves) - expected) < 1e-6 * 0.01,
        `${path}: ${Math.max(...moves)}, not ${expected}`,
      )
    }
  },
)

example('after a rate of 0 the last layer moves as one that saw every turn', async () => {
  const zeroRate = changed(level, { optimiser: { freezing: 'zero rate' } })
  const { before, student } = await taken({ configuration: zeroRate, step: 6 })
  const moves = student.get(direction)!.map((value, at) => Math.abs(value - before.get(direction)![at]))
  assert.ok(Math.abs(Math.max(...moves) - 0.01 * firstMove(7)) < 1e-6 * 0.01, `${Math.max(...moves)}`)
})

for (const [rule, kept] of [
  ['adamw', ['first', 'second']],
  ['sgd', ['velocity']],
  ['lars', ['velocity']],
] as const)
  example(`${rule} keeps ${kept.join(' and ')} of every parameter`, () => {
    const { optimiser, student } = initialState(changed(configuration, { optimiser: { rule } }))
    assert.deepEqual(Object.keys(optimiser), kept)
    const paths = (tree: object) => trees.leavesOf(tree).map(([path]) => path)
    for (const name of kept) assert.deepEqual(paths(optimiser[name]), paths(student))
  })

example('the teacher keeps its momentum and takes the rest from the student after its move', async () => {
  const moment = { ...usual, step: 12 }
  const { before, student, teacher } = await taken(moment)
  const { momentum } = ratesAt(moment)
  assert.ok(momentum > 0.5 && momentum < 1)
  for (const [path, values] of teacher)
    closeTo(
      before.get(path)!.map((old, at) => momentum * old + (1 - momentum) * student.get(path)![at]),
      values,
      1e-12,
      path,
    )
})
