// Thread dimensions of gpu.js kernels: buffers whose axes are cut into two and three groups of different sizes, which
// random graphs are too small for, written element by element and read again by another kernel. And what a division of
// indices reads like.

import assert from 'node:assert/strict'
import { after } from 'node:test'
import { compiler, executors } from '../../lib/index.ts'
import type { Shape } from '../../lib/language/axes.ts'
import { type Expr, input, iota, map, merge, reduce, slice } from '../../lib/language/expression.ts'

import { excess, showFailure } from '../support/compare.ts'
import { example } from '../support/example.ts'
import { executed } from '../support/executed.ts'
import { probeData } from '../support/probes.ts'
import { programOf, sameOutputs } from '../support/programs.ts'
import { expectRight } from '../support/results.ts'

const executor = await expectRight(executors.gpu('cpu'))
after(() => executor.close())

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

for (const [name, shape] of Object.entries(shapes))
  example(`every element is computed in its place and read there: ${name}`, async () => {
    const x = input('x', shape)
    const [slowest] = Object.keys(shape)
    const moved = map('add', x, iota(slowest, shape[slowest]))
    const roots = [moved, slice(slowest, 1, 2, map('neg', moved)), reduce('max', [slowest], moved)]
    assert.equal(dimensionsOf(roots), name.split(' by ').length)
    const sample = { roots, bindings: new Map([['x', probeData(shape, 0)]]) }
    for (const comparison of sameOutputs(sample, await executed(executor, sample)))
      assert.ok(excess(comparison).ratio <= 1, showFailure(comparison))
  })

example('an index is divided by a size after a half is added, for float32 may put the quotient just below', () => {
  const x = input('x', { row: 60, column: 9 })
  const roots = [merge(['column', 'row'], 'place', x), map('add', x, iota('row', 60))]
  const quotients = compiler.showGpuSource(programOf(roots)).match(/Math\.floor\(.*? \/ \d+\)/g) ?? []
  assert.ok(quotients.length >= 2, 'there are divisions')
  for (const quotient of quotients) assert.match(quotient, /^Math\.floor\(\(.* \+ 0\.5\) \/ \d+\)$/)
})
