// Ill-sized graphs: building never throws, whatever is wrong; `check` reports every fault with its operation, its axis,
// what was expected, what came, the shapes met, and the scopes around it.

import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import { compiler, demand, type ShapeError, scope, showShapeError, type Tensor } from '../../lib/index.ts'
import * as e from '../../lib/language/expression.ts'
import { tensor } from '../../lib/language/tensor.ts'
import { gradients } from '../../lib/transform/gradient.ts'
import { holds } from '../support/compare.ts'
import { example } from '../support/example.ts'
import { replaceNode } from '../support/graph-shrink.ts'
import { graphs } from '../support/graphs.ts'
import { law } from '../support/law.ts'
import { inputsOf, objective } from '../support/probes.ts'

const x = e.input('x', { batch: 4, token: 6 })
const y = e.input('y', { token: 5, feature: 3 })

const faultsOf = (...roots: readonly e.Expr[]): readonly ShapeError[] => {
  const checked = compiler.check(roots)
  return E.isLeft(checked) ? checked.left : []
}

/** One operation for each thing that can be wrong, and the one fault that it must give. */
const cases: readonly (readonly [broken: e.Expr, fault: Omit<ShapeError, 'path'>])[] = [
  [e.map('add', x, y), { operation: 'add', axis: 'token', expected: '6', came: '5', shapes: [x.shape, y.shape] }],
  [
    e.map('select', x, x, y),
    { operation: 'select', axis: 'token', expected: '6', came: '5', shapes: [x.shape, x.shape, y.shape] },
  ],
  [
    e.reduce('sum', ['feature'], x),
    { operation: 'sum', axis: 'feature', expected: 'an axis of the operand', came: 'none', shapes: [x.shape] },
  ],
  [
    e.reduce('max', ['token', 'feature'], x),
    { operation: 'max', axis: 'feature', expected: 'an axis of the operand', came: 'none', shapes: [x.shape] },
  ],
  [
    e.expand({ token: 2 }, x),
    { operation: 'expand', axis: 'token', expected: 'a new axis', came: 'one that the operand has', shapes: [x.shape] },
  ],
  [
    e.expand({ copy: 0 }, x),
    { operation: 'expand', axis: 'copy', expected: 'a whole size of at least 1', came: '0', shapes: [] },
  ],
  [
    e.rename({ feature: 'unit' }, x),
    { operation: 'rename', axis: 'feature', expected: 'an axis of the operand', came: 'none', shapes: [x.shape] },
  ],
  [
    e.rename({ token: 'batch' }, x),
    { operation: 'rename', axis: 'batch', expected: 'a new axis', came: 'one that the operand has', shapes: [x.shape] },
  ],
  [
    e.split('token', { row: 4, column: 2 }, x),
    {
      operation: 'split',
      axis: 'token',
      expected: '6',
      came: '8',
      shapes: [x.shape, { row: 4, column: 2 }],
    },
  ],
  [
    e.split('feature', { row: 1 }, x),
    { operation: 'split', axis: 'feature', expected: 'an axis of the operand', came: 'none', shapes: [x.shape] },
  ],
  [
    e.split('token', { batch: 6 }, x),
    { operation: 'split', axis: 'batch', expected: 'a new axis', came: 'one that the operand has', shapes: [x.shape] },
  ],
  [
    e.merge(['token', 'feature'], 'long', x),
    { operation: 'merge', axis: 'feature', expected: 'an axis of the operand', came: 'none', shapes: [x.shape] },
  ],
  [
    e.merge(['token'], 'batch', x),
    { operation: 'merge', axis: 'batch', expected: 'a new axis', came: 'one that the operand has', shapes: [x.shape] },
  ],
  [
    e.slice('token', 4, 3, x),
    { operation: 'slice', axis: 'token', expected: 'a part of 0..6', came: '4..7', shapes: [x.shape] },
  ],
  [
    e.slice('token', -1, 2, x),
    { operation: 'slice', axis: 'token', expected: 'a part of 0..6', came: '-1..1', shapes: [x.shape] },
  ],
  [
    e.slice('feature', 0, 1, x),
    { operation: 'slice', axis: 'feature', expected: 'an axis of the operand', came: 'none', shapes: [x.shape] },
  ],
  [
    e.pad('token', -1, 0, x),
    {
      operation: 'pad',
      axis: 'token',
      expected: 'whole counts of at least 0',
      came: '-1 and 0',
      shapes: [x.shape],
    },
  ],
  [
    e.pad('feature', 1, 1, x),
    { operation: 'pad', axis: 'feature', expected: 'an axis of the operand', came: 'none', shapes: [x.shape] },
  ],
  [
    e.array({ token: 3 }, [1, 2]),
    { operation: 'constant', axis: '*', expected: '3 values', came: '2', shapes: [{ token: 3 }] },
  ],
  [
    e.input('z', { token: 2.5 }),
    { operation: 'input z', axis: 'token', expected: 'a whole size of at least 1', came: '2.5', shapes: [] },
  ],
  [
    e.iota('token', 0),
    { operation: 'iota', axis: 'token', expected: 'a whole size of at least 1', came: '0', shapes: [] },
  ],
]

