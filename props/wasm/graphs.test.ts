// Random graphs on wasm against the float64 oracle: with one thread and with two, with and without fused multiply-add, and
// under schedules, limits and layouts that nobody would choose.

import { after } from 'node:test'
import * as fc from 'fast-check'
import { usualCompile, wasm } from '../../lib/index.ts'
import { expectRight } from '../golden/executors.ts'
import { nearOracle } from '../support/executed.ts'
import { graphs } from '../support/graphs.ts'
import { decisions, optionsOf, randomLayouts } from '../support/programs.ts'
import { law } from '../support/run.ts'

const executors = {
  'on this thread': await expectRight(wasm({ threads: 'here' })),
  'with one thread': await expectRight(wasm({ threads: 1 })),
  'with two threads': await expectRight(wasm({ threads: 2 })),
  'without fused multiply-add': await expectRight(wasm({ threads: 2, fused: false })),
}

after(async () => {
  for (const executor of Object.values(executors)) await executor.close()
})

for (const [name, executor] of Object.entries(executors))
  law(`wasm ${name} computes random graphs`, graphs('real'), sample => nearOracle(executor, sample))

law(
  'no schedule and no layout changes what wasm computes',
  fc.tuple(graphs('real'), decisions, fc.boolean(), fc.boolean()),
  async ([sample, decision, fused, moved]) => {
    const layouts = moved ? { layouts: randomLayouts(decision.seed) } : {}
    const compile = { ...usualCompile, ...optionsOf(decision), ...layouts }
    return nearOracle(await expectRight(wasm({ threads: 'here', fused, compile })), sample)
  },
)
