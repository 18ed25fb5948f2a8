// Reverse mode on random graphs of every node kind, against three oracles: forward mode by dual numbers,
// which is exact; differences extrapolated with an error estimate, along random and along all coordinate directions;
// and the adjoint relation of movement, exact on whole numbers.

import { constant, type Expr, map, stop } from '../../lib/language/expression.ts'
import { postorder } from '../../lib/language/walk.ts'
import { gradients, pullback, pushforward } from '../../lib/transform/gradient.ts'
import { type Comparison, holds, nearNumbers, sameNumbers } from '../support/compare.ts'
import { checkedAlong, coordinates } from '../support/differences.ts'
import { boundsOf } from '../support/error-bound.ts'
import { tangentsOf } from '../support/forward.ts'
import type { Sample } from '../support/graph-shrink.ts'
import { graphs } from '../support/graphs.ts'
import { law } from '../support/law.ts'
import { cotangentsOf, innerProduct, inputsOf, objective, probeData, tangentsFor } from '../support/probes.ts'
import { evaluated } from '../support/tensors.ts'

type Bindings = Sample['bindings']

/** Two lists of expressions that are equal in exact arithmetic. */
const agreeing = (lhs: readonly Expr[], rhs: readonly Expr[], bindings: Bindings): readonly Comparison[] => {
  const both = [...lhs, ...rhs]
  const values = evaluated(
    [...both, ...boundsOf(both)],
    bindings,
    [...both, ...both].map((_, at) => lhs[at % lhs.length].shape),
  )
  const [left, right, ofLeft, ofRight] = [0, 1, 2, 3].map(part =>
    values.slice(part * lhs.length, (part + 1) * lhs.length),
  )
  return left.map((numbers, at) => {
    const tolerance = numbers.map((_, element) => 1.001 * (ofLeft[at][element] + ofRight[at][element]))
    return nearNumbers(tolerance)(numbers, right[at], `expression ${at}`, lhs[at].shape)
  })
}

const seedsOf = (roots: readonly Expr[], factor = 1) => {
  const cotangents = cotangentsOf(roots)
  return roots.map((root, at) => [root, map('mul', cotangents[at], constant(factor))] as const)
}

const forwardTangents = (roots: readonly Expr[]): readonly Expr[] => {
  const inputs = inputsOf(roots)
  const moves = tangentsFor(inputs)
  return tangentsOf(roots, new Map(inputs.map((node, at) => [node, moves[at]])))
}

law('reverse mode is the transpose of forward mode', graphs('real'), ({ roots, bindings }) => {
  const inputs = inputsOf(roots)
  const backward = innerProduct(pullback(seedsOf(roots), inputs), tangentsFor(inputs))
  return agreeing([innerProduct(cotangentsOf(roots), forwardTangents(roots))], [backward], bindings)
})

law('forward mode as a double transpose is forward mode by dual numbers', graphs('real', 16), ({ roots, bindings }) => {
  const inputs = inputsOf(roots)
  return agreeing(pushforward(roots, inputs, tangentsFor(inputs)), forwardTangents(roots), bindings)
})

law('the pullback is linear: of powers of two exactly', graphs('real'), ({ roots, bindings }) => {
  const inputs = inputsOf(roots)
  const plain = evaluated(pullback(seedsOf(roots), inputs), bindings)
  const scaled = evaluated(pullback(seedsOf(roots, 8), inputs), bindings)
  return plain.map((values, at) =>
    sameNumbers(
      scaled[at],
      values.map(value => 8 * value),
    ),
  )
})

law('the pullback is additive', graphs('real'), ({ roots, bindings }) => {
  const inputs = inputsOf(roots)
  const [first, second, both] = [1, 3, 4].map(factor => pullback(seedsOf(roots, factor), inputs))
  return agreeing(
    first.map((x, at) => map('add', x, second[at])),
    both,
    bindings,
  )
})

