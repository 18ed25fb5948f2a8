// What goes wrong in silence in gpu.js, pinned: that programs here are right where
// kernels written by hand would fall into the trap, on the modes that every machine has, and, where it is cheap to
// show, that the trap is still there. What only a GPU gets wrong is pinned on the generated source.

import assert from 'node:assert/strict'
import { after } from 'node:test'
import * as E from 'fp-ts/lib/Either.js'
import {
  add,
  compiler,
  constant,
  executors,
  input,
  iota,
  merge,
  mul,
  type Scalar,
  slice,
  split,
  sum,
  type Tensor,
  tanh,
} from '../../lib/index.ts'
import type { Expr } from '../../lib/language/expression.ts'
import { example } from '../support/example.ts'
import { executed } from '../support/executed.ts'
import { programOf } from '../support/programs.ts'
import { expectRight } from '../support/results.ts'

const everyExecutor = {
  cpu: await expectRight(executors.gpu('cpu')),
  webasm: await expectRight(executors.gpu('webasm')),
}

after(async () => {
  for (const executor of Object.values(everyExecutor)) await executor.close()
})

type Data = Readonly<Record<string, Float64Array>>

/** Checks on both modes what some expressions are. */
const pinned = (
  name: string,
  roots: readonly { readonly expr: Expr }[],
  data: Data,
  expected: readonly (readonly number[])[],
) => {
  for (const [mode, executor] of Object.entries(everyExecutor))
    example(`${name}, ${mode}`, async () => {
      const exprs = roots.map(({ expr }) => expr)
      const values = await executed(executor, { roots: exprs, bindings: new Map(Object.entries(data)) })
      assert.deepEqual(
        values.map(value => Array.from(value)),
        expected,
      )
    })
}

const numbers = (count: number, value: (at: number) => number): Float64Array =>
  Float64Array.from({ length: count }, (_, at) => value(at))

const long = input('x', { place: 5000 })
pinned('a loop of more than 1000 turns runs to its end', [sum('place')(long)], { x: numbers(5000, () => 1) }, [[5000]])

const wide = input('x', { row: 70, column: 70 })
pinned('so does a loop within a loop', [sum('row', 'column')(wide)], { x: numbers(4900, () => 1) }, [[4900]])

const square = <A extends string>(x: Tensor<A>): Tensor<A> => mul(x, x)
pinned('an index with a fraction is not cut to a whole number', [square(add(iota('place', 4), constant(0.5)))], {}, [
  [0.25, 2.25, 6.25, 12.25],
])

const [short, longer] = [input('short', { place: 3 }), input('long', { place: 5 })]
pinned(
  'the same computation at two sizes is two kernels',
  [add(short, constant(1)), add(longer, constant(1))],
  { short: numbers(3, at => at), long: numbers(5, at => at) },
  [
    [1, 2, 3],
    [1, 2, 3, 4, 5],
  ],
)

const table = input('x', { row: 2, column: 6 })
pinned(
  'what was written in two dimensions is read in one, and in three',
  [
    add(merge(['row', 'column'], 'place')(add(table, constant(1))), constant(1)),
    add(split('column', { page: 2, rest: 3 })(add(table, constant(1))), constant(1)),
  ],
  { x: numbers(12, at => at) },
  [Array.from({ length: 12 }, (_, at) => at + 2), Array.from({ length: 12 }, (_, at) => at + 2)],
)

const large = input('x', { row: 4097, column: 4096 })
pinned(
  'elements beyond the 2^24th are found',
  [slice('column', 4093, 3)(slice('row', 4096, 1)(large))],
  { x: numbers(4097 * 4096, at => at % 1021) },
  [[0, 1, 2].map(at => (4096 * 4096 + 4093 + at) % 1021)],
)

const many = Array.from({ length: 20 }, (_, at) => input(`x${at}`, { place: 2 }))
pinned(
  'more inputs than a kernel can bind are read by several',
  [many.reduce((left, right) => add(left, right))],
  Object.fromEntries(many.map((_, at) => [`x${at}`, numbers(2, place => at + place)])),
  [[190, 210]],
)

const words = input('half', { float: 2, texture: 2 })
pinned('names of shading languages are names like others', [add(words, words)], { half: numbers(4, at => at) }, [
  [0, 2, 4, 6],
])

pinned(
  'no number and infinity pass through',
  [add(input('x', { place: 3 }), constant(1))],
  { x: Float64Array.of(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY) },
  [[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]],
)

pinned('tanh does not overflow', [tanh(input('x', { place: 2 }))], { x: Float64Array.of(90, -90) }, [[1, -1]])

