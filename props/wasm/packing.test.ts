// Packing at the end of memory: where the columns of a factor lie far apart and do not fill a vector, what is read in
// place of the missing ones must be there. A read beyond the memory ends the run with an error.

import assert from 'node:assert/strict'
import { functionsOf } from '../../lib/backend/wasm/print/template-choice.ts'
import { executors } from '../../lib/index.ts'
import { elements, type Shape } from '../../lib/language/axes.ts'
import { input, map, reduce } from '../../lib/language/expression.ts'
import { keyOf, normals } from '../../lib/tree/random.ts'
import { withOpened } from '../golden/every-executor.ts'
import { excess, showFailure } from '../support/compare.ts'
import { example } from '../support/example.ts'
import { nearOracle } from '../support/executed.ts'
import { programOf } from '../support/programs.ts'

/**
 * One column more than two vectors; three columns further on is beyond the last page of a memory that ends with this
 * factor.
 */
const factors: Readonly<Record<string, Shape>> = {
  'four sums at a time': { column: 9, batch: 2, term: 4000 },
  'four sums at a time, then the rest': { column: 9, batch: 2, term: 3999 },
  'one sum at a time': { column: 9, term: 4000, batch: 2 },
}

for (const [name, shape] of Object.entries(factors))
  example(`packing reads no column that is not there: ${name}`, async () => {
    const [left, right] = [input('left', { row: 2, batch: 2, term: shape.term }), input('right', shape)]
    const root = reduce('sum', ['term'], map('mul', left, right))
    const kinds = programOf([root], executors.wasmCompile).kernels.flatMap(kernel =>
      functionsOf('f', kernel, { fused: false }),
    )
    assert.deepEqual(
      kinds.map(({ kind }) => kind),
      ['contraction'],
    )
    const bindings = new Map(
      [left, right].map((node, at) => [['left', 'right'][at], normals(keyOf(at), elements(node.shape))]),
    )
    await withOpened(executors.wasm({ threads: 'here', fused: false }), async executor => {
      for (const comparison of await nearOracle(executor, { roots: [root], bindings }))
        assert.ok(excess(comparison).ratio <= 1, showFailure(comparison))
    })
  })
