// The operations of one operand on wasm against float64: as close as the table of operations says, over dense and
// random inputs of the whole domain, the ends among them, and the right values where there is no number to round.

import assert from 'node:assert/strict'
import { after } from 'node:test'
import { executors } from '../../lib/index.ts'
import { input, map } from '../../lib/language/expression.ts'
import type { ScalarName } from '../../lib/language/node.ts'
import { type Interval, operationsWhere, scalars } from '../../lib/language/scalar.ts'
import { example } from '../support/example.ts'
import { executed } from '../support/executed.ts'
import { expectRight } from '../support/results.ts'
import { probesOf, ulpsBetween } from '../support/ulp.ts'

const everyExecutor = {
  'with fused multiply-add': await expectRight(executors.wasm({ threads: 'here' })),
  'without it': await expectRight(executors.wasm({ threads: 'here', fused: false })),
}

after(async () => {
  for (const executor of Object.values(everyExecutor)) await executor.close()
})

const count = 50_000

/** The operations of one operand, and where each is tried: throughout its domain, and where networks are. */
const tried = operationsWhere(({ arity }) => arity === 1).flatMap(name => {
  const { domain } = scalars[name]
  const usual: Interval = [Math.max(domain[0], -5), Math.min(domain[1], 5)]
  return [domain, usual].map(([low, high]) => ({ name, low, high }))
})

const computed = async (executor: (typeof everyExecutor)['without it'], operation: ScalarName, x: Float32Array) => {
  const root = map(operation, input('x', { place: x.length }))
  const [values] = await executed(executor, { roots: [root], bindings: new Map([['x', Float64Array.from(x)]]) })
  return values
}

const exact = (operation: ScalarName, x: number): number => scalars[operation].value(x, 0, 0)

for (const [kind, executor] of Object.entries(everyExecutor))
  for (const { name, low, high } of tried)
    example(`${name} from ${low} to ${high} ${kind} is as close as its row says`, async context => {
      const most = scalars[name].ulps.float32
      const x = probesOf(low, high, count)
      const values = await computed(executor, name, x)
      const off = Array.from(values, (value, at) => ulpsBetween(value, exact(name, x[at])))
      const worst = off.reduce((found, ulps, at) => (ulps > off[found] ? at : found), 0)
      context.diagnostic(`at most ${off[worst].toFixed(2)} ulps, at ${x[worst]}`)
      assert.ok(off[worst] <= most, `${name}(${x[worst]}) is ${exact(name, x[worst])}, came ${values[worst]}`)
    })

const { NEGATIVE_INFINITY, NaN: notANumber, POSITIVE_INFINITY } = Number
const ends = [NEGATIVE_INFINITY, -1000, -1, 0, 1, 1000, POSITIVE_INFINITY, notANumber]

/** What has no neighbour to be mistaken for: nothing, one, an infinity, or no number at all. */
const isSharp = (value: number): boolean => !Number.isFinite(value) || [0, 1].includes(Math.abs(Math.fround(value)))

for (const [kind, executor] of Object.entries(everyExecutor))
  example(`ends and what is no number ${kind}`, async () => {
    for (const operation of operationsWhere(({ arity }) => arity === 1)) {
      const sharp = ends.filter(x => isSharp(exact(operation, x)))
      assert.ok(sharp.length > 0, operation)
      const values = await computed(executor, operation, Float32Array.from(sharp))
      for (const [at, x] of sharp.entries()) {
        const [expected, came] = [exact(operation, x), values[at]]
        assert.ok(
          Object.is(Math.fround(expected), came) || (came === 0 && Math.fround(expected) === 0),
          `${operation}(${x}): expected ${expected}, came ${came}`,
        )
      }
    }
  })
