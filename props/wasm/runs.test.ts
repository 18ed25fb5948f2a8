// What runs must keep: the same program gives the same bits each time and with any number of threads, memory does not
// grow, what is not used any more is given back, and a closed executor leaves nothing behind that would keep a process
// alive.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import * as fc from 'fast-check'
import { viewBatches } from '../../dino/run/batch.ts'
import { initialState } from '../../dino/run/initial.ts'
import { inputSpec, saying, stepInput } from '../../dino/run/input.ts'
import { stepOf } from '../../dino/run/recipe.ts'
import { type Executor, executors, machine, trees } from '../../lib/index.ts'
import { withOpened } from '../golden/every-executor.ts'
import { example } from '../support/example.ts'
import { executed, inFloat32 } from '../support/executed.ts'
import { graphs } from '../support/graphs.ts'
import { expectRight, right } from '../support/results.ts'
import { inMemory, tinyWith } from '../support/training.ts'
import { projectFolder } from '../support/type-checker.ts'

const configuration = tinyWith({
  model: { backbone: { features: 48, heads: 3 }, head: { hidden: 70 } },
  run: { batch: 6 },
})
const { views } = right(await viewBatches(configuration, inMemory(12))(0)())
const steps = 10
const batch = stepInput(configuration, views, 0, saying(configuration, steps)(3))

const startMachine = (executor: Executor) =>
  expectRight(
    machine(stepOf(configuration, steps), initialState(configuration), inputSpec(configuration, steps))(executor),
  )

const bitsOf = (state: object) =>
  Buffer.concat(trees.leavesOf<'dense'>(state).map(([, { data }]) => Buffer.from(Float32Array.from(data).buffer)))

/** The bits of everything after three steps of DINO. */
const threeSteps = async (options: executors.WasmOptions): Promise<Buffer> => {
  let found = Buffer.alloc(0)
  await withOpened(executors.wasm(options), async executor => {
    const { step, state } = await startMachine(executor)
    for (let turn = 0; turn < 3; turn += 1) await expectRight(step(batch))
    found = bitsOf(await expectRight(state))
  })
  return found
}

for (const fused of [true, false])
  example(`steps of DINO give the same bits on any number of threads, ${fused ? 'fused' : 'not fused'}`, async () => {
    const first = await threeSteps({ threads: 'here', fused })
    for (const threads of ['here', 1, 2, 3] as const)
      assert.ok((await threeSteps({ threads, fused })).equals(first), `other bits with ${threads} threads`)
  })

example('random graphs give the same bits on any number of threads', async context => {
  const opened = [
    await expectRight(executors.wasm({ threads: 'here' })),
    await expectRight(executors.wasm({ threads: 2 })),
  ]
  let compared = 0
  await fc.assert(
    fc.asyncProperty(graphs('real'), async sample => {
      const given = inFloat32(sample)
      const [here, there] = await Promise.all(opened.map(executor => executed(executor, given)))
      compared += here.length
      assert.deepEqual(here, there)
    }),
    { seed: 7, numRuns: 40 },
  )
  context.diagnostic(`${compared} outputs compared`)
  for (const executor of opened) await executor.close()
})

example('steps that are begun together run one after the other, on machines that share an executor too', async () => {
  const alone = await threeSteps({ threads: 2 })
  await withOpened(executors.wasm({ threads: 2 }), async executor => {
    const machines = [await startMachine(executor), await startMachine(executor)]
    const begun = machines.flatMap(({ step }) => [step(batch)(), step(batch)(), step(batch)()])
    const states = await Promise.all(machines.map(({ state }) => expectRight(state)))
    await Promise.all(begun)
    for (const state of states) assert.ok(bitsOf(state).equals(alone))
  })
})

const megabyte = 2 ** 20

example('memory does not grow over a thousand steps', async context => {
  await withOpened(executors.wasm({ threads: 2 }), async executor => {
    const { step } = await startMachine(executor)
    const used = (): number => {
      const { arrayBuffers, external } = process.memoryUsage()
      return arrayBuffers + external
    }
    const run = async (steps: number): Promise<void> => {
      for (let turn = 0; turn < steps; turn += 1) await expectRight(step(batch))
    }
    await run(200)
    const [before, resident] = [used(), process.memoryUsage.rss()]
    await run(1000)
    const [grown, swollen] = [used() - before, process.memoryUsage.rss() - resident]
    context.diagnostic(
      `buffers ${(grown / megabyte).toFixed(2)} MiB more, resident ${(swollen / megabyte).toFixed(1)} MiB`,
    )
    assert.ok(grown < megabyte, `${grown} bytes more in buffers after 1000 steps`)
    assert.ok(swollen < 64 * megabyte, `${swollen} bytes more are resident after 1000 steps`)
  })
})

/** What a script prints in a process of its own. */
const printed = async (script: string): Promise<string> => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--expose-gc', '--import', 'tsx', '--input-type=module', '--eval', script],
    { cwd: projectFolder, timeout: 60_000 },
  )
  return stdout.trim()
}

/** How the memory of programs that were used is to come back: with their executor, or on one that stays open. */
const endings = {
  'a closed executor gives the memory of its programs back': `
    const use = async () => {
      const executor = await open()
      await useOn(executor)
      await executor.close()
    }`,
  'an open executor takes the memory of programs that nobody can run any more': `
    const executor = await open()
    const use = () => useOn(executor)`,
}

for (const [law, use] of Object.entries(endings))
  example(law, async context => {
    const grown = Number(
      await printed(`
        import { add, constant, executors, input } from './lib/index.ts'
        const rest = () => new Promise(resolve => setTimeout(resolve, 20))
        const open = async () => (await executors.wasm({ threads: 2 })()).right
        const useOn = async executor => {
          const { expr } = add(input('x', { place: 2 ** 21 }), constant(1))
          const { right: loaded } = await executor.load({ outputs: { y: expr }, carried: {} })()
          const { right: values } = await loaded.run(new Map([['x', new Float32Array(2 ** 21)]]))()
          if (values.get('y').some(value => value !== 1)) throw new Error('wrong')
        }
        const collected = async () => { globalThis.gc(); await rest() }
        const settled = async () => {
          for (let turn = 0; turn < 5; turn += 1) await collected()
          return process.memoryUsage.rss()
        }
        ${use}
        for (let turn = 0; turn < 5; turn += 1) await use()
        const before = await settled()
        for (let turn = 0; turn < 40; turn += 1) { await use(); await collected() }
        console.log((await settled()) - before)
      `),
    )
    context.diagnostic(`${(grown / megabyte).toFixed(1)} MiB more after 40 programs of 16 MiB each`)
    assert.ok(grown < 100 * megabyte)
  })

example('executors that are opened and closed leave no threads', async () => {
  const ports = await printed(`
    import { executors } from './lib/index.ts'
    for (let turn = 0; turn < 20; turn += 1) {
      const opened = await executors.wasm({ threads: 2 })()
      await opened.right.close()
    }
    console.log(process.getActiveResourcesInfo().filter(name => name === 'MessagePort').length)
  `)
  assert.equal(Number(ports), 0)
})
