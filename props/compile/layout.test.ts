// Layouts: the memory order of every node may be any that respects what is demanded of inputs, constants
// and outputs; values do not change. The usual layout respects the demands too, and names every axis of every node
// once.

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { layOut } from '../../lib/compile/layout.ts'
import { compiler } from '../../lib/index.ts'
import { type Expr, input, map, reduce } from '../../lib/language/expression.ts'
import { postorder } from '../../lib/language/walk.ts'
import { permutation } from '../../lib/tree/random.ts'
import { holds, sameData } from '../support/compare.ts'
import { example } from '../support/example.ts'
import { graphs } from '../support/graphs.ts'
import { law } from '../support/law.ts'
import {
  decisions,
  nearOutputs,
  optionsOf,
  outputsOf,
  programOf,
  randomLayouts,
  sameOutputs,
} from '../support/programs.ts'

const decided = <F extends Parameters<typeof graphs>[0]>(flavour: F) => fc.tuple(graphs(flavour), decisions)

law('any layout and any schedule compute the same whole numbers', decided('integer'), ([sample, choice]) => {
  const options = { ...optionsOf(choice), layouts: randomLayouts(choice.seed) }
  return sameOutputs(sample, outputsOf(programOf(sample.roots, options), sample))
})

law('any layout computes the same reals, but for rounding', decided('real'), ([sample, choice]) => {
  const options = { layouts: randomLayouts(choice.seed) }
  return nearOutputs(sample, outputsOf(programOf(sample.roots, options), sample), compiler.simplify(sample.roots))
})

law(
  'the usual layout orders the axes of every node, and those of inputs and constants as they are written',
  graphs('real'),
  ({ roots }) => {
    const simple = compiler.simplify(roots)
    const layouts = layOut(simple)
    return postorder(simple).flatMap(node => {
      const axes = Object.keys(node.shape)
      const order = layouts.get(node) ?? []
      const fixed = node.kind === 'input' || node.kind === 'const'
      return [
        sameData(`axes of ${node.kind}`, [...order].sort(), [...axes].sort()),
        holds(`order of ${node.kind}`, !fixed || order.join() === axes.join()),
      ]
    })
  },
)

law('what is demanded of a node is what it gets', decided('real'), ([{ roots }, { seed }]) => {
  const simple = compiler.simplify(roots)
  const free = simple.filter(({ kind }) => kind !== 'input' && kind !== 'const')
  const demanded = new Map(
    free.map(root => {
      const axes = Object.keys(root.shape)
      return [root, Array.from(permutation([seed, 1], axes.length), at => axes[at])]
    }),
  )
  const layouts = compiler.usualCompile.layouts(simple, demanded)
  return free.map(root => sameData('order', layouts.get(root), demanded.get(root)))
})

const orderOf = (node: Expr, root = node): string => layOut([root]).get(node)!.join(' ')

const dot = (axis: string, left: Expr, right: Expr): Expr => reduce('sum', [axis], map('mul', left, right))

example('a contraction has the axes of both factors first, then those of its left and of its right one', () => {
  const [left, right] = [input('left', { row: 2, batch: 3, term: 4 }), input('right', { column: 5, term: 4, batch: 3 })]
  assert.equal(orderOf(dot('term', left, right)), 'batch row column')
  assert.equal(orderOf(dot('term', right, left)), 'batch column row')
})

example('what meets element by element takes the order of a stored input, or of what was there first', () => {
  const x = input('x', { row: 2, term: 4 })
  const [first, second] = [
    dot('term', x, input('first', { column: 5, term: 4 })),
    input('second', { column: 5, row: 2 }),
  ]
  assert.equal(orderOf(map('add', first, second)), 'column row')
  assert.equal(orderOf(first, map('add', first, second)), 'column row')
  const turned = dot('place', input('a', { column: 5, place: 3 }), input('b', { row: 2, place: 3 }))
  assert.equal(orderOf(map('add', turned, first)), 'column row')
  assert.equal(orderOf(first, map('add', turned, first)), 'column row')
  assert.equal(orderOf(turned, map('add', first, turned)), 'row column')
})

example('where no operand has all axes, those of the widest come first', () => {
  const [short, long] = [input('short', { token: 3 }), input('long', { feature: 7 })]
  assert.equal(orderOf(map('add', short, long)), 'feature token')
})

example('what meets a stored input in a sum ends with the summed axes in its order, as does what it is of', () => {
  const value = input('value', { head: 3, token: 9, term: 4 })
  const taken = dot('term', value, input('key', { head: 3, channel: 4, term: 4 }))
  const active = map('tanh', map('exp', taken))
  const weight = input('weight', { channel: 4, head: 3, feature: 5 })
  const out = reduce('sum', ['head', 'channel'], map('mul', active, weight))
  assert.equal(orderOf(taken), 'head token channel')
  for (const node of [active, taken]) assert.equal(orderOf(node, out), 'token channel head')
})
