// Layouts: from the outputs of a graph to the memory order of every node's axes, chosen so that nothing has to be
// transposed. Nodes that are combined element by element take the order of the operand that is earliest in the graph,
// so that a gradient is laid out like the value that it belongs to. A contraction has first the axes that both factors
// keep, then those of its left factor, then those of its right one. A value that is contracted with a stored input
// should end with the summed axes, in that input's order, so that its rows and its sums are one loop each. One walk
// upwards through the graph collects these wishes; one walk downwards hands them to the nodes that can follow them.
//
//   input x (row, column), input w (column, class): sum over column of mul(x, w) is laid out [row, class]
//   add(t, x) with a stored x (row, column): t is laid out [row, column] too, in whatever order it was written

import { elements, type Shape } from '../language/axes.ts'
import type { Expr, MapNode, Rename } from '../language/expression.ts'
import { postorder } from '../language/walk.ts'
import { factorsOf } from './factors.ts'
import { viewed } from './schedule.ts'

/** Axis names from the slowest to the fastest. */
export type Order = readonly string[]
/** The order of each node. */
export type Layouts = ReadonlyMap<Expr, Order>

/**
 * An order that a node should have. It comes from the node at place `origin` of the graph; an earlier origin is
 * stronger.
 */
interface Wish {
  readonly order: Order
  readonly origin: number
}

type Wishes = ReadonlyMap<Expr, Wish>

const fixedOrigin = -1
/** Weaker than what is fixed, stronger than any node's own. */
const contractedOrigin = -0.5

const isFixed = (node: Expr): boolean => node.kind === 'input' || node.kind === 'const'

const sameAxes = (left: Shape, right: Shape): boolean => {
  const axes = Object.keys(left)
  return axes.length === Object.keys(right).length && axes.every(axis => axis in right)
}

const alike = (node: MapNode): readonly Expr[] => node.operands.filter(operand => sameAxes(operand.shape, node.shape))

const earlier = (first: Wish, other: Wish): Wish => (other.origin < first.origin ? other : first)

const replace = (order: Order, removed: readonly string[], inserted: Order): Order => {
  if (removed.length === 0) return [...order, ...inserted]
  const first = order.findIndex(axis => removed.includes(axis))
  const kept = (part: Order) => part.filter(axis => !removed.includes(axis))
  return [...kept(order.slice(0, first)), ...inserted, ...kept(order.slice(first))]
}

const append = (order: Order, more: Order): Order => [...order, ...more.filter(axis => !order.includes(axis))]

const contractionOrder = (summed: readonly string[], left: Order, right: Order): Order => {
  const kept = (order: Order) => order.filter(axis => !summed.includes(axis))
  const shared = kept(left).filter(axis => right.includes(axis))
  return append(append(shared, kept(left)), kept(right))
}

const mapOrder = (node: MapNode, wishes: Wishes, place: number): Wish => {
  const members = alike(node)
  if (members.length > 0) return members.map(member => wishes.get(member)!).reduce(earlier)
  const widest = [...node.operands].sort((left, right) => elements(right.shape) - elements(left.shape))
  return { order: widest.map(operand => wishes.get(operand)!.order).reduce(append), origin: place }
}

const movedOrder = (node: Exclude<Expr, MapNode>, of: (operand: Expr) => Order): Order => {
  switch (node.kind) {
    case 'const':
    case 'input':
    case 'iota':
      return Object.keys(node.shape)
    case 'reduce': {
      const factors = factorsOf(node)
      if (factors !== undefined) return contractionOrder(node.axes, of(factors[0]), of(factors[1]))
      return of(node.operand).filter(axis => !node.axes.includes(axis))
    }
    case 'expand':
      return [...Object.keys(node.sizes), ...of(node.operand)]
    case 'rename':
      return of(node.operand).map(axis => node.names[axis] ?? axis)
    case 'split':
      return replace(of(node.operand), [node.axis], Object.keys(node.into))
    case 'merge':
      return replace(of(node.operand), node.axes, [node.into])
    case 'slice':
    case 'pad':
    case 'stop':
      return of(node.operand)
  }
}

/** The order of each node from the orders of its operands, unless `given` knows better. */
const gather = (nodes: readonly Expr[], given: Wishes): Wishes => {
  const wishes = new Map<Expr, Wish>()
  const of = (operand: Expr): Order => wishes.get(operand)!.order
  nodes.forEach((node, place) => {
    const known = isFixed(node) ? undefined : given.get(node)
    const natural = (): Wish => {
      if (node.kind === 'map') return mapOrder(node, wishes, place)
      const origin = isFixed(node) ? fixedOrigin : node.kind === 'rename' ? wishes.get(node.operand)!.origin : place
      return { order: movedOrder(node, of), origin }
    }
    wishes.set(node, known ?? natural())
  })
  return wishes
}

const renamedBack = (node: Rename, order: Order): Order => {
  const old = new Map(Object.keys(node.operand.shape).map(axis => [node.names[axis] ?? axis, axis]))
  return order.map(axis => old.get(axis)!)
}

/**
 * The wishes of contractions with a stored input: their other factor has the axes that it keeps first, then the summed
 * ones.
 */
const contractionWishes = (nodes: readonly Expr[], own: Wishes): readonly (readonly [Expr, Wish])[] =>
  nodes.flatMap(node => {
    const factors = node.kind === 'reduce' ? factorsOf(node) : undefined
    if (node.kind !== 'reduce' || factors === undefined) return []
    return factors.flatMap((factor, at): readonly (readonly [Expr, Wish])[] => {
      const other = factors[1 - at]
      if (isFixed(factor) || !isFixed(viewed(other))) return []
      const order = own.get(factor)!.order
      const summed = own.get(other)!.order.filter(axis => node.axes.includes(axis) && order.includes(axis))
      const kept = order.filter(axis => !summed.includes(axis))
      return [[factor, { order: [...kept, ...summed], origin: contractedOrigin }]]
    })
  })

/** Hands the strongest wish of each element-wise node down to the operands that have its axes. */
const spread = (nodes: readonly Expr[], own: Wishes, demanded: Wishes): Wishes => {
  const wishes = new Map<Expr, Wish>(demanded)
  const prefer = (node: Expr, wish: Wish): void => {
    wishes.set(node, earlier(wishes.get(node) ?? wish, wish))
  }
  for (const [node, wish] of contractionWishes(nodes, own)) prefer(node, wish)
  for (const node of [...nodes].reverse()) {
    const wish = wishes.get(node)
    if (node.kind === 'map') {
      const best = earlier(own.get(node)!, wish ?? own.get(node)!)
      for (const member of [node, ...alike(node)]) prefer(member, best)
    } else if (node.kind === 'rename' && wish !== undefined)
      prefer(node.operand, { ...wish, order: renamedBack(node, wish.order) })
  }
  return wishes
}

/**
 * The order of every node under `roots`; `demanded` fixes that of some, as for state that must come back as it went.
 */
export const layOut = (roots: readonly Expr[], demanded: Layouts = new Map()): Layouts => {
  const nodes = postorder(roots)
  const fixed = new Map([...demanded].map(([node, order]): [Expr, Wish] => [node, { order, origin: fixedOrigin }]))
  const wishes = gather(nodes, spread(nodes, gather(nodes, fixed), fixed))
  return new Map([...wishes].map(([node, { order }]) => [node, order]))
}
