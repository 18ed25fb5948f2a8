// Expressions as text: one line for each node, operands before the nodes that read them. Lines have numbers, because a
// node that is read twice is printed once. The exponential of a ramp, less itself, is
//
//   %0 = iota token  : token 3
//   %1 = exp(%0)  : token 3
//   %2 = neg(%1)  : token 3
//   %3 = add(%1, %2)  : token 3

import { showShape } from './axes.ts'
import { type Expr, type Mark, operandsOf } from './expression.ts'
import { postorder } from './walk.ts'

const list = (names: readonly string[]): string => names.join(', ')

const showMark = ({ scope, side, of }: Mark): string => `${side} ${of === 'value' ? '' : 'gradient of '}${scope}`

/** The operation of a node with all that it says but its operands: `slice row 0..1`. */
export const showOperation = (node: Expr): string => {
  switch (node.kind) {
    case 'const':
      return Object.keys(node.shape).length === 0 ? String(node.values[0]) : 'array'
    case 'input':
      return `input "${node.name}"`
    case 'iota':
      return `iota ${node.axis}`
    case 'map':
      return node.operation
    case 'reduce':
      return `${node.operation} over ${list(node.axes)}`
    case 'expand':
      return `expand ${showShape(node.sizes)}`
    case 'rename':
      if (node.mark !== undefined) return showMark(node.mark)
      return `rename ${list(Object.entries(node.names).map(([from, to]) => `${from} to ${to}`))}`
    case 'split':
      return `split ${node.axis} into ${showShape(node.into)}`
    case 'merge':
      return `merge ${list(node.axes)} into ${node.into}`
    case 'slice':
      return `slice ${node.axis} ${node.start}..${node.start + node.size}`
    case 'pad':
      return `pad ${node.axis} by ${node.before} and ${node.after}`
    case 'stop':
      return 'stop'
  }
}

/**
 * The graphs under `roots`, a line a node: `%3 = mul(%1, %2)  : batch 4, token 17`.
 *
 * @example
 * ```ts
 * import { compiler, iota, neg } from 'functional-dino'
 * const lines = ['%0 = iota token  : token 3', '%1 = neg(%0)  : token 3']
 * compiler.showExpressions([neg(iota('token', 3)).expr]) // => lines.join('\n')
 * ```
 */
export const showExpressions = (roots: readonly Expr[]): string => {
  const order = postorder(roots)
  const names = new Map(order.map((node, at) => [node, `%${at}`]))
  const lines = order.map(node => {
    const operands = operandsOf(node).map(operand => names.get(operand)!)
    const applied = operands.length > 0 ? `(${list(operands)})` : ''
    return `${names.get(node)} = ${showOperation(node)}${applied}  : ${showShape(node.shape)}`
  })
  return lines.join('\n')
}
