// Dimensions of more elements than random graphs have: graphs widened by an axis, on the executors that every machine
// has or that are named, in Node and in a page. And buffers whose axes are cut into two and three groups of different
// sizes, written element by element and read again by another kernel.

import assert from 'node:assert/strict'
import { after } from 'node:test'
import { compiler, executors } from '../../lib/index.ts'
import type { Shape } from '../../lib/language/axes.ts'
import { type Expr, input, iota, map, reduce, slice } from '../../lib/language/expression.ts'
import { chosenOr } from '../golden/every-executor.ts'
import { excess, showFailure } from '../support/compare.ts'
import { example } from '../support/example.ts'
import { executed, nearOracle } from '../support/executed.ts'
import { law } from '../support/law.ts'
import { probeData } from '../support/probes.ts'
import { programOf, sameOutputs } from '../support/programs.ts'
import { expectRight } from '../support/results.ts'
import { wideGraphs } from '../support/wide-graphs.ts'

/** Sizes by the dimensions that they give: z, y and x as gpu.js has them. */
const shapes: Readonly<Record<string, Shape>> = {
  '70 by 5000': { row: 70, column: 5000 },
  '5000 by 70': { row: 5000, column: 70 },
  '4500 by 96, of four axes': { page: 90, row: 50, column: 8, place: 12 },
  '3 by 2^18 by 2': { page: 3, row: 2 ** 18, column: 2 },
}

/** How many dimensions the output of a program's kernels has at most. */
const dimensionsOf = (roots: readonly Expr[]): number =>
  ['x', 'y', 'z'].filter(name =>
    compiler.showGpuSource(programOf(compiler.simplify(roots))).includes(`this.thread.${name}`),
  ).length

for (const [name, open] of Object.entries(chosenOr({ 'gpu:cpu': executors.gpu('cpu') }))) {
  const executor = await expectRight(open)
  after(() => executor.close())
  law(`${name} computes wide graphs`, wideGraphs(8), sample => nearOracle(executor, sample), 'dear')
  for (const [sizes, shape] of Object.entries(shapes))
    example(`${name} computes every element in its place and reads it there: ${sizes}`, async () => {
      const x = input('x', shape)
      const [slowest] = Object.keys(shape)
      const moved = map('add', x, iota(slowest, shape[slowest]))
      const roots = [moved, slice(slowest, 1, 2, map('neg', moved)), reduce('max', [slowest], moved)]
      assert.equal(dimensionsOf(roots), sizes.split(' by ').length)
      const sample = { roots, bindings: new Map([['x', probeData(shape, 0)]]) }
      for (const comparison of sameOutputs(sample, await executed(executor, sample)))
        assert.ok(excess(comparison).ratio <= 1, showFailure(comparison))
    })
}
