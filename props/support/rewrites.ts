// Directed cases of the simplifier: one expression and what it becomes. A case is a test of two things, that the values
// stay to the bit and that the simple form, as text, is the one expected; where nothing may happen, `stays` expects the
// expression itself. Values are whole quarters, none of them zero, so that sums and products of a few of them are
// exact.
//
//   becomes('x + 0 = x', map('add', x, constant(0)), x)

import assert from 'node:assert/strict'
import type { Expr } from '../../lib/language/expression.ts'
import { share } from '../../lib/language/share.ts'
import { showExpressions } from '../../lib/language/show.ts'
import { simplify } from '../../lib/transform/simplify.ts'
import { excess, sameNumbers, showFailure } from './compare.ts'
import { example } from './example.ts'
import { inputsOf, probeData } from './probes.ts'
import { evaluated } from './tensors.ts'

/** The value of an expression, each of whose inputs has numbers of its own, in the order of `given`'s axes. */
const valueOf = (expression: Expr, given: Expr): Float64Array => {
  const bindings = inputsOf([given]).map(({ name, shape }, at): [string, Float64Array] => [name, probeData(shape, at)])
  return evaluated([expression], new Map(bindings), [given.shape])[0]
}

/** Defines a test: simplified, `given` has the values that it had, and reads as `expected` does. */
export const becomes = (name: string, given: Expr, expected: Expr): void => {
  example(name, () => {
    const [simple] = simplify([given])
    const values = sameNumbers(valueOf(simple, given), valueOf(given, given), name, given.shape)
    assert.ok(excess(values).ratio <= 1, showFailure(values))
    assert.equal(showExpressions([simple]), showExpressions(share([expected])))
  })
}

/** Defines a test: nothing in `given` is simplified. */
export const stays = (name: string, given: Expr): void => becomes(name, given, given)
