// A batch in parts is the batch: the same pictures in the same views under the same masks, the same step but for the
// rounding of its sums, and one move of everything. What the schedules say does not depend on the parts.

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { viewBatches } from '../../dino/run/batch.ts'
import { type Configuration, changed } from '../../dino/run/configuration.ts'
import { type Trained, train } from '../../dino/run/course.ts'
import { initialState, standing } from '../../dino/run/initial.ts'
import { inputSpec, saying, stepInput } from '../../dino/run/input.ts'
import { directLoader } from '../../dino/run/loader.ts'
import { stepOf } from '../../dino/run/recipe.ts'
import { fitBatch } from '../../dino/run/run-options.ts'
import { gather, placeOf, settled } from '../../dino/step/gather.ts'
import { blankViews } from '../../dino/views/view.ts'
import {
  array,
  constant,
  type Dense,
  type Executor,
  executors,
  machine,
  type Sizes,
  valuesOf as tensorValues,
  trees,
} from '../../lib/index.ts'
import { withOpened } from '../golden/every-executor.ts'
import { centreIn } from '../support/centre-in.ts'
import { closeTo } from '../support/closeness.ts'
import { nearNumbers, sameData, sameNumbers } from '../support/compare.ts'
import { example } from '../support/example.ts'
import { law } from '../support/law.ts'
import { expectRight, right } from '../support/results.ts'
import { inMemory, keeping, tinyWith, valuesOf } from '../support/training.ts'

/** Dropped branches, a warm-up of every schedule, a late last layer; Adam's root is kept from the rounding of zeros. */
const whole = tinyWith({
  model: { backbone: { dropPath: 0.5 }, initialDeviation: 0.2 },
  optimiser: { epsilon: 1e-3, freezeLastLayer: 0.3 },
  schedules: { learningRate: { warmup: 0 } },
  run: { batch: 8 },
})
const inParts = (accumulate: number, configuration = whole): Configuration =>
  changed(configuration, { run: { accumulate } })

const images = 20

/** The values of some parts as those of the whole, along the axis 'batch'. */
const joined = (parts: readonly Dense<never>[]): readonly number[] => {
  const sizes: Sizes<string> = parts[0].sizes
  const names = Object.keys(sizes)
  const row = names.slice(names.indexOf('batch')).reduce((count, name) => count * sizes[name], 1)
  const rows = parts[0].data.length / row
  return Array.from({ length: rows }, (_, at) =>
    parts.flatMap(({ data }) => Array.from(data.subarray(at * row, (at + 1) * row))),
  ).flat()
}

/** The leaves of some trees, each as one of the whole. */
const together = (parts: readonly object[]): readonly (readonly [path: string, values: readonly number[]])[] => {
  const leaves = parts.map(part => trees.leavesOf<'dense'>(part))
  return leaves[0].map(([path], at) => [path, joined(leaves.map(part => part[at][1]))])
}

for (const [name, count, broken] of [
  ['all pictures', images, []],
  ['some broken pictures', images, [0, 3, 4, 11, 12, 13]],
  ['fewer pictures than a batch', 8, [1, 2, 5, 6, 7]],
] as const)
  example(`micro-batches show what the batch shows: ${name}`, async () => {
    const set = inMemory(count, broken)
    const [atOnce, parted] = [viewBatches(whole, set), viewBatches(inParts(4), set)]
    for (const step of [0, 1, 2]) {
      const batch = right(await atOnce(step)())
      const parts = []
      for (const part of [0, 1, 2, 3]) parts.push(right(await parted(4 * step + part)()))
      assert.deepEqual(together(parts.map(({ views }) => views)), together([batch.views]))
      assert.deepEqual(
        parts.flatMap(({ skipped }) => skipped),
        batch.skipped,
      )
    }
  })

example('a micro-batch does not depend on those that were asked for before', async () => {
  const set = inMemory(images, [2, 3, 9])
  const inOrder = viewBatches(inParts(4), set)
  const expected = []
  for (let at = 0; at < 8; at += 1) expected.push(right(await inOrder(at)()).views)
  const anyhow = viewBatches(inParts(4), set)
  for (const at of [6, 1, 7, 2, 3, 0, 5, 4]) assert.deepEqual(right(await anyhow(at)()).views, expected[at])
})

