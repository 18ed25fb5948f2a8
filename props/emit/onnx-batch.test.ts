// Models whose batch is chosen at every run: there is one where the size of the batch matters to nothing, it computes
// what the program does at sizes that it was not printed at, and there is none where the size matters.

import assert from 'node:assert/strict'
import * as O from 'fp-ts/lib/Option.js'
import {
  add,
  at,
  compiler,
  concat,
  dot,
  emit,
  expand,
  fill,
  input,
  iota,
  mean,
  merge,
  mul,
  rename,
  type Sizes,
  slice,
  softmax,
  split,
  sum,
  type Tensor,
} from '../../lib/index.ts'
import { closeTo } from '../support/closeness.ts'
import { example } from '../support/example.ts'
import { runModel, runtimeExample } from '../support/onnx-runtime.ts'

type X = Tensor<'batch' | 'row' | 'column'>
type Program = (x: X, batch: number) => { readonly expr: compiler.Expr }

const rows = 3
const columns = 4

const graphOf =
  (program: Program) =>
  (batch: number): emit.OnnxGraph => {
    const { expr } = program(input('x', { batch, row: rows, column: columns }), batch)
    return { outputs: { y: { value: expr, axes: Object.keys(expr.shape) } }, parameters: new Map() }
  }

const open: Readonly<Record<string, Program>> = {
  'an elementwise function': x => mul(x, x),
  'a product with a constant': x => dot('column')(x, fill({ column: columns, to: 2 }, 0.5)),
  'a product of each with itself': x => dot('column')(x, rename('row', 'other')(x)),
  'a softmax over the columns': x => softmax('column')(x),
  'rows after other rows': x => concat('row')(slice('row', 1, 2)(x), slice('row', 0, 2)(x)),
  'a row, with the columns merged into the batch': x => merge(['batch', 'column'], 'all')(at('row', 1)(x)),
  'columns taken apart': x => sum('half')(split('column', { half: 2, quarter: 2 })(x)),
  'the sum over the batch': x => sum('batch')(x),
  'every pair of the batch, merged': x =>
    merge(['batch', 'other'], 'pair')(dot('row', 'column')(x, rename('batch', 'other')(x))),
}

const closed: Readonly<Record<string, Program>> = {
  'the mean over the batch': x => mean('batch')(x),
  'a number for each of the batch': (x, batch) => add(x, iota('batch', batch)),
  'repetition along the batch': (x, batch) => expand({ batch } as Sizes<'batch'>)(at('batch', 0)(x)),
  'the batch in two parts': (x, batch) => split('batch', { one: 1, each: batch })(x),
  'all but the first of the batch': (x, batch) => slice('batch', 1, batch - 1)(x),
  'every pair of the batch, with the columns in two parts': x =>
    split('column', { half: 2, quarter: 2 })(dot('row')(x, rename('batch', 'other')(sum('column')(x)))),
}

for (const [name, program] of Object.entries(open))
  runtimeExample(`one model for every batch: ${name}`, async () => {
    const model = emit.printDynamic('batch', graphOf(program))
    assert.ok(O.isSome(model), 'there is a model')
    for (const batch of [1, 2, 5]) {
      const data = Float32Array.from({ length: batch * rows * columns }, (_, at) => Math.sin(at))
      const [{ y }] = await runModel(model.value, { x: { dims: [batch, rows, columns], data } })
      const { value } = graphOf(program)(batch).outputs.y
      const [expected] = compiler.evaluate([value], new Map([['x', data]]))
      assert.deepEqual([...y.dims], Object.values(value.shape))
      closeTo(expected, y.data, 1e-6, `batch ${batch}`)
    }
  })

for (const [name, program] of Object.entries(closed))
  example(`no model for every batch: ${name}`, () =>
    assert.ok(O.isNone(emit.printDynamic('batch', graphOf(program))), 'a model for every batch'),
  )
