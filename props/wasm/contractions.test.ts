// Contractions on wasm: every order of the operands that gradients need, sizes that fill no tile, the small batched
// ones of attention, and what is computed with them in one kernel, within the rounding of a sum of products.

import assert from 'node:assert/strict'
import { after } from 'node:test'
import * as fc from 'fast-check'
import { executors } from '../../lib/index.ts'
import { elements } from '../../lib/language/axes.ts'
import { input, map, reduce } from '../../lib/language/expression.ts'
import { keyOf, normals } from '../../lib/tree/random.ts'

import { excess, showFailure } from '../support/compare.ts'
import { type Contracted, type Epilogue, epilogues, type Order, orders, sampleOf } from '../support/contractions.ts'
import { example } from '../support/example.ts'
import { nearOracle } from '../support/executed.ts'
import { law } from '../support/law.ts'
import { expectRight } from '../support/results.ts'

const everyExecutor = [
  await expectRight(executors.wasm({ threads: 'here', fused: false })),
  await expectRight(executors.wasm({ threads: 2 })),
]

after(async () => {
  for (const executor of everyExecutor) await executor.close()
})

const size = fc.oneof(fc.integer({ min: 1, max: 17 }), fc.constantFrom(31, 32, 33, 48, 65))

const cases: fc.Arbitrary<Contracted> = fc.record({
  order: fc.constantFrom(...(Object.keys(orders) as Order[])),
  epilogue: fc.constantFrom(...(Object.keys(epilogues) as Epilogue[])),
  sizes: fc.record({ row: size, column: size, term: size, batch: fc.integer({ min: 1, max: 4 }) }),
  seed: fc.nat(),
})

law(
  'wasm contracts in every order of the operands',
  cases,
  async drawn => {
    const sample = sampleOf(drawn)
    const compared = await Promise.all(everyExecutor.map(executor => nearOracle(executor, sample)))
    return compared.flat()
  },
  'middling',
)

for (const [order, sizes] of [
  ['batched, right transposed', { batch: 3, row: 65, term: 64, column: 65 }],
  ['batched', { batch: 3, row: 65, term: 65, column: 64 }],
  ['heads inside', { batch: 3, row: 65, term: 64, column: 65 }],
  ['weights for a batch', { batch: 2, row: 65, term: 192, column: 40 }],
  ['gradient of weights', { batch: 5, row: 65, term: 64, column: 96 }],
  ['left transposed', { batch: 1, row: 70, term: 300, column: 50 }],
  ['left transposed', { batch: 1, row: 73, term: 401, column: 41 }],
  ['plain', { batch: 1, row: 2500, term: 300, column: 9 }],
  ['weights for a batch', { batch: 40, row: 65, term: 264, column: 10 }],
] as const)
  law(
    `wasm contracts at the sizes of a network: ${order}, ${sizes.row} rows`,
    fc.record({
      order: fc.constant(order),
      epilogue: fc.constantFrom('none', 'scale and residual', 'residual in another order'),
      sizes: fc.constant(sizes),
      seed: fc.nat({ max: 3 }),
    }),
    async drawn => (await Promise.all(everyExecutor.map(executor => nearOracle(executor, sampleOf(drawn))))).flat(),
    'once',
  )

example('a residual that lies across is read no further than it goes', async () => {
  const rows = 20_000
  const [left, right] = [input('left', { row: rows, term: 4 }), input('right', { term: 4, column: 5 })]
  const across = map('exp', input('across', { column: 5, row: rows }))
  const sum = map('add', reduce('sum', ['term'], map('mul', left, right)), across)
  const inputs = { left, right, across: input('across', { column: 5, row: rows }) }
  const bindings = new Map(
    Object.entries(inputs).map(([name, { shape }], at) => [name, normals(keyOf(at), elements(shape))]),
  )
  for (const executor of everyExecutor)
    for (const comparison of await nearOracle(executor, { roots: [sum, across], bindings }))
      assert.ok(excess(comparison).ratio <= 1, showFailure(comparison))
})
