// Common-subexpression elimination as a pure pass: nodes that do the same to the same operands become one node. The table
// of seen nodes lives for one call; there is no hidden intern table.

import { numbering } from '../numeric/numbering.ts'
import { type Expr, operandsOf } from './expression.ts'
import { rewriteAll } from './walk.ts'

const describe = (node: Expr, arrayId: (values: object) => number): string => {
  switch (node.kind) {
    case 'const':
      return node.values.length === 1 && Object.keys(node.shape).length === 0
        ? `scalar ${Object.is(node.values[0], -0) ? '-0' : node.values[0]}`
        : `array ${arrayId(node.values)} ${JSON.stringify(node.shape)}`
    case 'input':
      return `input ${JSON.stringify(node.name)} ${JSON.stringify(node.shape)}`
    case 'iota':
      return `iota ${JSON.stringify(node.shape)}`
    case 'map':
      return node.operation
    case 'reduce':
      return `${node.operation} over ${[...node.axes].sort().join()}`
    case 'expand':
      return `expand ${JSON.stringify(node.sizes)}`
    case 'rename':
      return `rename ${JSON.stringify(node.names)}`
    case 'split':
      return `split ${node.axis} ${JSON.stringify(node.into)}`
    case 'merge':
      return `merge ${node.axes.join()} ${node.into}`
    case 'slice':
      return `slice ${node.axis} ${node.start} ${node.size}`
    case 'pad':
      return `pad ${node.axis} ${node.before} ${node.after}`
    case 'stop':
      return 'stop'
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

/** The same graphs with equal subexpressions identical, within and across `roots`. */
export const share = (roots: readonly Expr[]): readonly Expr[] => rewriteAll(roots, interner())
