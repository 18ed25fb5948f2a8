// 50 steps of a small training on scenes: an executor's losses are those of wasm within a hundredth, in Node and in a
// page.

import assert from 'node:assert/strict'
import { scenes } from '../../dino/data/scenes/scenes.ts'
import { train } from '../../dino/run/course.ts'
import { directLoader } from '../../dino/run/loader.ts'
import { type Executor, executors } from '../../lib/index.ts'
import { chosenOr, withOpened } from '../golden/every-executor.ts'
import { excess, nearNumbers, showFailure } from '../support/compare.ts'
import { example } from '../support/example.ts'
import { right } from '../support/results.ts'
import { keeping, tiny } from '../support/training.ts'

const steps = 50
const allowed = 0.01

const lossesOn = async (executor: Executor): Promise<readonly number[]> => {
  const { heard, watch } = keeping()
  const set = scenes({ seed: 1, part: 'train', count: 64, size: 16 })
  right(await train({ configuration: tiny, steps, loader: directLoader(tiny, set), watch })(executor)())
  return heard.reports.map(({ loss }) => loss)
}

const usual = { 'gpu:webasm': executors.gpu('webasm') }

for (const [name, open] of Object.entries(chosenOr(usual)))
  example(`the losses of ${steps} steps on scenes are on ${name} those of wasm`, async context => {
    let expected: readonly number[] = []
    await withOpened(executors.wasm({ threads: 'here' }), async wasm => {
      expected = await lossesOn(wasm)
    })
    await withOpened(open, async executor => {
      const comparison = nearNumbers(allowed)(await lossesOn(executor), expected, 'losses', { step: steps })
      const { ratio } = excess(comparison)
      assert.ok(ratio <= 1, showFailure(comparison))
      const [first, last] = [expected[0], expected[steps - 1]].map(loss => loss.toFixed(3))
      context.diagnostic(`losses from ${first} to ${last}, at most ${(ratio * allowed).toExponential(1)} apart`)
    })
  })
