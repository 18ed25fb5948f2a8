// What the benchmark makes of what it finds: a wrong result is never a figure, and what is compared is what is said.

import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import { operandsOf } from '../../examples/bench/cases/beginning.ts'
import { contractions, operationsOf } from '../../examples/bench/cases/cases.ts'
import { errorOf } from '../../examples/bench/cases/product-check.ts'
import { findingOf } from '../../examples/bench/cases/protocol.ts'
import { readCommandLine, usualOptions } from '../../examples/bench/command-line.ts'
import { competitors } from '../../examples/bench/competitors.ts'
import { accountOf } from '../../examples/bench/peers/kept-memory.ts'
import { showComparison, showTable } from '../../examples/bench/report.ts'
import { agreeing, resultOf } from '../../examples/bench/results.ts'
import { compiler, dot, gradient, input, type Tensor, total } from '../../lib/index.ts'
import { example } from '../support/example.ts'

example('the command line takes lists, and refuses words that it does not know', () => {
  const read = readCommandLine(['--only', 'wasm,jax', '--sizes', 'small', '--contractions', 'none'], { PYTHON: 'p' })
  const expected = { ...usualOptions, only: ['wasm', 'jax'], sizes: ['small'], contractions: [], python: 'p' }
  assert.deepEqual(read, E.right(expected))
  assert.deepEqual(readCommandLine([], {}), E.right(usualOptions))
  const refused = readCommandLine(['--sizes', 'large'], {})
  assert.ok(E.isLeft(refused) && refused.left.status === 2 && /small,base.*came "large"/.test(refused.left.complaint))
})

example('lines that are no findings are left out', () => {
  assert.deepEqual(findingOf('{"kind":"about","text":"x"}'), { kind: 'about', text: 'x' })
  for (const line of ['hello', '{', '{"kind":"other"}', '{"kind":"step","name":"small"}'])
    assert.equal(findingOf(line), undefined)
})

const product = (name: '128' | '96x65x64x65'): readonly [error: number, spoiled: number] => {
  const shape = contractions[name]
  const { left, right } = operandsOf(shape)
  const { batch, rows, inner, columns } = shape
  const result = Float32Array.from({ length: batch * rows * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns]
    let sum = 0
    for (let k = 0; k < inner; k += 1)
      sum += left.data[row * inner + k] * right.data[(Math.floor(row / rows) * inner + k) * columns + column]
    return sum
  })
  return [
    errorOf(shape, left, right, result),
    errorOf(
      shape,
      left,
      right,
      result.map(value => value + 0.01),
    ),
  ]
}

example('the check of a contraction accepts the right product and no other', () => {
  for (const name of ['128', '96x65x64x65'] as const) {
    const [error, spoiled] = product(name)
    assert.ok(error < 1e-7 && spoiled > 1e-5, `${name}: ${error}, ${spoiled}`)
  }
  const { left, right } = operandsOf(contractions['128'])
  assert.ok(Number.isNaN(errorOf(contractions['128'], left, right, new Float32Array(5))))
})

example('figures are work for each second; wrong products, and steps with another loss, are none', () => {
  const [wasm, , , , , , , jax] = competitors
  const contraction = { kind: 'contraction', name: '128', milliseconds: [2, 1, 4] } as const
  const step = { kind: 'step', name: 'small', milliseconds: [100] } as const
  const right = resultOf(wasm, [
    { ...contraction, error: 0 },
    { ...step, losses: [4] },
  ])
  const wrong = resultOf(jax, [
    { ...contraction, error: 0.1 },
    { ...step, losses: [4.1] },
  ])
  assert.ok(Math.abs(right.figures['128'].median - operationsOf(contractions['128']) / 2e6) < 1e-12)
  assert.equal(right.figures.small.median, 320)
  const [kept, dropped] = agreeing([right, wrong])
  assert.deepEqual(Object.keys(kept.figures), ['128', 'small'])
  assert.deepEqual([Object.keys(dropped.figures), dropped.troubles.length], [[], 2])
  assert.match(showTable([kept, dropped]), /wasm, 1 thread +2\.1 \(3\) +320 \(1\)\njax-js wasm, 1 thread +- +-$/)
})

example('the faster of the rows with two threads is compared with the fastest of the others', () => {
  const found = (milliseconds: number) => [
    { kind: 'step', name: 'small', milliseconds: [milliseconds], losses: [4] } as const,
  ]
  const times = [1, 50, 2, 40, 3, 400, 200, 300, 500, 80, 100]
  const results = competitors.map((competitor, at) => resultOf(competitor, found(times[at])))
  const lines = showComparison(results.filter((_, at) => at !== 4)).split('\n')
  assert.deepEqual(lines.slice(1), [
    '  small: 5.00 times the fastest other JavaScript library, TensorFlow.js wasm, 2 threads',
    '  small: 2.00 times PyTorch, PyTorch CPU, 1 thread',
  ])
})

example('activations that the backward pass reads are counted once, and others not', () => {
  const x: Tensor<'row' | 'column'> = input('x', { row: 4, column: 8 })
  const weight: Tensor<'column' | 'unit'> = input('weight', { column: 8, unit: 16 })
  const hidden = dot('column')(x, weight)
  const loss = total(dot('unit')(hidden, hidden))
  const outputs = { weight: gradient(loss, { weight }).weight.expr, loss: loss.expr }
  const program = compiler.compile()({ outputs, carried: { weight: weight.expr.shape } })
  assert.ok(E.isRight(program))
  const { state, batch, kept, plan } = accountOf(program.right, 'loss')
  assert.deepEqual([state, batch, kept], [4 * 8 * 16, 4 * 4 * 8, 4 * 4 * 16])
  assert.ok(plan >= state + batch + kept)
})
