// WebGPU in Node: one step of training, random graphs, contractions of all orders and sizes beside a tile's, and long
// reductions; golden numbers, wide graphs and a training on scenes, by the tests that other executors pass. Without the
// driver each test says so and is skipped.

import assert from 'node:assert/strict'
import { executors, type RunError } from '../../lib/index.ts'
import { example } from '../support/example.ts'
import { expectRight } from '../support/results.ts'
import { compareOutcomes, type Outcome, takeStep } from '../support/training-step.ts'
import { noDriver, testsOnWebGpu, withDriver } from '../support/webgpu-node.ts'

interface Found<A> {
  readonly right?: A
  readonly left?: unknown
}

const ran = async <A>(script: string): Promise<A> => {
  const { right, left } = await withDriver<Found<A>>(script)
  assert.ok(right !== undefined, JSON.stringify(left))
  return right
}

const withWebGpu = (name: string, check: () => Promise<void>): void =>
  void example(name, context => (noDriver === undefined ? check() : context.skip(noDriver)))

withWebGpu('one step of training on WebGPU in Node', async () => {
  const outcome = await ran<Outcome>(`
    import { withExecutor } from './lib/index.ts'
    import { takeStep } from './props/support/training-step.ts'
    console.log(JSON.stringify(await withExecutor('gpu:webgpu')(takeStep)()))
  `)
  compareOutcomes(await expectRight(takeStep(executors.reference)), outcome)
})

withWebGpu('a device that is destroyed between runs is told to be lost', async () => {
  const { first, second } = await withDriver<{ readonly first: string; readonly second: RunError }>(`
    import * as gpujs from 'gpu.js'
    import { executors, run, square, dense } from './lib/index.ts'
    const { right: executor } = await executors.openExecutor('gpu:webgpu')()
    const twice = run(({ x }) => ({ y: square(x) }))({ x: dense({ token: 2 }, new Float32Array([1, 3])) })
    const first = await twice(executor)()
    const { device } = await (gpujs.WebGPUContext ?? gpujs.default.WebGPUContext).acquire()
    device.destroy()
    const second = await twice(executor)()
    console.log(JSON.stringify({ first: first._tag, second: second.left }))
  `)
  assert.equal(first, 'Right')
  assert.equal(second.kind, 'device lost')
})

for (const [name, few] of Object.entries({ contractions: 40, graphs: 60, reductions: 6 }))
  withWebGpu(`WebGPU computes random ${name} as the oracle does`, async () => {
    const { compared, failures } = await ran<{ readonly compared: number; readonly failures: readonly string[] }>(`
      import { withExecutor } from './lib/index.ts'
      import { againstOracle } from './props/support/webgpu-samples.ts'
      console.log(JSON.stringify(await withExecutor('gpu:webgpu')(againstOracle('${name}', ${few}))()))
    `)
    assert.deepEqual(failures, [])
    assert.ok(compared >= few, `${compared} outputs compared`)
  })

const shared: Readonly<Record<string, readonly string[]>> = {
  'gives golden numbers': ['dino-head', 'dino-loss', 'losses-v2', 'optimisers', 'vit-v1', 'vit-v2', 'train-v1'].map(
    name => `props/golden/${name}.test.ts`,
  ),
  'computes wide graphs': ['props/anywhere/wide-dimensions.test.ts'],
  'has the losses of wasm on scenes': ['props/anywhere/scenes-losses.test.ts'],
}

for (const [fact, files] of Object.entries(shared))
  withWebGpu(`WebGPU in Node ${fact}`, () => testsOnWebGpu(files, 0.5))
