// Common-subexpression elimination as a pure pass: nodes that do the same to the same operands become one node. The
// table of the nodes that were met lives for one call, so that nothing is kept in the background.
//
//   add(exp(x), exp(x)), a graph of four nodes        becomes        one of three, whose sum reads one node twice

import { numbering } from '../numeric/numbering.ts'
import { type Expr, operandsOf } from './expression.ts'
import { rewriteAll } from './walk.ts'

/**
 * A text that two nodes of the same operands have in common only if they are equal. Arrays are told apart by identity;
 * the shape of a node that has operands follows from them.
 */
const describe = (node: Expr, arrayId: (values: object) => number): string => {
  switch (node.kind) {
    case 'const':
      return node.values.length === 1 && Object.keys(node.shape).length === 0
        ? `scalar ${Object.is(node.values[0], -0) ? '-0' : node.values[0]}`
        : `array ${arrayId(node.values)} ${JSON.stringify(node.shape)}`
    case 'map':
      return node.operation
    case 'reduce':
      return `${node.operation} over ${[...node.axes].sort().join()}`
    case 'input':
    case 'iota':
      return JSON.stringify({ ...node, faults: undefined })
    default: {
      const { shape: _, operand: __, faults: ___, ...own } = node
      return JSON.stringify(own)
    }
  }
}

/** Gives equal nodes one representative, for as long as it is kept; operands must be representatives already. */
export const interner = (): ((node: Expr) => Expr) => {
  const nodes = numbering<Expr>()
  const arrays = numbering<object>()
  const seen = new Map<string, Expr>()
  return node => {
    const key = `${describe(node, arrays.numberOf)} ${operandsOf(node).map(nodes.numberOf).join()}`
    const known = seen.get(key)
    if (known !== undefined) return known
    seen.set(key, node)
    return node
  }
}

/**
 * The same graphs with equal subexpressions identical, within and across `roots`.
 *
 * @example
 * ```ts
 * import { add, compiler, exp, iota } from 'functional-dino'
 * const twice = add(exp(iota('token', 3)), exp(iota('token', 3))).expr // two ramps, two exponentials, a sum
 * compiler.showExpressions(compiler.share([twice])).split('\n').length // => 3
 * ```
 */
export const share = (roots: readonly Expr[]): readonly Expr[] => rewriteAll(roots, interner())