example('masks are those of the whole batch', () => {
  const masksOf = (configuration: Configuration, part: number) => {
    const { model, views, run } = configuration
    const blank = blankViews(views, model.backbone.imageSize, run.batch / run.accumulate)
    const { globalMasks, localMasks } = stepInput(configuration, blank, 3, saying(configuration, 9)(3), part).batch
    return { ...globalMasks, local: { ...localMasks } }
  }
  const expected = together([masksOf(whole, 0)])
  assert.deepEqual(
    expected.map(([path]) => path),
    ['drop', 'local.drop'],
  )
  assert.deepEqual(together([0, 1, 2, 3].map(part => masksOf(inParts(4), part))), expected)
})

const steps = 5

const trainedOn = async (executor: Executor, configuration: Configuration) => {
  const { heard, watch } = keeping()
  const loader = directLoader(configuration, inMemory(images, [5]))
  const result = right(await train({ configuration, steps, loader, watch })(executor)())
  return { result, reports: heard.reports }
}

/** Fails where two trainings are further apart than sums in another order explain. */
const alike = (
  expected: Awaited<ReturnType<typeof trainedOn>>,
  came: Awaited<ReturnType<typeof trainedOn>>,
  near: number,
): void => {
  const values = ({ state }: Trained) => valuesOf(state)
  const parts = values(came.result)
  values(expected.result).forEach(([path, numbers], at) => {
    assert.equal(parts[at][0], path)
    closeTo(numbers, parts[at][1], near, path)
  })
  expected.reports.forEach(({ loss }, step) => closeTo([loss], [came.reports[step].loss], near, `loss ${step}`))
}

const exact = trainedOn(executors.reference, whole)

for (const accumulate of [2, 4, 8])
  example(`steps of ${accumulate} micro-batches are those of one batch`, async () =>
    alike(await exact, await trainedOn(executors.reference, inParts(accumulate)), 1e-11),
  )

for (const [name, changes] of Object.entries({
  'lars, cut by module': { optimiser: { rule: 'lars', clipping: 'module', clip: 0.1 } },
  'sgd, cut together, a last layer at rate 0': {
    optimiser: { rule: 'sgd', clipping: 'together', clip: 0.1, freezing: 'zero rate' },
  },
} as const))
  example(`so are those of ${name}`, async () => {
    const configuration = changed(whole, changes)
    const [atOnce, parted] = [
      await trainedOn(executors.reference, configuration),
      await trainedOn(executors.reference, inParts(4, configuration)),
    ]
    alike(atOnce, parted, 1e-11)
  })

example('wasm takes a batch in parts as the reference takes it at once', () =>
  withOpened(executors.wasm({ threads: 2 }), async executor =>
    alike(await exact, await trainedOn(executor, inParts(4)), 1e-4),
  ),
)

/** The states after each micro-batch of one step, the one before it first, and what the host said of it. */
const statesOfStep = async (configuration: Configuration, step: number) => {
  const [said, views] = [saying(configuration, steps)(step), viewBatches(configuration, inMemory(images))]
  const begin = standing(configuration, initialState(configuration))
  const running = await expectRight(
    machine(stepOf(configuration, steps), begin, inputSpec(configuration, steps))(executors.reference),
  )
  const states = [settled(await expectRight(running.state))]
  for (const part of [0, 1, 2, 3]) {
    const batch = right(await views(4 * step + part)()).views
    await expectRight(running.step(stepInput(configuration, batch, step, said, part)))
    states.push(settled(await expectRight(running.state)))
  }
  return { states, said }
}