law('movement and its transpose are adjoint, exactly', graphs('linear'), ({ roots, bindings }) => {
  const inputs = inputsOf(roots)
  const cotangents = cotangentsOf(roots)
  const transposed = pullback(
    roots.map((root, at) => [root, cotangents[at]]),
    inputs,
  )
  const [[forward], [backward]] = [
    evaluated([innerProduct(roots, cotangents)], bindings),
    evaluated([innerProduct(inputs, transposed)], bindings),
  ]
  return sameNumbers(forward, backward)
})

law('the transpose of the transpose is the map itself, exactly', graphs('linear'), ({ roots, bindings }) => {
  const inputs = inputsOf(roots)
  const twice = evaluated(
    pushforward(roots, inputs, inputs),
    bindings,
    roots.map(root => root.shape),
  )
  return evaluated(roots, bindings).map((values, at) => sameNumbers(twice[at], values))
})

law(
  'gradients are those of differences, along all directions and along each coordinate',
  graphs('smooth'),
  sample => {
    const value = objective(sample)
    const inputs = inputsOf([value])
    const gradient = new Map(
      evaluated(
        gradients(value, inputs),
        sample.bindings,
        inputs.map(({ shape }) => shape),
      ).map((values, at) => [inputs[at].name, values]),
    )
    const point = new Map(inputs.map(({ name }) => [name, sample.bindings.get(name)!]))
    const dense = new Map(inputs.map(({ name, shape }, at) => [name, probeData(shape, at)]))
    return checkedAlong(value, point, gradient, [['all', dense], ...coordinates(point)])
  },
  'middling',
)

law('the Hessian is symmetric', graphs('smooth', 10), sample => {
  const value = objective(sample)
  const inputs = inputsOf([value])
  const [u, v] = [tangentsFor(inputs), inputs.map(({ shape }, at) => cotangentsOf([{ ...inputs[at], shape }])[0])]
  const along = (direction: readonly Expr[]) => gradients(innerProduct(gradients(value, inputs), direction), inputs)
  return agreeing([innerProduct(u, along(v))], [innerProduct(v, along(u))], sample.bindings)
})

law(
  'Hessians are those of differences of gradients',
  graphs('smooth', 10),
  sample => {
    const value = objective(sample)
    const inputs = inputsOf([value])
    const slope = innerProduct(gradients(value, inputs), tangentsFor(inputs))
    const curvature = evaluated(
      gradients(slope, inputs),
      sample.bindings,
      inputs.map(({ shape }) => shape),
    )
    const point = new Map(inputs.map(({ name }) => [name, sample.bindings.get(name)!]))
    const dense = new Map(inputs.map(({ name, shape }, at) => [name, probeData(shape, at)]))
    const gradient = new Map(inputs.map(({ name }, at) => [name, curvature[at]]))
    return checkedAlong(slope, point, gradient, [['all', dense]])
  },
  'middling',
)

law('nothing flows through a stop, which changes no value', graphs('real'), ({ roots, bindings }) => {
  const inputs = inputsOf(roots)
  const stopped = roots.map(stop)
  const plain = evaluated(roots, bindings)
  const flow = evaluated(pullback(seedsOf(stopped), inputs), bindings)
  return [
    ...evaluated(stopped, bindings).map((values, at) => sameNumbers(values, plain[at], 'value')),
    ...flow.map(values => sameNumbers(values, new Float64Array(values.length), 'gradient')),
  ]
})

law('of a product with a stopped copy, half of the gradient remains', graphs('smooth'), ({ roots, bindings }) => {
  const inputs = inputsOf(roots)
  const half = roots.map(root => map('mul', root, stop(root)))
  const whole = roots.map(root => map('mul', map('mul', root, root), constant(0.5)))
  return agreeing(pullback(seedsOf(half), inputs), pullback(seedsOf(whole), inputs), bindings)
})

law('a gradient costs a bounded multiple of its function', graphs('real'), sample => {
  const value = objective(sample)
  const size = postorder([value]).length
  return holds(`${size} nodes`, postorder(gradients(value, inputsOf([value]))).length <= 16 * size + 8)
})
