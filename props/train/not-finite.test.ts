// Training that makes a number that is not finite ends at the last good state, and says where the number came from.

import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { showNotFinite } from '../../dino/command/show-not-finite.ts'
import type { ConfigurationChanges } from '../../dino/run/configuration.ts'
import { train } from '../../dino/run/course.ts'
import type { TrainingError } from '../../dino/run/failure.ts'
import { initialState } from '../../dino/run/initial.ts'
import { directLoader } from '../../dino/run/loader.ts'
import type { RunState } from '../../dino/run/recipe.ts'
import { type As, type Executor, executors, type RunError, trees } from '../../lib/index.ts'
import { withOpened } from '../golden/every-executor.ts'
import { example } from '../support/example.ts'
import { right } from '../support/results.ts'
import { inMemory, keeping, tinyWith, valuesOf } from '../support/training.ts'

type State = As<'dense', RunState>
type NotFinite = Extract<TrainingError, { readonly kind: 'not finite' }>

interface Given {
  readonly changes?: ConfigurationChanges
  /** What is done to the state that training begins with. */
  readonly spoil?: (state: State) => State
  readonly set?: ReturnType<typeof inMemory>
  readonly until?: number
}

const trained = async (executor: Executor, { changes = {}, spoil = state => state, set, until }: Given) => {
  const configuration = tinyWith(changes)
  const { heard, watch } = keeping(until)
  const loader = directLoader(configuration, set ?? inMemory(12))
  const from = { state: spoil(initialState(configuration)), step: 0 }
  return { heard, result: await train({ configuration, steps: 9, loader, watch, from })(executor)() }
}

/** A run that must break off, and the state that it keeps, if any. */
const broken = async (executor: Executor, given: Given) => {
  const { heard, result } = await trained(executor, given)
  assert.ok(E.isLeft(result) && result.left.source === 'training', 'it went on')
  assert.equal(result.left.error.kind, 'not finite')
  return { error: result.left.error as NotFinite, kept: heard.progress.at(-1), reports: heard.reports }
}

const onTwo: Readonly<Record<string, TaskEither<RunError, Executor>>> = {
  reference: async () => E.right(executors.reference),
  wasm: executors.wasm({ threads: 2 }),
}

const onEach = (name: string, test: (executor: Executor) => Promise<void>): void => {
  for (const [executor, open] of Object.entries(onTwo)) example(`${name}, on ${executor}`, () => withOpened(open, test))
}

/** For numbers that float64 can hold. */
const onFloat32 = (name: string, test: (executor: Executor) => Promise<void>): void =>
  void example(name, () => withOpened(onTwo.wasm, test))

/** A state with one parameter changed. */
const withParameter =
  (path: string, change: (old: number) => number) =>
  (state: State): State => {
    assert.ok(
      trees.leavesOf<'dense'>(state).some(([own]) => own === path),
      path,
    )
    return trees.mapTree<'dense', 'dense'>((leaf, own) =>
      own === path ? { ...leaf, data: leaf.data.map(change) } : leaf,
    )(state) as State
  }

/** Pictures of which one has a pixel that is no number. */
const withBadPixel = (bad: number): ReturnType<typeof inMemory> => {
  const set = inMemory(12)
  return {
    ...set,
    read: index => async () => {
      const read = await set.read(index)()
      if (E.isLeft(read) || index !== bad) return read
      return E.right({ ...read.right, data: read.right.data.map((old, at) => (at === 50 ? Number.NaN : old)) })
    },
  }
}

onEach('a pixel that is no number is named, and the state is that of the steps before it', async executor => {
  const { error, kept, reports } = await broken(executor, { set: withBadPixel(5) })
  assert.equal(reports.length, error.step)
  assert.ok(error.step > 0, 'the picture is not in the first batch')
  assert.match(error.first?.from[0] ?? '', /^input\.batch\.(global|local)$/)
  assert.match(
    showNotFinite(error),
    /input "input\.batch\.\w+" at \w+ \d+, batch \d+, colour .*; it is read in teacher/s,
  )
  assert.match(showNotFinite(error), /a picture has such a number: find it by its place in the batch/)
  const stopped = right((await trained(executor, { until: error.step })).result)
  assert.equal(kept?.step, error.step)
  assert.deepEqual(valuesOf(kept.state), valuesOf(stopped.state))
})

onEach('an infinite learning rate is named, and moves nothing', async executor => {
  const { error, kept } = await broken(executor, {
    changes: { schedules: { learningRate: { base: Number.POSITIVE_INFINITY, warmup: 0 } } },
  })
  assert.deepEqual(error.first?.from, ['input.scheduled.learningRate'])
  assert.match(showNotFinite(error), /came a loss of 6\.\d+, but gradients or rates that are not/)
  assert.match(showNotFinite(error), /input "input\.scheduled\.learningRate", which was given/)
  assert.equal(kept, undefined, 'the state before the first step')
})

onEach('a parameter that is no number is named with its block, and no state is kept', async executor => {
  const path = 'student.backbone.blocks.1.mlp.down.weight'
  const { error, kept } = await broken(executor, { spoil: withParameter(path, () => Number.NaN) })
  assert.deepEqual(error.first?.from, [`state.${path}`])
  assert.deepEqual(error.first?.place, { scopes: ['student', 'block 1', 'mlp'], gradient: false })
  assert.match(showNotFinite(error), /the state that training went on from is spoilt/)
  assert.equal(kept, undefined)
})

onFloat32('a parameter that is too large is found where it makes the first infinite number', async executor => {
  const path = 'teacher.backbone.blocks.1.attention.project.weight'
  const { error } = await broken(executor, {
    spoil: withParameter(path, old => 1e25 * old),
  })
  assert.deepEqual(error.first?.place, { scopes: ['teacher', 'block 1', 'attention'], gradient: false })
  assert.ok(error.first?.from.includes(`state.${path}`), error.first?.from.join())
})

onFloat32('gradients that are too long are found though the loss is finite', async executor => {
  const { error } = await broken(executor, { changes: { objective: { studentTemperature: 1e-30 } } })
  assert.ok(Number.isFinite(error.loss), String(error.loss))
  assert.match(showNotFinite(error), /the first: mul in length of gradients .*made of state\./)
  assert.match(showNotFinite(error), /a lower --learning-rate or --clip, or a higher --teacher-temperature/)
})
