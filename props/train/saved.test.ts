// A saved state is complete: what is read back is what was written, bit for bit, and training that goes on from it ends
// in the bits of training that never stopped.

import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import { train } from '../../dino/run/course.ts'
import { directLoader } from '../../dino/run/loader.ts'
import { type Progress, partContents, readProgress, stateFiles, stateParts } from '../../dino/run/saved.ts'
import { type Executor, executors } from '../../lib/index.ts'
import { withOpened } from '../golden/every-executor.ts'
import { example } from '../support/example.ts'
import { bitsOf } from '../support/records.ts'
import { right } from '../support/results.ts'
import { inMemory, keeping, tinyWith } from '../support/training.ts'

const configuration = tinyWith({ optimiser: { freezeLastLayer: 0.4 } })
const images = 10
const steps = 6

/** Trains from somewhere until so many steps are done, of a run of six. */
const trained = async (executor: Executor, until: number, from?: Progress) => {
  const { heard, watch } = keeping(until - (from?.step ?? 0))
  const loader = directLoader(configuration, inMemory(images))
  const course = { configuration, steps, loader, watch, ...(from === undefined ? {} : { from }) }
  return { progress: right(await train(course)(executor)()), reports: heard.reports }
}

/** A progress as it comes back from its files. */
const throughFiles = (progress: Progress): Progress => {
  const contents = new Map<string, Uint8Array>(stateParts.map(part => [stateFiles[part], partContents(progress, part)]))
  return right(readProgress(configuration, file => E.fromNullable(`no ${file}`)(contents.get(file))))
}

example('a state is read back as it was written, bit for bit', () =>
  withOpened(executors.wasm({ threads: 2 }), async executor => {
    const { progress } = await trained(executor, 3)
    const read = throughFiles(progress)
    assert.equal(read.step, 3)
    assert.deepEqual(bitsOf(read.state), bitsOf(progress.state))
    assert.ok(bitsOf(read.state).some(([path]) => path.startsWith('optimiser.second.')))
  }),
)

const several = {
  reference: async () => E.right(executors.reference),
  wasm: executors.wasm({ threads: 2 }),
} as const

for (const [name, open] of Object.entries(several))
  example(`three steps, and three more from the files, are six steps, bit for bit, on ${name}`, () =>
    withOpened(open, async executor => {
      const whole = await trained(executor, steps)
      const first = await trained(executor, 3)
      const second = await trained(executor, steps, throughFiles(first.progress))
      assert.equal(second.progress.step, steps)
      assert.deepEqual(bitsOf(second.progress.state), bitsOf(whole.progress.state))
      const losses = (reports: typeof whole.reports) =>
        reports.map(({ step, loss, learningRate }) => [step, loss, learningRate])
      assert.deepEqual([...losses(first.reports), ...losses(second.reports)], losses(whole.reports))
    }),
  )
