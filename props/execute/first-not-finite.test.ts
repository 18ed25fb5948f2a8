// The first value that is not finite is found on every executor, named by its operation, its scope and its inputs, also
// in gradients, and not taken for one that follows from it.

import assert from 'node:assert/strict'
import * as O from 'fp-ts/lib/Option.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  abs,
  add,
  array,
  compiler,
  constant,
  type Executor,
  executors,
  exp,
  gradient,
  input,
  log,
  mul,
  neg,
  scale,
  scope,
  shift,
  sqrt,
  sum,
  type Tensor,
  total,
  where,
} from '../../lib/index.ts'
import type { Expr } from '../../lib/language/expression.ts'
import { tensor } from '../../lib/language/tensor.ts'
import { postorder } from '../../lib/language/walk.ts'
import { withOpened } from '../golden/every-executor.ts'
import { sameData } from '../support/compare.ts'
import { example } from '../support/example.ts'
import { replaceNode } from '../support/graph-shrink.ts'
import { graphs } from '../support/graphs.ts'
import { law, outside } from '../support/law.ts'
import { expectRight } from '../support/results.ts'

type TokenAxis = 'token' | 'feature'
type Tokens = Tensor<TokenAxis>

const weight = input('weight', { feature: 2, hidden: 2 })
const x: Tokens = input('x', { token: 2, feature: 2 })

/** Two blocks, each with an attention, whose exponentials overflow for large tokens. */
const block = (at: number) =>
  scope(`block ${at}`)((tokens: Tokens) => {
    const grown = scope('attention')((own: Tokens) => mul(exp(own), sum('hidden')(weight)))(tokens)
    return add(tokens, scale(2)(grown))
  })

const values = (...tokens: readonly number[]) =>
  new Map([
    ['x', Float32Array.from(tokens)],
    ['weight', Float32Array.of(1, 1, 1, 1)],
  ])

const showFound = ({ operation, place }: executors.NotFinite): string => `${operation} in ${compiler.showPlace(place)}`

/** Operation, place and inputs of what is found. */
const found = async (roots: readonly Tensor<never>[], given: ReturnType<typeof values>, executor: Executor) => {
  const first = await expectRight(
    executors.firstNotFinite(
      roots.map(({ expr }) => expr),
      given,
    )(executor),
  )
  return O.isNone(first) ? [] : [first.value.operation, compiler.showPlace(first.value.place), ...first.value.from]
}

const loss = total(block(1)(block(0)(x)))

for (const [name, open] of Object.entries({
  reference: TE.right(executors.reference),
  'one thread': executors.wasm({ threads: 1 }),
  'two threads': executors.wasm({ threads: 2 }),
}))
  example(`what float32 cannot hold is found where it is made first, on ${name}`, () =>
    withOpened(open, async executor => {
      assert.deepEqual(await found([loss], values(0, 1, 0, 1), executor), [])
      assert.deepEqual(await found([loss], values(0, 4, 0, 1), executor), ['exp', 'block 1 / attention', 'x', 'weight'])
      assert.deepEqual(await found([loss], values(0, 99, 0, 1), executor), ['exp', 'block 0 / attention', 'x'])
    }),
  )

example('a value that is given is named with the place where it is read first', async () => {
  const given = values(0, 1, Number.NaN, 1)
  assert.deepEqual(await found([loss], given, executors.reference), ['input "x"', 'block 0 / attention', 'x'])
  const { at } = O.toNullable(await expectRight(executors.firstNotFinite([loss.expr], given)(executors.reference)))!
  assert.equal(at, 2)
})

example('a gradient is searched too: that of a root at 0 is none', async () => {
  const rooted = scope('root')((own: Tokens) => mul(own, sqrt(own)))(x)
  const slope = total(gradient(total(rooted), { x }).x)
  assert.deepEqual(await found([slope], values(1, 2, 3, 4), executors.reference), [])
  assert.deepEqual(await found([slope], values(1, 0, 3, 4), executors.reference), ['recip', 'root', 'x'])
})

example('a gradient that is too long is found in the gradient of its scope', async () => {
  const far = ['low', 'middle', 'high'].reduce((own: Tokens, name) => scope(name)(scale(1e20)<TokenAxis>)(own), x)
  const slope = total(gradient(total(far), { x }).x)
  assert.deepEqual(await found([slope], values(0, 1e-30, 0, 0), executors.reference), ['mul', 'the gradient of middle'])
  assert.deepEqual(await found([total(far)], values(0, 1e-30, 0, 0), executors.reference), [])
})

example('a value that nothing depends on is not searched for', async () => {
  const hidden = where(constant(1), sum('token', 'feature')(x), total(log(array({ token: 1 }, [-1]))))
  assert.deepEqual(await found([hidden], values(1, 2, 3, 4), executors.reference), [])
})

/** The logarithm of a negative number in the place of a value, in a scope of its own. */
const poisoned = (node: Expr): Expr =>
  scope('poison')((own: Tensor<never>) => log(neg(shift(1)(abs(own)))))(tensor<never>(node)).expr

law('one poisoned value of a random graph is the one that is found', graphs('smooth'), async ({ roots, bindings }) => {
  const order = postorder(roots)
  const chosen = order[Math.floor(order.length / 2)]
  const spoilt = replaceNode(roots, chosen, poisoned(chosen))
  const results = compiler.evaluate(spoilt, bindings)
  const first = await expectRight(executors.firstNotFinite(spoilt, bindings)(executors.reference))
  if (results.every(values => values.every(Number.isFinite))) return outside
  return sameData('found', O.toUndefined(O.map(showFound)(first)), 'log in poison')
})

law('nothing is found in a random graph, which is finite', graphs('real'), async ({ roots, bindings }) =>
  sameData(
    'found',
    O.toUndefined(await expectRight(executors.firstNotFinite(roots, bindings)(executors.reference))),
    undefined,
  ),
)
