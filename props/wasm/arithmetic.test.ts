// Multiply and add, fused or apart: where an executor is told to do them apart, no function holds an instruction that
// does both, and a product is rounded before it is added.

import assert from 'node:assert/strict'
import { functionsOf } from '../../lib/backend/wasm/print/template-choice.ts'
import { type compiler, executors } from '../../lib/index.ts'
import { type Expr, input, map, reduce } from '../../lib/language/expression.ts'
import { operationsWhere } from '../../lib/language/scalar.ts'
import { withOpened } from '../golden/every-executor.ts'
import { holds } from '../support/compare.ts'
import { example } from '../support/example.ts'
import { executed } from '../support/executed.ts'
import { graphs } from '../support/graphs.ts'
import { law } from '../support/law.ts'
import { programOf } from '../support/programs.ts'

const relaxed = (program: compiler.Program, fused: boolean): number =>
  program.kernels
    .flatMap((kernel, at) => functionsOf(`kernel${at}`, kernel, { fused }))
    .filter(({ function: one }) => one.text.includes('relaxed')).length

law('no function that is not fused has a relaxed instruction', graphs('real'), ({ roots }) =>
  holds('none', relaxed(programOf(roots, executors.wasmCompile), false) === 0),
)

const x = input('x', { row: 8 })
const factor = input('factor', { term: 2, row: 8 })
const other = input('other', { term: 2, column: 8 })
const product = reduce('sum', ['term'], map('mul', factor, other))

/** What is spelled with multiply and add, if that may be one instruction. */
const spelled: Readonly<Record<string, Expr>> = {
  contraction: product,
  ...Object.fromEntries(operationsWhere(({ heavy }) => heavy).map(name => [name, map(name, x)])),
}

for (const [name, root] of Object.entries(spelled))
  example(`${name} is spelled with fused instructions, or without`, () => {
    const program = programOf([root], executors.wasmCompile)
    assert.deepEqual([relaxed(program, true), relaxed(program, false)], [1, 0])
  })

example('where they are apart, a product is rounded before it is added', async () => {
  /** -(1 + 2^-11) + (1 + 2^-12)^2 is 2^-24; rounded to float32 the square is 1 + 2^-11. */
  const [small, large] = [1 + 2 ** -12, 1 + 2 ** -11]
  const rows = (first: number, second: number) =>
    Float64Array.from({ length: 16 }, (_, at) => (at < 8 ? first : second))
  const bindings = new Map([
    ['factor', rows(-large, small)],
    ['other', rows(1, small)],
  ])
  for (const threads of ['here', 2] as const)
    await withOpened(executors.wasm({ threads, fused: false }), async executor => {
      const [values] = await executed(executor, { roots: [product], bindings })
      assert.ok(
        values.every(value => value === 0),
        `${values[0]}`,
      )
    })
})
