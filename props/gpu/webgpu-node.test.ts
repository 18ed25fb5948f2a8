// WebGPU in Node: one step of training, random graphs, contractions of all orders and sizes beside a tile's, and long
// reductions. Without the driver each test says so and is skipped.

import assert from 'node:assert/strict'
import { executors } from '../../lib/index.ts'
import { example } from '../support/example.ts'
import { expectRight } from '../support/results.ts'
import { compareOutcomes, type Outcome, takeStep } from '../support/training-step.ts'
import { noDriver, withDriver } from '../support/webgpu-node.ts'

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