example('nothing moves before the last micro-batch, and then everything once', async () => {
  const { states, said } = await statesOfStep(inParts(4), 2)
  for (const state of states.slice(1, 4)) assert.deepEqual(valuesOf(state), valuesOf(states[0]))
  const { student, teacher, objective } = states[4]
  const { teacherMomentum } = said.scheduled
  assert.ok(teacherMomentum > 0.5 && teacherMomentum < 1, `the momentum is ${teacherMomentum}`)
  const [old, fresh] = [valuesOf(states[0].teacher), valuesOf(student)]
  valuesOf(teacher).forEach(([path, values], at) => {
    const once = old[at][1].map((value, i) => teacherMomentum * value + (1 - teacherMomentum) * fresh[at][1][i])
    closeTo(once, values, 1e-12, path)
  })
  assert.notDeepEqual(valuesOf(student), valuesOf(states[0].student))
  assert.ok(
    centreIn(objective).data.some(value => value !== 0),
    'the centre moved',
  )
})

example('what is gathered is left behind where a step ends: another number of parts goes on from it', async () => {
  const { heard, watch } = keeping()
  const courseOf = (configuration: Configuration) => ({
    configuration,
    steps,
    loader: directLoader(configuration, inMemory(images, [5])),
  })
  const { watch: early } = keeping(2)
  const half = right(await train({ ...courseOf(inParts(4)), watch: early })(executors.reference)())
  assert.equal(half.step, 2)
  assert.deepEqual(Object.keys(half.state), Object.keys(initialState(whole)))
  const result = right(await train({ ...courseOf(inParts(2)), from: half, watch })(executors.reference)())
  const rest = (await exact).reports.slice(2)
  alike({ result: (await exact).result, reports: rest }, { result, reports: heard.reports }, 1e-11)
})

law(
  'a mean over micro-batches is theirs, to the bit where they are equal, whatever was gathered before, finite or not',
  fc.record({
    found: fc.array(fc.double({ noNaN: true, min: -8, max: 8 }), { minLength: 1, maxLength: 6 }),
    before: fc.constantFrom(0, 3, Number.NaN, Number.POSITIVE_INFINITY),
  }),
  ({ found, before }) => {
    const meanOf = (values: readonly number[]): number =>
      values.reduce((mean, value, part) => {
        const place = trees.mapTree<'dense', 'tensor'>(({ sizes, data }) => array(sizes, data))(
          placeOf(part, values.length),
        )
        const { x } = gather(place)({ x: constant(mean) }, { x: constant(value) })
        return tensorValues(x)[0]
      }, before)
    const sum = found.reduce((total, value) => total + value, 0)
    return [
      nearNumbers(2 ** -46)([meanOf(found)], [sum / found.length], 'mean'),
      sameNumbers([meanOf(found.map(() => found[0]))], [found[0]], 'equal'),
    ]
  },
)

const divisors = [1, 2, 4, 8]

law(
  'what the host says of a step does not depend on the parts of its batch',
  fc.record({ parts: fc.constantFrom(...divisors), of: fc.integer({ min: 1, max: 50 }), step: fc.nat({ max: 50 }) }),
  ({ parts, of, step }) => {
    const [said, expected] = [inParts(parts), whole].map(configuration => saying(configuration, of)(step))
    return [
      sameData('schedules', said.scheduled, expected.scheduled),
      sameData('clocks', valuesOf(said.clocks), valuesOf(expected.clocks)),
    ]
  },
)

law(
  'the places of the parts: one is the first, one the last, and shares make a mean',
  fc.record({ parts: fc.integer({ min: 1, max: 40 }) }),
  ({ parts }) => {
    const places = Array.from({ length: parts }, (_, part) => placeOf(part, parts))
    const at = (name: 'first' | 'last' | 'share') => places.map(place => place[name].data[0])
    return [
      sameData(
        'first',
        at('first'),
        places.map((_, part) => (part === 0 ? 1 : 0)),
      ),
      sameData('last', at('last'), at('first').toReversed()),
      sameData(
        'shares',
        at('share'),
        places.map((_, part) => 1 / (part + 1)),
      ),
    ]
  },
)

example('a batch that is larger than the set is made smaller, in equal parts', () => {
  const fit = (batch: number, accumulate: number, count: number) => fitBatch({ ...whole.run, batch, accumulate }, count)
  assert.deepEqual(fit(64, 4, 64), { batch: 64, accumulate: 4 })
  assert.deepEqual(fit(64, 4, 63), { batch: 60, accumulate: 4 })
  assert.deepEqual(fit(64, 4, 3), { batch: 3, accumulate: 3 })
})
