// Walks over expression graphs. Every pass goes over the nodes in one order, operands before the nodes that read them,
// which is found without recursion, so that the stack never limits the depth of a network. Nodes are told apart by
// identity; `share` makes equal nodes identical.
//
//   postorder of mul(exp(x), x)        is        x, exp, mul

import * as E from 'fp-ts/lib/Either.js'
import type { NonEmptyArray } from 'fp-ts/lib/NonEmptyArray.js'
import { type Expr, operandsOf, withOperands } from './expression.ts'
import type { ShapeError } from './fault.ts'

/**
 * Every node reachable from `roots` once, operands before the nodes that read them. `reads` says what a node is taken
 * to read, where that is not its operands.
 */
export const postorder = (
  roots: readonly Expr[],
  reads: (node: Expr) => readonly Expr[] = operandsOf,
): readonly Expr[] => {
  const order: Expr[] = []
  const state = new Map<Expr, 'open' | 'done'>()
  const stack = [...roots].reverse()
  while (stack.length > 0) {
    const node = stack[stack.length - 1]
    const seen = state.get(node)
    if (seen === undefined) {
      state.set(node, 'open')
      const operands = reads(node)
      for (let index = operands.length - 1; index >= 0; index -= 1)
        if (!state.has(operands[index])) stack.push(operands[index])
    } else {
      stack.pop()
      if (seen === 'open') {
        state.set(node, 'done')
        order.push(node)
      }
    }
  }
  return order
}

/** Rebuilds a graph bottom-up: `rewrite` sees each node once, its operands already rewritten. */
export const rewriteAll = (roots: readonly Expr[], rewrite: (node: Expr) => Expr): readonly Expr[] => {
  const rewritten = new Map<Expr, Expr>()
  for (const node of postorder(roots)) {
    const operands = operandsOf(node)
    const replaced = operands.map(operand => rewritten.get(operand)!)
    const same = replaced.every((operand, index) => operand === operands[index])
    rewritten.set(node, rewrite(same ? node : withOperands(node, replaced)))
  }
  return roots.map(root => rewritten.get(root)!)
}

/** How many times each node is read: once for each operand position that holds it and once for each root. */
export const countReads = (roots: readonly Expr[]): ReadonlyMap<Expr, number> => {
  const reads = new Map<Expr, number>()
  const read = (node: Expr) => reads.set(node, (reads.get(node) ?? 0) + 1)
  for (const node of postorder(roots)) operandsOf(node).forEach(read)
  roots.forEach(read)
  return reads
}

/**
 * All shape errors of the graphs under `roots`, or the roots themselves.
 *
 * @example
 * ```ts
 * import { add, compiler, fill } from 'functional-dino'
 * compiler.check([add(fill({ token: 16 }, 1), fill({ token: 16 }, 1)).expr])._tag // => 'Right'
 * compiler.check([add(fill({ token: 16 }, 1), fill({ token: 17 }, 1)).expr])._tag // => 'Left'
 * ```
 */
export const check = (roots: readonly Expr[]): E.Either<NonEmptyArray<ShapeError>, readonly Expr[]> => {
  const distinct = new Map(roots.flatMap(root => root.faults).map(error => [JSON.stringify(error), error]))
  const [first, ...rest] = distinct.values()
  return first === undefined ? E.right(roots) : E.left([first, ...rest])
}
