// Random graphs on wasm against the float64 oracle: with one thread and with two, with and without fused multiply-add,
// and under schedules, limits and layouts that nobody would choose.

import { after } from 'node:test'
import * as fc from 'fast-check'
import { compiler, executors } from '../../lib/index.ts'

import { nearOracle } from '../support/executed.ts'
import { graphs } from '../support/graphs.ts'
import { law } from '../support/law.ts'
import { decisions, optionsOf, randomLayouts } from '../support/programs.ts'
import { expectRight } from '../support/results.ts'

const everyExecutor = {
  'on this thread': await expectRight(executors.wasm({ threads: 'here' })),
  'with one thread': await expectRight(executors.wasm({ threads: 1 })),
  'with two threads': await expectRight(executors.wasm({ threads: 2 })),
  'without fused multiply-add': await expectRight(executors.wasm({ threads: 2, fused: false })),
}

after(async () => {
  for (const executor of Object.values(everyExecutor)) await executor.close()
})

for (const [name, executor] of Object.entries(everyExecutor))
  law(`wasm ${name} computes random graphs`, graphs('real'), sample => nearOracle(executor, sample))

law(
  'no schedule and no layout changes what wasm computes',
  fc.tuple(graphs('real'), decisions, fc.boolean(), fc.boolean()),
  async ([sample, decision, fused, moved]) => {
    const layouts = moved ? { layouts: randomLayouts(decision.seed) } : {}
    const compile = { ...compiler.usualCompile, ...optionsOf(decision), ...layouts }
    return nearOracle(await expectRight(executors.wasm({ threads: 'here', fused, compile })), sample)
  },
)
