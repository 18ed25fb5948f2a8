// Scopes in graphs: every node knows the scopes that it was built in, values and cotangents alike, and a scope changes
// nothing of what is computed.

import assert from 'node:assert/strict'
import { add, compiler, exp, gradient, input, mul, scope, square, type Tensor, tanh, total } from '../../lib/index.ts'
import { problem, reals } from '../support/arbitrary.ts'
import { same, sameData } from '../support/compare.ts'
import { example } from '../support/example.ts'
import { law } from '../support/law.ts'

type Tokens = Tensor<'token'>

const weight = input('weight', { token: 3 })

/** Two blocks with a branch each; `named` may name them. */
const network =
  (named: typeof scope) =>
  (x: Tokens): Tokens =>
    [0, 1].reduce((tokens: Tokens, at) => {
      const branch = named('branch')((own: Tokens) => tanh(mul(own, weight)))
      return named(`block ${at}`)((own: Tokens) => add(own, branch(exp(own))))(tokens)
    }, x)

const unnamed: typeof scope = () => f => f

/** The places of the nodes of one kind, in order, each once. */
const placesOf = (tensor: Tensor<never>, operation: string): readonly string[] => {
  const places = compiler.placesOf([tensor.expr])
  const own = [...places].filter(([node]) => node.kind === 'map' && node.operation === operation)
  return [...new Set(own.map(([, place]) => compiler.showPlace(place)))]
}

const x = input('x', { token: 3 })

example('values are in the scopes that they were made in, and out of those that they have left', () => {
  const loss = total(square(network(scope)(x)))
  assert.deepEqual(placesOf(loss, 'tanh'), ['block 0 / branch', 'block 1 / branch'])
  assert.deepEqual(placesOf(loss, 'exp'), ['block 0', 'block 1'])
  assert.deepEqual(placesOf(loss, 'add'), ['block 0', 'block 1'])
  assert.deepEqual(placesOf(loss, 'mul'), ['block 0 / branch', 'block 1 / branch', 'no scope'])
})

example('cotangents are in the gradients of the same scopes, and an optimiser is not among them', () => {
  const slope = gradient(total(network(scope)(x)), { weight }).weight
  assert.ok(placesOf(total(slope), 'mul').includes('the gradient of block 1 / branch'), 'of the branch')
  const moved = scope('optimiser')((g: Tokens) => square(exp(g)))(slope)
  assert.deepEqual(placesOf(total(moved), 'exp').at(-1), 'optimiser')
})

example('a mark is printed with its scope', () => {
  const lines = compiler.showExpressions([gradient(total(scope('loss')(exp<'token'>)(x)), { x }).x.expr])
  assert.match(lines, /= enter loss\(%3\)/)
  assert.match(lines, /= enter gradient of loss\(/)
  assert.match(lines, /= leave gradient of loss\(/)
})

const tokens = problem({ dims: { token: [1, 4] }, tensors: { x: reals('token'), weight: reals('token') } })

law('scopes change no value, no gradient and no program', tokens, ({ x: given }) => {
  const both = [scope, unnamed].map(named => network(named)(input('x', { token: 3 })))
  const programs = both.map(result => compiler.simplify([gradient(total(result), { x }).x.expr, result.expr]))
  const [named, plain] = programs.map(roots => compiler.showExpressions(roots))
  return [
    sameData('simplified', named, plain),
    same(scope('square')(square<'token'>)(given), square(given)),
    same(gradient(total(scope('square')(square<'token'>)(given)), given), gradient(total(square(given)), given)),
  ]
})