example('tanh is spelled out over a bounded argument, for drivers overflow in theirs', () => {
  const source = compiler.showGpuSource(programOf([tanh(input('x', { place: 2 })).expr]))
  assert.doesNotMatch(source, /Math\.tanh/)
  assert.match(source, /Math\.min\(Math\.abs\(\w+\), 12\)/)
})

example('every loop of a source goes from 0 to a literal, and no source has a helper function', () => {
  const x = input('x', { row: 3, term: 40 })
  const product: Tensor<'row'> = sum('term')(mul(x, input('y', { term: 40 })))
  const source = compiler.showGpuSource(programOf([sum('row')(product).expr, product.expr]))
  const loops = source.match(/for \(.*\)/g) ?? []
  assert.ok(loops.length > 0)
  for (const loop of loops) assert.match(loop, /^for \(let \w+ = 0; \w+ < \d+; \w+\+\+\)/)
  assert.equal(source.match(/function/g)?.length, source.match(/function kernel\(/g)?.length)
})

example('no kernel reads more than seven inputs', () => {
  const total: Scalar = sum('place')(many.reduce((left, right) => mul(left, right)))
  const compiled = compiler.compile(compiler.usualCompile)({ outputs: { total: total.expr }, carried: {} })
  assert.ok(E.isRight(compiled))
  for (const { inputs } of compiled.right.kernels) assert.ok(inputs.length <= 7)
})

example('results of one run do not change with the next', async () => {
  for (const executor of Object.values(everyExecutor)) {
    const { expr } = add(input('x', { place: 2 }), constant(1))
    const loaded = await expectRight(executor.load({ outputs: { y: expr }, carried: {} }))
    const first = await expectRight(loaded.run(new Map([['x', Float32Array.of(1, 2)]])))
    await expectRight(loaded.run(new Map([['x', Float32Array.of(5, 6)]])))
    assert.deepEqual(Array.from(first.get('y')!), [2, 3])
  }
})

example('a program of many kernels takes one memory in the WebAssembly mode', async () => {
  const original = WebAssembly.Memory
  let made = 0
  WebAssembly.Memory = new Proxy(original, {
    construct: (target, [descriptor]) => {
      made += 1
      return new target(descriptor)
    },
  })
  try {
    const roots = Array.from({ length: 150 }, (_, at) => sum('place')(input(`x${at}`, { place: 3 + at })).expr)
    const bindings = new Map(roots.map((_, at) => [`x${at}`, numbers(3 + at, () => 1)]))
    const values = await executed(everyExecutor.webasm, { roots, bindings })
    assert.deepEqual(
      values.map(([value]) => value),
      roots.map((_, at) => 3 + at),
    )
    assert.ok(made <= 2, `${made} memories`)
  } finally {
    WebAssembly.Memory = original
  }
})

for (const mode of ['headlessgl', 'webgl2'] as const)
  example(`${mode}, where it is not there, is an error with a reason and never another mode`, async context => {
    const opened = await executors.gpu(mode)()
    if (E.isRight(opened)) return context.diagnostic(`${mode} works here`)
    assert.equal(opened.left.kind, 'unavailable')
    assert.ok(opened.left.kind === 'unavailable' && opened.left.reason.length > 10)
  })

example('an executor that nobody knows is an error that lists those there are', async () => {
  const opened = await executors.openExecutor('gpu:metal')()
  assert.ok(E.isLeft(opened) && opened.left.kind === 'unknown executor')
  assert.ok(opened.left.known.includes('gpu:webgpu'))
})

type PlainKernel = (...inputs: readonly unknown[]) => ArrayLike<number>

/** A kernel written by hand. */
const byHand = async (mode: 'cpu' | 'webasm', source: string, output: readonly number[]): Promise<PlainKernel> => {
  const { GPU } = await import('gpu.js')
  const gpuJs = new GPU({ mode: mode as 'cpu' })
  return gpuJs.createKernel(source as never, { output: [...output] }) as PlainKernel
}

example('the trap is still there: a loop to an argument stops at 1000', async () => {
  const source = 'function kernel(n) { let s = 0; for (let i = 0; i < n; i++) { s += 1; } return s; }'
  for (const mode of ['cpu', 'webasm'] as const) {
    const [turns] = Array.from(await (await byHand(mode, source, [1]))(5000))
    assert.equal(turns, 1000)
  }
})

example('the trap is still there: an argument that begins with the thread index loses its fraction', async () => {
  const source = `function kernel() {
    function sq(v) { return v * v; }
    return sq(this.thread.x + 0.5);
  }`
  const [first] = Array.from(await (await byHand('webasm', source, [4]))())
  assert.notEqual(first, 0.25)
})
