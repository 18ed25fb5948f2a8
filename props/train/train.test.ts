// Training as a whole: it follows from the seed, the executors agree, it can be stopped, it reports every step, and
// what goes wrong ends it with a value.

import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import type { Configuration } from '../../dino/run/configuration.ts'
import { type Trained, train, type Watch } from '../../dino/run/course.ts'
import { failure } from '../../dino/run/failure.ts'
import { directLoader } from '../../dino/run/loader.ts'
import { type Executor, executors } from '../../lib/index.ts'
import { withOpened } from '../golden/every-executor.ts'
import { centreIn } from '../support/centre-in.ts'
import { closeTo } from '../support/closeness.ts'
import { example } from '../support/example.ts'
import { right } from '../support/results.ts'
import { ratesAt } from '../support/step-given.ts'
import { brokenPicture, inMemory, keeping, tiny, tinyWith, valuesOf } from '../support/training.ts'

const images = 12

const trained = async (
  executor: Executor,
  {
    configuration = tiny,
    steps = 4,
    set = inMemory(images),
    until = steps,
  }: {
    readonly configuration?: Configuration
    readonly steps?: number
    readonly set?: ReturnType<typeof inMemory>
    readonly until?: number
  } = {},
) => {
  const { heard, watch } = keeping(until)
  const course = { configuration, steps, loader: directLoader(configuration, set), watch }
  return { result: await train(course)(executor)(), heard }
}

const values = ({ state }: Trained) => valuesOf(state)

example('the same seed gives the same numbers, another seed others', async () => {
  const [first, again, other] = [
    await trained(executors.reference),
    await trained(executors.reference),
    await trained(executors.reference, { configuration: tinyWith({ run: { seed: 2 } }) }),
  ]
  assert.deepEqual(values(right(first.result)), values(right(again.result)))
  assert.notDeepEqual(values(right(first.result)), values(right(other.result)))
})

example('every step is reported, in order, with finite numbers', async () => {
  const { heard } = await trained(executors.reference)
  assert.deepEqual(
    heard.reports.map(({ step }) => step),
    [0, 1, 2, 3],
  )
  for (const report of heard.reports) for (const value of Object.values(report)) assert.ok(Number.isFinite(value))
  const uniform = Math.log(tiny.model.head.prototypes)
  for (const { teacherEntropy, meanEntropy } of heard.reports) {
    assert.ok(teacherEntropy >= 0 && teacherEntropy <= meanEntropy + 1e-9)
    assert.ok(meanEntropy <= uniform + 1e-9)
  }
})

example('wasm trains as the reference does', async () => {
  const exact = await trained(executors.reference)
  await withOpened(executors.wasm({ threads: 2 }), async executor => {
    const own = await trained(executor)
    own.heard.reports.forEach(({ loss }, step) =>
      closeTo([exact.heard.reports[step].loss], [loss], 1e-4, `loss ${step}`),
    )
    closeTo(
      Array.from(centreIn(right(exact.result).state.objective).data),
      Array.from(centreIn(right(own.result).state.objective).data),
      1e-4,
      'centre',
    )
  })
})

example('a run that is stopped gives the state of the steps that it did', async () => {
  const stopped = right((await trained(executors.reference, { until: 2 })).result)
  assert.equal(stopped.step, 2)
})

example('the state is told as often as asked, but not twice at the end', async () => {
  const { heard } = await trained(executors.reference, { configuration: tinyWith({ run: { saveEvery: 2 } }) })
  assert.deepEqual(
    heard.progress.map(({ step }) => step),
    [2],
  )
})

example('broken pictures do not end a run', async () => {
  const { result, heard } = await trained(executors.reference, { set: inMemory(images, [3]), steps: 3 })
  assert.equal(right(result).step, 3)
  assert.deepEqual(heard.skipped, [brokenPicture(3)])
})

example('a set of which nothing can be read ends it with the reason', async () => {
  const { result } = await trained(executors.reference, { set: inMemory(2, [0, 1]) })
  assert.ok(E.isLeft(result) && result.left.source === 'data' && result.left.error.kind === 'nothing readable')
})

example('a loss that is not finite ends it with the step', async () => {
  const set = {
    ...inMemory(images),
    read: () => async () => E.right({ rows: 8, columns: 8, data: new Float32Array(192).fill(Number.NaN) }),
  }
  const { result } = await trained(executors.reference, { set })
  assert.ok(E.isLeft(result) && result.left.source === 'training')
  assert.ok(result.left.error.kind === 'not finite')
  const { first, ...error } = result.left.error
  assert.deepEqual(error, { kind: 'not finite', step: 0, loss: Number.NaN })
  assert.deepEqual(first?.from, ['input.batch.global'])
})

example('a network that does not fit together is an error of the graph', async () => {
  const { result } = await trained(executors.reference, {
    configuration: tinyWith({ model: { backbone: { features: 9 } } }),
  })
  assert.ok(E.isLeft(result) && result.left.source === 'run')
})

example('who watches may end a run with an error', async () => {
  const { watch } = keeping()
  const full = failure('record')({ path: 'metrics.jsonl', expected: 'a file to append to', came: 'ENOSPC' })
  const ending: Watch = { ...watch, step: report => (report.step < 1 ? E.right(undefined) : E.left(full)) }
  const loader = directLoader(tiny, inMemory(images))
  const result = await train({ configuration: tiny, steps: 4, loader, watch: ending })(executors.reference)()
  assert.deepEqual(result, E.left(full))
})

example('a run reports every schedule by its name, and every metric of the step', async () => {
  const [report] = (await trained(executors.reference, { steps: 1 })).heard.reports
  assert.deepEqual(Object.keys(report).sort(), [
    'anchorRefresh',
    'centreNorm',
    'dino',
    'divergence',
    'gradientLength',
    'imagesPerSecond',
    'learningRate',
    'loss',
    'meanEntropy',
    'spread',
    'step',
    'teacherEntropy',
    'teacherMomentum',
    'teacherTemperature',
    'waiting',
    'weightDecay',
  ])
})

example('every step reports the numbers of the schedules that it was given', async () => {
  const { heard } = await trained(executors.reference)
  heard.reports.forEach(({ learningRate, weightDecay, teacherMomentum, teacherTemperature }, step) => {
    const given = ratesAt({ configuration: tiny, steps: 4, step })
    assert.deepEqual(
      [learningRate, weightDecay, teacherMomentum, teacherTemperature],
      [given.learningRate, given.weightDecay, given.momentum, given.teacherTemperature],
    )
  })
})
