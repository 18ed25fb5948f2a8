// The simplifier: values stay, nothing is left to simplify, and the graph never grows. On whole numbers
// the values stay to the bit; on reals within the running-error bounds of both graphs, since the rules reassociate.

import { elements } from '../../lib/language/axes.ts'
import { type Expr, operandsOf } from '../../lib/language/expression.ts'
import { share } from '../../lib/language/share.ts'
import { postorder } from '../../lib/language/walk.ts'
import { gradients } from '../../lib/transform/gradient.ts'
import { simplify } from '../../lib/transform/simplify.ts'
import { holds, mostNumbers, sameData } from '../support/compare.ts'
import { graphs } from '../support/graphs.ts'
import { law } from '../support/law.ts'
import { inputsOf, objective } from '../support/probes.ts'
import { nearOutputs, sameOutputs } from '../support/programs.ts'
import { evaluated } from '../support/tensors.ts'

const isNegation = (node: Expr) => node.kind === 'map' && node.operation === 'neg'

law('a simplified graph of whole numbers has the same values', graphs('integer'), sample => {
  const shapes = sample.roots.map(root => root.shape)
  return sameOutputs(sample, evaluated(simplify(sample.roots), sample.bindings, shapes))
})

law('a simplified graph of reals has the same values, but for rounding', graphs('real'), sample => {
  const shapes = sample.roots.map(root => root.shape)
  const simple = simplify(sample.roots)
  return nearOutputs(sample, evaluated(simple, sample.bindings, shapes), simple)
})

law('a simplified graph has the same axes and sizes, and no faults', graphs('real'), ({ roots }) =>
  simplify(roots).flatMap((root, at) => [
    sameData('axes', Object.entries(root.shape).sort(), Object.entries(roots[at].shape).sort()),
    holds('no faults', root.faults.length === 0),
  ]),
)

law('simplifying again changes nothing', graphs('real'), ({ roots }) => {
  const once = simplify(roots)
  const twice = simplify(once)
  return holds(
    'the same nodes',
    twice.every((root, at) => root === once[at]),
  )
})

/** Scalar operations in all: one for each element of a map and for each element that a reduction reads. */
const work = (roots: readonly Expr[]): number =>
  postorder(roots).reduce((total, node) => {
    if (node.kind === 'map') return total + elements(node.shape)
    return node.kind === 'reduce' ? total + elements(node.operand.shape) : total
  }, 0)

/** A rule may move a negation to a larger product, or leave a shared product where it is, but no more than that. */
law('simplifying never doubles the scalar work', graphs('real'), ({ roots }) =>
  mostNumbers(0)([work(simplify(roots))], [2 * work(share(roots))], 'operations'),
)

law('it leaves no stop, no node twice, and no node that does nothing', graphs('real'), ({ roots }) => {
  const nodes = postorder(simplify(roots))
  return [
    holds(
      'no stop',
      nodes.every(({ kind }) => kind !== 'stop'),
    ),
    holds(
      'no idle rename',
      nodes.every(node => node.kind !== 'rename' || Object.entries(node.names).some(([a, b]) => a !== b)),
    ),
    holds(
      'no double negation',
      nodes.every(node => !(isNegation(node) && operandsOf(node).some(isNegation))),
    ),
  ]
})

law('a gradient may be simplified, and what is simplified may be differentiated', graphs('smooth', 16), sample => {
  const value = objective(sample)
  const inputs = inputsOf([value])
  const [simple] = simplify([value])
  const remaining = inputs.map(
    ({ name, ...node }) => inputsOf([simple]).find(other => other.name === name) ?? { ...node, name },
  )
  const gradient = { roots: gradients(value, inputs), bindings: sample.bindings }
  const shapes = gradient.roots.map(({ shape }) => shape)
  const [first, second] = [gradients(simple, remaining), simplify(gradient.roots)]
  return [first, second].flatMap(roots => nearOutputs(gradient, evaluated(roots, sample.bindings, shapes), roots))
})
