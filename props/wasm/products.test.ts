// Products that random ones hardly meet: an epilogue too long for registers, over tiles that do not fit, and a factor
// that nobody needs after a product of its own size.

import assert from 'node:assert/strict'
import { after } from 'node:test'
import { executors } from '../../lib/index.ts'
import { input, map, reduce, rename } from '../../lib/language/expression.ts'

import { excess, showFailure } from '../support/compare.ts'
import { sampleOf } from '../support/contractions.ts'
import { example } from '../support/example.ts'
import { nearOracle } from '../support/executed.ts'
import type { Sample } from '../support/graph-shrink.ts'
import { inputsOf, probeData } from '../support/probes.ts'
import { programOf } from '../support/programs.ts'
import { expectRight } from '../support/results.ts'

const everyExecutor = [
  await expectRight(executors.wasm({ threads: 'here', fused: false })),
  await expectRight(executors.wasm({ threads: 2 })),
]

after(async () => {
  for (const executor of everyExecutor) await executor.close()
})

/** The everyExecutor' answers to a case, of which all must be near the oracle's. */
const expectNear = async (sample: Sample): Promise<void> => {
  for (const executor of everyExecutor)
    for (const comparison of await nearOracle(executor, sample))
      assert.ok(excess(comparison).ratio <= 1, showFailure(comparison))
}

/** Epilogues of more instructions go through scratch memory. */
const inRegisters = 8

for (const order of ['plain', 'left transposed', 'batched'] as const)
  for (const sizes of [
    { batch: 2, row: 13, term: 7, column: 11 },
    { batch: 1, row: 23, term: 300, column: 33 },
  ])
    example(`many steps in the kernel of a contraction: ${order}, ${sizes.row} rows`, async () => {
      const sample = sampleOf({ order, epilogue: 'many steps with residuals in both orders', sizes, seed: 5 })
      const { kernels } = programOf(sample.roots, executors.wasmCompile)
      assert.ok(kernels.length === 1 && kernels[0].body.length > inRegisters, 'one kernel, too long for registers')
      await expectNear(sample)
    })

example('a product of the size of its left factor, which dies there, is not written over it', async () => {
  const x = input('x', { row: 32, term: 32 })
  const [first, second] = ['first', 'second'].map(name => input(name, { term: 32, column: 32 }))
  const product = reduce('sum', ['term'], map('mul', map('exp', x), first))
  const root = reduce('sum', ['term'], map('mul', rename({ column: 'term' }, product), second))
  assert.equal(programOf([root], executors.wasmCompile).steps.length, 3)
  const bindings = new Map(inputsOf([root]).map(({ name, shape }, at) => [name, probeData(shape, at)]))
  await expectNear({ roots: [root], bindings })
})
