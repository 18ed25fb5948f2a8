// Layouts (laws.md 2.7): the memory order of every node may be any that respects what is demanded of inputs, constants and
// outputs; values do not change. The usual layout respects the demands too, and names every axis of every node once.

import * as fc from 'fast-check'
import { layOut } from '../../lib/compile/layout.ts'
import { simplify, usualCompile } from '../../lib/index.ts'
import { postorder } from '../../lib/language/walk.ts'
import { permutation } from '../../lib/tree/random.ts'
import { holds, sameData } from '../support/compare.ts'
import { graphs } from '../support/graphs.ts'
import {
  decisions,
  nearOutputs,
  optionsOf,
  outputsOf,
  programOf,
  randomLayouts,
  sameOutputs,
} from '../support/programs.ts'
import { law } from '../support/run.ts'

const decided = <F extends Parameters<typeof graphs>[0]>(flavour: F) => fc.tuple(graphs(flavour), decisions)

law('any layout and any schedule compute the same whole numbers', decided('integer'), ([sample, choice]) => {
  const options = { ...optionsOf(choice), layouts: randomLayouts(choice.seed) }
  return sameOutputs(sample, outputsOf(programOf(sample.roots, options), sample))
})

law('any layout computes the same reals, but for rounding', decided('real'), ([sample, choice]) => {
  const options = { layouts: randomLayouts(choice.seed) }
  return nearOutputs(sample, outputsOf(programOf(sample.roots, options), sample), simplify(sample.roots))
})

law(
  'the usual layout orders the axes of every node, and those of inputs and constants as they are written',
  graphs('real'),
  ({ roots }) => {
    const simple = simplify(roots)
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
  const simple = simplify(roots)
  const free = simple.filter(({ kind }) => kind !== 'input' && kind !== 'const')
  const demanded = new Map(
    free.map(root => {
      const axes = Object.keys(root.shape)
      return [root, Array.from(permutation([seed, 1], axes.length), at => axes[at])]
    }),
  )
  const layouts = usualCompile.layouts(simple, demanded)
  return free.map(root => sameData('order', layouts.get(root), demanded.get(root)))
})
