// The table of operations tells the truth, row by row: values are finite in the domain, slopes at most the steepest,
// what rises rises, what is integral gives whole numbers, and every operation is known to what bounds errors and
// values. A new operation is held to all of it by having a row.

import assert from 'node:assert/strict'
import { input, map, reduce } from '../../lib/language/expression.ts'
import { operationsWhere, type Scalar, scalars } from '../../lib/language/scalar.ts'
import { gradients } from '../../lib/transform/gradient.ts'
import { hasBound } from '../support/error-bound.ts'
import { example } from '../support/example.ts'
import { hasInterval } from '../support/intervals.ts'
import { evaluated } from '../support/tensors.ts'
import { probesOf } from '../support/ulp.ts'

const count = 2000

/** Operands throughout a row's domain, in order. */
const probed = ({ domain: [low, high] }: Scalar): Float64Array => Float64Array.from(probesOf(low, high, count)).sort()

for (const name of operationsWhere(() => true)) {
  const row = scalars[name]

  example(`${name}: errors and values of it are known`, () => {
    assert.ok(hasBound(name), 'support/error-bound.ts knows no bound')
    assert.ok(hasInterval(name), 'support/intervals.ts knows no interval')
  })

  example(`${name}: whole numbers give whole numbers, if its row says so`, () => {
    const wholes = Array.from({ length: 11 }, (_, at) => at - 5)
    const stays = wholes.every(x => wholes.every(y => Number.isInteger(row.value(x, y, 3))))
    assert.equal(stays, row.integral)
  })

  example(`${name}: is finite throughout its domain`, () => {
    const second = row.arity > 1 ? 0.75 : 0
    for (const x of probed(row)) assert.ok(Number.isFinite(row.value(x, second, 0)), `${name}(${x})`)
  })

  if (row.arity === 1)
    example(`${name}: rises or falls as its row says, and is no steeper`, () => {
      const x = probed(row)
      const values = Array.from(x, one => row.value(one, 0, 0))
      if (row.monotone === 'rising') assert.ok(values.every((value, at) => at === 0 || value >= values[at - 1]))
      if (row.monotone === 'falling') assert.ok(values.every((value, at) => at === 0 || value <= values[at - 1]))
      const operand = input('x', { place: x.length })
      const [slope] = gradients(reduce('sum', ['place'], map(name, operand)), [operand])
      const slopes = evaluated([slope], new Map([['x', x]]), [{ place: x.length }])[0]
      assert.ok(slopes.every(one => Math.abs(one) <= row.steepest * (1 + 1e-12)))
      if (row.gentle !== undefined)
        for (const [at, one] of x.entries())
          if (one >= row.gentle[0] && one <= row.gentle[1]) assert.ok(Math.abs(slopes[at]) <= 150, `${name}'(${one})`)
    })
}
