// The vector functions of wasm against float64: at most two units of the last place over dense and random inputs, the ends
// among them, and the right values where there is no number to round.

import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { wasm } from '../../lib/index.ts'
import { input, map } from '../../lib/language/expression.ts'
import type { ScalarName } from '../../lib/language/node.ts'
import { erf } from '../../lib/numeric/erf.ts'
import { expectRight } from '../golden/executors.ts'
import { executed } from '../support/executed.ts'
import { probesOf, ulpsBetween } from '../support/ulp.ts'

const executors = {
  'with fused multiply-add': await expectRight(wasm({ threads: 'here' })),
  'without it': await expectRight(wasm({ threads: 'here', fused: false })),
}

after(async () => {
  for (const executor of Object.values(executors)) await executor.close()
})

const count = 50_000
const most = 2

const ranges: readonly (readonly [ScalarName, (x: number) => number, low: number, high: number])[] = [
  ['exp', Math.exp, -87, 88.72],
  ['log', Math.log, 2 ** -126, 3.4e38],
  ['log', Math.log, 0.5, 2],
  ['tanh', Math.tanh, -12, 12],
  ['erf', erf, -5, 5],
  ['sin', Math.sin, -100, 100],
  ['cos', Math.cos, -100, 100],
  ['sin', Math.sin, -4, 4],
  ['cos', Math.cos, -4, 4],
  ['sqrt', Math.sqrt, 0, 3.4e38],
  ['recip', x => 1 / x, 2 ** -120, 2 ** 120],
]

const computed = async (executor: (typeof executors)['without it'], operation: ScalarName, x: Float32Array) => {
  const root = map(operation, input('x', { place: x.length }))
  const [values] = await executed(executor, { roots: [root], bindings: new Map([['x', Float64Array.from(x)]]) })
  return values
}

for (const [kind, executor] of Object.entries(executors))
  for (const [operation, exact, low, high] of ranges)
    test(`${operation} from ${low} to ${high} ${kind} is off by at most ${most} ulps`, async context => {
      const x = probesOf(low, high, count)
      const values = await computed(executor, operation, x)
      const off = Array.from(values, (value, at) => ulpsBetween(value, exact(x[at])))
      const worst = off.reduce((found, ulps, at) => (ulps > off[found] ? at : found), 0)
      context.diagnostic(`at most ${off[worst].toFixed(2)} ulps, at ${x[worst]}`)
      assert.ok(off[worst] <= most, `${operation}(${x[worst]}) is ${exact(x[worst])}, came ${values[worst]}`)
    })

const ends: readonly (readonly [ScalarName, number, number])[] = [
  ['exp', Number.NEGATIVE_INFINITY, 0],
  ['exp', -1000, 0],
  ['exp', 0, 1],
  ['exp', 1000, Number.POSITIVE_INFINITY],
  ['exp', Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  ['exp', Number.NaN, Number.NaN],
  ['log', 0, Number.NEGATIVE_INFINITY],
  ['log', 1, 0],
  ['log', -1, Number.NaN],
  ['log', Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  ['log', Number.NaN, Number.NaN],
  ['tanh', 0, 0],
  ['tanh', 100, 1],
  ['tanh', -100, -1],
  ['tanh', Number.NaN, Number.NaN],
  ['erf', 0, 0],
  ['erf', 10, 1],
  ['erf', -10, -1],
  ['erf', Number.POSITIVE_INFINITY, 1],
  ['erf', Number.NaN, Number.NaN],
  ['sin', 0, 0],
  ['cos', 0, 1],
  ['sin', Number.NaN, Number.NaN],
  ['sqrt', -1, Number.NaN],
  ['recip', 0, Number.POSITIVE_INFINITY],
]

for (const [kind, executor] of Object.entries(executors))
  test(`ends and what is no number ${kind}`, async () => {
    for (const [operation, x, expected] of ends) {
      const [value] = await computed(executor, operation, Float32Array.of(x))
      assert.equal(value, expected, `${operation}(${x}): expected ${expected}, came ${value}`)
    }
  })
