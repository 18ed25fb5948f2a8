// Simplification: every node is rewritten by the rules until none applies, operands first, and whatever a rule builds
// is simplified in turn. Equal nodes are one throughout, so that a rewrite which reaches a node by many ways happens
// once. An expression and its simplification have equal values; gradients are taken before, since stop-gradient is
// dropped on the way.
//
//   add(mul(x, 1), 0)  becomes  x

import { type Expr, operandsOf, withOperands } from '../language/expression.ts'
import { interner } from '../language/share.ts'
import { arithmetic } from './rules/arithmetic.ts'
import { movement } from './rules/movement.ts'
import { pads } from './rules/pads.ts'
import { reductions } from './rules/reductions.ts'
import { firstOf, on, type Rule } from './rules/rule.ts'
import { slices } from './rules/slices.ts'

/** stop x = x: once gradients are taken, nothing asks any more. */
const dropStop = on('stop', ({ operand }) => operand)

const everyRule = firstOf([dropStop, ...arithmetic, ...reductions, ...movement, ...slices, ...pads])

/** A graph while it is simplified. */
interface Simplifying {
  readonly rule: Rule
  /** Gives equal nodes one representative. */
  readonly intern: (node: Expr) => Expr
  /** The normal forms that are known. */
  readonly normal: Map<Expr, Expr>
  /** Results of the rule by representatives with normal operands; themselves where it does not apply. */
  readonly rewritten: Map<Expr, Expr>
}

const rewriteOnce = ({ rule, rewritten }: Simplifying, node: Expr): Expr => {
  const next = rewritten.get(node) ?? rule(node) ?? node
  rewritten.set(node, next)
  return next
}

const withNormalOperands = ({ normal }: Simplifying, node: Expr): Expr => {
  const operands = operandsOf(node)
  const simple = operands.map(operand => normal.get(operand)!)
  return simple.every((operand, at) => operand === operands[at]) ? node : withOperands(node, simple)
}

/** The nodes that must be normal before `node` can be; none once it has its normal form. */
const advance = (simplifying: Simplifying, node: Expr): readonly Expr[] => {
  const { intern, normal } = simplifying
  if (normal.has(node)) return []
  const waiting = operandsOf(node).filter(operand => !normal.has(operand))
  if (waiting.length > 0) return waiting
  const rebuilt = intern(withNormalOperands(simplifying, node))
  const next = rewriteOnce(simplifying, rebuilt)
  if (next !== rebuilt && !normal.has(next)) return [next]
  const result = next === rebuilt ? rebuilt : normal.get(next)!
  normal.set(rebuilt, result)
  normal.set(node, result)
  return []
}

/** Applies `rule` everywhere until it applies nowhere. Rules are expected to shrink or normalise, so this ends. */
export const simplifyWith =
  (rule: Rule) =>
  (roots: readonly Expr[]): readonly Expr[] => {
    const simplifying: Simplifying = { rule, intern: interner(), normal: new Map(), rewritten: new Map() }
    const stack = [...roots]
    while (stack.length > 0) {
      const waiting = advance(simplifying, stack[stack.length - 1])
      if (waiting.length > 0) stack.push(...waiting)
      else stack.pop()
    }
    return roots.map(root => simplifying.normal.get(root)!)
  }

/**
 * Equal expressions with less work in them, and without stop-gradients.
 *
 * @example
 * ```ts
 * import { compiler, iota, scale, shift } from 'functional-dino'
 * const roundabout = shift(0)(scale(1)(iota('token', 3))).expr
 * compiler.showExpressions(compiler.simplify([roundabout])) // => '%0 = iota token  : token 3'
 * ```
 */
export const simplify = simplifyWith(everyRule)
