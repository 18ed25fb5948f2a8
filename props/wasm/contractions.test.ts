// Contractions on wasm: every order of the operands that gradients need, sizes that fill no tile, the small batched ones of
// attention, and what is computed with them in one kernel, within the rounding of a sum of products.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import * as fc from 'fast-check'
import { add, gelu, maximum, mul, scale, sub, type Tensor, tensor, wasm, wasmCompile } from '../../lib/index.ts'
import { elements, type Shape } from '../../lib/language/axes.ts'
import { type Expr, input, map, reduce } from '../../lib/language/expression.ts'
import { keyOf, normals } from '../../lib/tree/random.ts'
import { expectRight } from '../golden/executors.ts'
import { excess, showFailure } from '../support/compare.ts'
import { nearOracle } from '../support/executed.ts'
import type { Sample } from '../support/graph-shrink.ts'
import { programOf } from '../support/programs.ts'
import { law } from '../support/run.ts'

const executors = [await expectRight(wasm({ threads: 'here', fused: false })), await expectRight(wasm({ threads: 2 }))]

after(async () => {
  for (const executor of executors) await executor.close()
})

/** Axes of the operands in memory order: plain, one or both transposed, batched outside and inside. */
const orders = {
  plain: [
    ['row', 'term'],
    ['term', 'column'],
  ],
  'left transposed': [
    ['term', 'row'],
    ['term', 'column'],
  ],
  'right transposed': [
    ['row', 'term'],
    ['column', 'term'],
  ],
  'both transposed': [
    ['term', 'row'],
    ['column', 'term'],
  ],
  batched: [
    ['batch', 'row', 'term'],
    ['batch', 'term', 'column'],
  ],
  'batched, right transposed': [
    ['batch', 'row', 'term'],
    ['batch', 'column', 'term'],
  ],
  'heads inside': [
    ['row', 'batch', 'term'],
    ['column', 'batch', 'term'],
  ],
  'weights for a batch': [
    ['batch', 'row', 'term'],
    ['term', 'column'],
  ],
  'gradient of weights': [
    ['batch', 'row', 'term'],
    ['batch', 'row', 'column'],
  ],
} as const satisfies Readonly<Record<string, readonly [readonly string[], readonly string[]]>>

const shapeOf = (axes: readonly string[], sizes: Shape): Shape =>
  Object.fromEntries(axes.map(axis => [axis, sizes[axis]]))

const summed = (order: keyof typeof orders): readonly string[] =>
  order === 'gradient of weights' ? ['batch', 'row'] : ['term']

/** What is computed of a contraction in the same kernel. */
const epilogues = {
  none: (x: Tensor<string>) => x,
  bias: (x: Tensor<string>, bias: Tensor<'column'>) => add(x, bias),
  'bias and GELU': (x: Tensor<string>, bias: Tensor<'column'>) => gelu(add(x, bias)),
  'scale and residual': (x: Tensor<string>, _: Tensor<'column'>, residual: Tensor<string>) =>
    add(scale(0.125)(x), residual),
  'residual in another order': (x: Tensor<string>, _: Tensor<'column'>, __: Tensor<string>, turned: Tensor<string>) =>
    add(x, turned),
  'many steps with residuals in both orders': (
    x: Tensor<string>,
    bias: Tensor<'column'>,
    residual: Tensor<string>,
    turned: Tensor<string>,
  ) => sub(mul(maximum(add(scale(0.125)(x), bias), residual), turned), scale(0.5)(residual)),
  'a long way with residuals in both orders': (
    x: Tensor<string>,
    bias: Tensor<'column'>,
    residual: Tensor<string>,
    turned: Tensor<string>,
  ) => add(gelu(add(gelu(add(x, bias)), residual)), turned),
} as const

interface Case {
  readonly order: keyof typeof orders
  readonly epilogue: keyof typeof epilogues
  readonly sizes: Shape
  readonly seed: number
}

const sampleOf = ({ order, epilogue, sizes, seed }: Case): Sample => {
  const [left, right] = orders[order].map((axes, at) => input(`${at}`, shapeOf(axes, sizes)))
  const product = reduce('sum', summed(order), map('mul', left, right))
  const turned = Object.fromEntries(Object.entries(product.shape).reverse())
  const others = {
    bias: input('bias', { column: sizes.column }),
    residual: input('residual', product.shape),
    turned: input('turned', turned),
  }
  const root = epilogues[epilogue](
    tensor<string>(product),
    tensor<'column'>(others.bias),
    tensor<string>(others.residual),
    tensor<string>(others.turned),
  ).expr
  const data = (node: Expr, at: number): Float64Array =>
    Float64Array.from(normals(keyOf(seed + at), elements(node.shape)))
  const inputs = { 0: left, 1: right, ...others }
  return { roots: [root], bindings: new Map(Object.entries(inputs).map(([name, node], at) => [name, data(node, at)])) }
}

const size = fc.oneof(fc.integer({ min: 1, max: 17 }), fc.constantFrom(31, 32, 33, 48, 65))

const cases: fc.Arbitrary<Case> = fc.record({
  order: fc.constantFrom(...(Object.keys(orders) as (keyof typeof orders)[])),
  epilogue: fc.constantFrom(...(Object.keys(epilogues) as (keyof typeof epilogues)[])),
  sizes: fc.record({ row: size, column: size, term: size, batch: fc.integer({ min: 1, max: 4 }) }),
  seed: fc.nat(),
})

law(
  'wasm contracts in every order of the operands',
  cases,
  async drawn => {
    const sample = sampleOf(drawn)
    const compared = await Promise.all(executors.map(executor => nearOracle(executor, sample)))
    return compared.flat()
  },
  'middling',
)

/** The executors' answers to a case, of which all must be near the oracle's. */
const expectNear = async (sample: Sample): Promise<void> => {
  for (const executor of executors)
    for (const comparison of await nearOracle(executor, sample))
      assert.ok(excess(comparison).ratio <= 1, showFailure(comparison))
}

/** Epilogues of more instructions go through scratch memory. */
const inRegisters = 8

for (const order of ['plain', 'left transposed', 'batched'] as const)
  for (const sizes of [
    { batch: 2, row: 13, term: 7, column: 11 },
    { batch: 2, row: 70, term: 300, column: 50 },
  ])
    test(`many steps in the kernel of a contraction: ${order}, ${sizes.row} rows`, async () => {
      const sample = sampleOf({ order, epilogue: 'many steps with residuals in both orders', sizes, seed: 5 })
      const { kernels } = programOf(sample.roots, wasmCompile)
      assert.ok(kernels.length === 1 && kernels[0].body.length > inRegisters, 'one kernel, too long for registers')
      await expectNear(sample)
    })

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
    async drawn => (await Promise.all(executors.map(executor => nearOracle(executor, sampleOf(drawn))))).flat(),
    'once',
  )

test('a residual that lies across is read no further than it goes', async () => {
  const rows = 20_000
  const [left, right] = [input('left', { row: rows, term: 4 }), input('right', { term: 4, column: 5 })]
  const across = map('exp', input('across', { column: 5, row: rows }))
  const sum = map('add', reduce('sum', ['term'], map('mul', left, right)), across)
  const inputs = { left, right, across: input('across', { column: 5, row: rows }) }
  const bindings = new Map(
    Object.entries(inputs).map(([name, { shape }], at) => [name, normals(keyOf(at), elements(shape))]),
  )
  await expectNear({ roots: [sum, across], bindings })
})
