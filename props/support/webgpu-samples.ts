// Samples for an executor that lives in another process: graphs that are drawn there, from fixed seeds, and compared
// with the oracle there.

import * as fc from 'fast-check'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Run } from '../../lib/index.ts'
import { input, reduce } from '../../lib/language/expression.ts'
import { keyOf, normals } from '../../lib/tree/random.ts'
import { excess, showFailure } from './compare.ts'
import { type Contracted, type Epilogue, epilogues, type Order, orders, sampleOf } from './contractions.ts'
import { nearOracle } from './executed.ts'
import type { Sample } from './graph-shrink.ts'
import { graphs } from './graphs.ts'

const size = fc.constantFrom(1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 33)

const contracted: fc.Arbitrary<Contracted> = fc.record({
  order: fc.constantFrom(...(Object.keys(orders) as Order[])),
  epilogue: fc.constantFrom(...(Object.keys(epilogues) as Epilogue[])),
  sizes: fc.record({ row: size, column: size, term: size, batch: fc.integer({ min: 1, max: 4 }) }),
  seed: fc.nat(),
})

/** Reductions that a workgroup shares: of few results, each of more elements than it has threads. */
const reduced: fc.Arbitrary<Sample> = fc
  .record({
    operation: fc.constantFrom('sum' as const, 'max' as const),
    kept: fc.constantFrom(1, 3, 70),
    long: fc.constantFrom(128, 200, 4099),
    seed: fc.nat(),
  })
  .map(({ operation, kept, long, seed }) => ({
    roots: [reduce(operation, ['long'], input('x', { long, kept }))],
    bindings: new Map([['x', Float64Array.from(normals(keyOf(seed), long * kept))]]),
  }))

const samples = {
  contractions: contracted.map(sampleOf),
  graphs: graphs('real'),
  reductions: reduced,
} satisfies Readonly<Record<string, fc.Arbitrary<Sample>>>

/** Compares an executor with the oracle on so many samples; gives what differs, in words. */
export const againstOracle =
  (
    name: keyof typeof samples,
    count: number,
  ): Run<{ readonly compared: number; readonly failures: readonly string[] }> =>
  executor =>
    TE.fromTask(async () => {
      const failures: string[] = []
      let compared = 0
      for (const sample of fc.sample(samples[name], { numRuns: count, seed: 20261 })) {
        const comparisons = await nearOracle(executor, sample)
        compared += comparisons.length
        failures.push(...comparisons.filter(one => excess(one).ratio > 1).map(showFailure))
      }
      return { compared, failures }
    })
