// Reverse-mode differentiation as a function from expressions to expressions: one walk over the nodes, readers before
// their operands. At each node the cotangent flows on to the operands, by the node's rule, and is summed over the axes
// along which an operand was repeated. The result is an ordinary expression, so gradients of gradients, Hessian-vector
// products and forward mode follow by composition.
//
//   y = x * x with the cotangent g of y:        g * x flows to x twice, and its cotangent is g * x + g * x

import {
  constant,
  type Expr,
  expandTo,
  input,
  type Mark,
  map,
  marked,
  merge,
  operandsOf,
  pad,
  type Reduce,
  reduce,
  rename,
  slice,
  split,
  sumTo,
} from '../language/expression.ts'
import { scalars } from '../language/scalar.ts'
import { postorder } from '../language/walk.ts'

/** An output with the cotangent that enters there; the cotangent has the output's shape or fewer axes. */
export type Seed = readonly [output: Expr, cotangent: Expr]

const inverse = (names: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(names).map(([from, to]) => [to, from]))

/** Cotangents enter a scope where values leave it. */
const turned = ({ scope, side, of }: Mark): Mark => ({
  scope,
  side: side === 'enter' ? 'leave' : 'enter',
  of: of === 'value' ? 'cotangent' : 'value',
})

/** The maximum's cotangent goes to every element that attains it, in equal parts. */
const maximumFlow = (g: Expr, z: Expr, { operand, axes }: Reduce): Expr => {
  const attained = map('select', map('less', operand, z), constant(0), constant(1))
  const count = reduce('sum', axes, attained)
  return map('mul', attained, map('mul', g, map('recip', count)))
}

/** The cotangents that flow to each operand of `z` from the cotangent `g`, which has the shape of `z`. */
const flows = (z: Expr, g: Expr): readonly (Expr | undefined)[] => {
  switch (z.kind) {
    case 'const':
    case 'input':
    case 'iota':
    case 'stop':
      return []
    case 'map': {
      const [x, y, w] = z.operands
      const amounts = scalars[z.operation].derivative(g, z, x, y, w)
      return amounts.map((amount, at) => amount && sumTo(z.operands[at].shape, expandTo(z.shape, amount)))
    }
    case 'reduce':
      return [z.operation === 'sum' ? expandTo(z.operand.shape, g) : maximumFlow(g, z, z)]
    case 'expand':
      return [reduce('sum', Object.keys(z.sizes), g)]
    case 'rename':
      return [z.mark === undefined ? rename(inverse(z.names), g) : marked(turned(z.mark), g)]
    case 'split':
      return [merge(Object.keys(z.into), z.axis, g)]
    case 'merge':
      return [split(z.into, Object.fromEntries(z.axes.map(axis => [axis, z.operand.shape[axis]])), g)]
    case 'slice':
      return [pad(z.axis, z.start, z.operand.shape[z.axis] - z.start - z.size, g)]
    case 'pad':
      return [slice(z.axis, z.before, z.operand.shape[z.axis], g)]
  }
}

/** Nodes of `order` through which a gradient reaches one of `targets`. */
const reaching = (order: readonly Expr[], targets: ReadonlySet<Expr>): ReadonlySet<Expr> => {
  const active = new Set<Expr>()
  for (const node of order)
    if (targets.has(node) || (node.kind !== 'stop' && operandsOf(node).some(operand => active.has(operand))))
      active.add(node)
  return active
}

/** Cotangents of `targets` (any nodes of the graph), given those of the outputs; zeros where nothing flows. */
export const pullback = (seeds: readonly Seed[], targets: readonly Expr[]): readonly Expr[] => {
  const order = postorder(seeds.map(([output]) => output))
  const active = reaching(order, new Set(targets))
  const cotangents = new Map<Expr, Expr>()
  const flow = (node: Expr, g: Expr) => {
    const before = cotangents.get(node)
    cotangents.set(node, before === undefined ? g : map('add', before, g))
  }
  for (const [output, cotangent] of seeds) flow(output, expandTo(output.shape, cotangent))
  for (let index = order.length - 1; index >= 0; index -= 1) {
    const node = order[index]
    const g = cotangents.get(node)
    if (g === undefined || !active.has(node)) continue
    const operands = operandsOf(node)
    flows(node, g).forEach((amount, position) => {
      const operand = operands[position]
      if (amount !== undefined && active.has(operand)) flow(operand, amount)
    })
  }
  return targets.map(target => cotangents.get(target) ?? expandTo(target.shape, constant(0)))
}

/** Gradients of a scalar with respect to `targets`. */
export const gradients = (value: Expr, targets: readonly Expr[]): readonly Expr[] =>
  pullback([[value, constant(1)]], targets)

/** Tangents of `outputs` when the `sources` move along `tangents`: forward mode, as the pullback of a pullback. */
export const pushforward = (
  outputs: readonly Expr[],
  sources: readonly Expr[],
  tangents: readonly Expr[],
): readonly Expr[] => {
  const probes = outputs.map((output, index) => input(`probe ${index}`, output.shape))
  const linear = pullback(
    outputs.map((output, index) => [output, probes[index]]),
    sources,
  )
  return pullback(
    linear.map((cotangent, index) => [cotangent, tangents[index]]),
    probes,
  )
}
