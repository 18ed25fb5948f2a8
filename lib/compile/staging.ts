// Long reductions in stages: an expression goes in, and an equal one comes out in which each long reduction is a
// reduction of partial ones. A long sum leaves most of a machine idle, rounds badly, and is cut short by some drivers.
// The parts are ordinary expressions; nothing after this pass knows of it.
//
//   sum over 4099 elements  =  sum over 65 parts of sums over 63  +  sum over the last 4

import { elements, only } from '../language/axes.ts'
import { type Expr, map, type Reduce, reduce, slice, split } from '../language/expression.ts'
import { rewriteAll } from '../language/walk.ts'
import { factorsOf } from './factors.ts'

/** Results that are enough to keep a machine busy. */
const enoughResults = 64
/** A reduction to few results is worth staging from this length. */
const worthStaging = 1024

const combine = (node: Reduce, left: Expr, right: Expr): Expr =>
  map(node.operation === 'sum' ? 'add' : 'max', left, right)

const fresh = (axis: string, taken: Expr): string => {
  let name = `${axis} part`
  while (name in taken.shape) name += "'"
  return name
}

/** One axis of `size` in about its square root of parts; what is left over is reduced apart. */
const byParts = (node: Reduce, axis: string): Expr => {
  const size = node.operand.shape[axis]
  const parts = Math.ceil(Math.sqrt(size))
  const each = Math.floor(size / parts)
  const part = fresh(axis, node.operand)
  const whole = split(axis, { [part]: parts, [axis]: each }, slice(axis, 0, parts * each, node.operand))
  const main = reduce(node.operation, [part], reduce(node.operation, [axis], whole))
  if (parts * each === size) return main
  return combine(
    node,
    main,
    reduce(node.operation, [axis], slice(axis, parts * each, size - parts * each, node.operand)),
  )
}

const stage =
  (longest: number) =>
  (node: Expr): Expr => {
    if (node.kind !== 'reduce') return node
    const reduced = only(node.operand.shape, node.axes)
    const count = elements(reduced)
    const few = elements(node.shape) < enoughResults && count >= worthStaging
    if (count <= longest && !few) return node
    if (factorsOf(node) !== undefined && count <= 16 * longest) return node
    const [slowest, ...rest] = Object.keys(reduced)
    if (rest.length === 0) return byParts(node, slowest)
    const inner = stage(longest)(reduce(node.operation, rest, node.operand))
    return stage(longest)(reduce(node.operation, [slowest], inner))
  }

/** The same values with no reduction loop much longer than `longest`. */
export const shortenReductions =
  (longest: number) =>
  (roots: readonly Expr[]): readonly Expr[] =>
    rewriteAll(roots, stage(longest))