example('each ill-sized operation is one fault that says what was expected, what came, and where', () => {
  for (const [broken, fault] of cases) assert.deepEqual(faultsOf(broken), [{ ...fault, path: [] }])
})

example('all faults of a graph are reported at once, each once, also those of earlier operations', () => {
  const broken = cases.map(([node]) => node)
  assert.equal(faultsOf(...broken, ...broken).length, cases.length)
  const deep = broken.reduce((left, right) => e.map('mul', e.reduce('sum', Object.keys(left.shape), left), right))
  assert.ok(faultsOf(deep).length >= cases.length)
  for (const [, fault] of cases) {
    const found = faultsOf(deep).some(other => other.operation === fault.operation && other.axis === fault.axis)
    assert.ok(found, `${fault.operation} of ${fault.axis}`)
  }
})

example('a fault carries the scopes in which it was raised, outermost first, and no others', () => {
  type Tokens = Tensor<'batch' | 'token'>
  const wrong = (name: string) => (t: Tokens) => tensor<'batch' | 'token'>(e.reduce('sum', [name], t.expr))
  const mlp = scope('mlp')(wrong('up'))
  const block = scope('block 3')((t: Tokens) => ({ tokens: mlp(scope('norm')((s: Tokens) => s)(t)), same: t }))
  const { tokens, same } = block(scope('embed')(wrong('patch'))(tensor(x)))
  assert.deepEqual(
    faultsOf(tokens.expr).map(({ axis, path }) => [axis, ...path]),
    [
      ['patch', 'embed'],
      ['up', 'block 3', 'mlp'],
    ],
  )
  assert.deepEqual(
    faultsOf(same.expr).map(({ path }) => path),
    [['embed']],
  )
})

example('a function may state a demand of its own', () => {
  const demanding = scope('loss')((t: Tensor<'batch' | 'token'>) =>
    demand(false, 'loss', 'view', 'a second view', '1')(t),
  )
  const [fault, ...others] = faultsOf(demanding(tensor(x)).expr)
  assert.deepEqual(others, [])
  assert.equal(showShapeError(fault), 'in loss: loss: axis "view" expected a second view, came 1 (batch 4, token 6)')
})

example('an error reads as one line', () => {
  const [[, mismatch]] = cases
  assert.equal(
    showShapeError({ ...mismatch, path: ['block 3', 'mlp'] }),
    'in block 3 / mlp: add: axis "token" expected 6, came 5 (batch 4, token 6; token 5, feature 3)',
  )
  assert.equal(
    showShapeError({ operation: 'iota', axis: 'token', expected: 'a size', came: '0', shapes: [], path: [] }),
    'iota: axis "token" expected a size, came 0',
  )
})

/** What a random graph becomes when one of its inputs has other axes or other sizes. */
const spoilt = (input: e.Input, way: number): e.Expr => {
  const axes = Object.entries(input.shape)
  if (way === 0) return e.input(input.name, Object.fromEntries(axes.map(([axis, size]) => [axis, size + 1])))
  if (way === 1) return e.input(input.name, { elsewhere: 7 })
  return e.input(input.name, Object.fromEntries(axes.map(([axis]) => [axis, 0])))
}

law(
  'however a graph is broken, nothing throws: neither it, nor its gradient, nor its compilation',
  graphs('real'),
  ({ roots }) => {
    const inputs = inputsOf(roots)
    if (inputs.length === 0) return []
    return [0, 1, 2].map(way => {
      const broken = replaceNode(roots, inputs[0], spoilt(inputs[0], way))
      const value = objective({ roots: broken, bindings: new Map() })
      const slopes = gradients(value, inputsOf(broken))
      const found = faultsOf(...broken).length
      const compiled = compiler.compile()({
        outputs: { value, ...Object.fromEntries(slopes.map((s, at) => [`${at}`, s])) },
        carried: {},
      })
      return holds(`way ${way}: ${found} faults`, found === 0 || E.isLeft(compiled))
    })
  },
)

law('a well-sized graph has no fault, nor has its gradient', graphs('real'), sample => {
  const value = objective(sample)
  const faults = faultsOf(...sample.roots, value, ...gradients(value, inputsOf([value])))
  return holds(faults.map(showShapeError).join(), faults.length === 0)
})
