// The cost model: from the outputs of a graph to the set of nodes that should have a buffer. A node is worth a buffer
// if computing it again at every read costs clearly more than writing it once and loading it. The factors of a
// contraction are always stored, because each is read once for every row or column of the other.
//
//   exp(x), read by a sum and by a square: stored, and then both kernels load it
//   x + 1, read twice: computed again in both kernels, which is cheaper than a store and two loads

import { elements } from '../language/axes.ts'
import { type Expr, operandsOf } from '../language/expression.ts'
import { scalars } from '../language/scalar.ts'
import { postorder } from '../language/walk.ts'
import { factorsOf } from './factors.ts'
import { isStored, type Schedule, viewed } from './schedule.ts'

const storeCost = 2
const loadCost = 1
/** Storing must be this much cheaper than computing again, for memory has a price of its own. */
const margin = 1.25
/** The most by which repetition multiplies reads, as a loop computes a value that does not change in it only once. */
const repetitionLimit = 3

/** The cost of one element computed from buffers, where every reduction has one. */
const inlineCosts = (order: readonly Expr[]): ReadonlyMap<Expr, number> => {
  const costs = new Map<Expr, number>()
  const costOf = (node: Expr): number => {
    if (isStored(node) || node.kind === 'reduce') return loadCost
    if (node.kind === 'const' || node.kind === 'iota') return 0
    const parts = operandsOf(node)
    const below = parts.reduce((total, part) => {
      const reads = elements(part.shape) / elements(node.shape)
      return total + costs.get(part)! * Math.max(Math.min(reads, 1), 1 / repetitionLimit)
    }, 0)
    return node.kind === 'map' ? below + scalars[node.operation].cost : below
  }
  for (const node of order) costs.set(node, costOf(node))
  return costs
}

/** The nodes that the cost model wants to store, besides the roots. */
export const wanted = (roots: readonly Expr[]): Schedule => {
  const order = postorder(roots)
  const costs = inlineCosts(order)
  const stored = new Set<Expr>()
  const keep = (node: Expr) => {
    const base = viewed(node)
    if (base.kind === 'map' || base.kind === 'pad') stored.add(base)
  }
  for (const node of order) factorsOf(node)?.forEach(keep)
  const reads = new Map<Expr, number>(roots.map(root => [root, 1]))
  for (const node of [...order].reverse()) {
    const own = reads.get(node) ?? 0
    const cost = costs.get(node)!
    if (node.kind === 'map' && own * cost > margin * (cost + storeCost + own * loadCost)) stored.add(node)
    const again = stored.has(node) || node.kind === 'reduce' ? 1 : own
    for (const operand of operandsOf(node)) {
      const repeated = Math.min(elements(node.shape) / elements(operand.shape), repetitionLimit)
      const times = node.kind === 'reduce' ? 1 : again * repeated
      reads.set(operand, (reads.get(operand) ?? 0) + times)
    }
  }
  return stored
}
