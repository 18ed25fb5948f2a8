// Kernels that have no nest, which wasm computes element by element: a padding of merged axes, taken apart again, alone
// or in a reduction, and one padding within another.

import { after } from 'node:test'
import * as fc from 'fast-check'
import { functionsOf } from '../../lib/backend/wasm/print/template-choice.ts'
import { executors } from '../../lib/index.ts'
import { elements } from '../../lib/language/axes.ts'
import { type Expr, input, iota, map, merge, pad, reduce, rename, split } from '../../lib/language/expression.ts'
import { keyOf, normals } from '../../lib/tree/random.ts'

import { type Comparison, holds } from '../support/compare.ts'
import { nearOracle } from '../support/executed.ts'
import { law } from '../support/law.ts'
import { programOf } from '../support/programs.ts'
import { expectRight } from '../support/results.ts'

const everyExecutor = [
  await expectRight(executors.wasm({ threads: 'here', fused: false })),
  await expectRight(executors.wasm({ threads: 2 })),
]

after(async () => {
  for (const executor of everyExecutor) await executor.close()
})

interface Case {
  readonly rows: number
  readonly columns: number
  readonly before: number
  readonly parts: number
  readonly seed: number
}

const cases: fc.Arbitrary<Case> = fc.record({
  rows: fc.integer({ min: 2, max: 5 }),
  columns: fc.integer({ min: 2, max: 6 }),
  before: fc.integer({ min: 1, max: 4 }),
  parts: fc.integer({ min: 2, max: 5 }),
  seed: fc.nat(),
})

/** Two axes merged, padded to a multiple of `parts` elements, and taken apart where neither axis begins or ends. */
const turned = (operand: Expr, { rows, columns, before, parts }: Case): Expr => {
  const size = Math.ceil((rows * columns + before + 1) / parts) * parts
  const padded = pad('place', before, size - before - rows * columns, merge(['row', 'column'], 'place', operand))
  return split('place', { group: size / parts, of: parts }, padded)
}

/** What is computed of a padding: everything that a kernel may hold, with a padding inside another. */
const forms: Readonly<Record<string, (x: Expr, given: Case) => Expr>> = {
  alone: turned,
  mapped: (x, given) => map('add', map('erf', turned(x, given)), iota('group', turned(x, given).shape.group)),
  summed: (x, given) => map('tanh', reduce('sum', ['of'], map('mul', turned(x, given), iota('of', given.parts)))),
  'greatest of all': (x, given) => reduce('max', ['group', 'of'], map('sin', turned(x, given))),
  twice: (x, given) => {
    const { group, of } = turned(x, given).shape
    const again = { ...given, rows: of, columns: group, parts: given.parts + 1 }
    return turned(rename({ of: 'row', group: 'column' }, map('exp', turned(x, given))), again)
  },
}

const isComputed = (form: string) => async (given: Case) => {
  const x = input('x', { row: given.rows, column: given.columns })
  const root = forms[form](x, given)
  const values = Float64Array.from(normals(keyOf(given.seed), elements(x.shape)))
  const sample = { roots: [root], bindings: new Map([['x', values]]) }
  const kinds = programOf([root]).kernels.flatMap((kernel, at) =>
    functionsOf(`kernel${at}`, kernel, { fused: false }).map(({ kind }) => kind),
  )
  const compared = await Promise.all(everyExecutor.map(executor => nearOracle(executor, sample)))
  return [holds('it is the fallback', kinds.includes('fallback')), ...compared.flat()] satisfies readonly Comparison[]
}

for (const form of Object.keys(forms))
  law(`wasm computes a padding that no loop nest has, ${form}`, cases, isComputed(form), 'dear')
