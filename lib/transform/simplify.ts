// Simplification: every node is rewritten by the rules until none applies, operands first, and what a rule builds is
// simplified in turn. Equal nodes are one throughout, so that a rewrite which reaches a node by many ways happens
// once. An expression and its simplification have equal values; gradients are taken before, since stop-gradient is
// dropped on the way.

import { concatAll } from 'fp-ts/lib/Monoid.js'
import * as O from 'fp-ts/lib/Option.js'
import { type Expr, operandsOf, withOperands } from '../language/expression.ts'
import { interner } from '../language/share.ts'
import { arithmetic } from './rules/arithmetic.ts'
import { movement } from './rules/movement.ts'
import { reductions } from './rules/reductions.ts'
import { firstRule, type Rule } from './rules/rule.ts'

/** stop x = x: once gradients are taken, nothing asks any more. */
const dropStop: Rule = node => (node.kind === 'stop' ? O.some(node.operand) : O.none)

const everyRule = concatAll(firstRule)([dropStop, ...arithmetic, ...reductions, ...movement])

/** Applies `rule` everywhere until it applies nowhere. Rules are expected to shrink or normalise, so this ends. */
export const simplifyWith =
  (rule: Rule) =>
  (roots: readonly Expr[]): readonly Expr[] => {
    const intern = interner()
    const normal = new Map<Expr, Expr>()
    const rewritten = new Map<Expr, Expr>()
    const rewriteOnce = (node: Expr): Expr => {
      const known = rewritten.get(node)
      if (known !== undefined) return known
      const next = O.getOrElse(() => node)(rule(node))
      rewritten.set(node, next)
      return next
    }
    /** What must be normal before `node` can be; nothing once `node` has its normal form. */
    const advance = (node: Expr): readonly Expr[] => {
      const waiting = operandsOf(node).filter(operand => !normal.has(operand))
      if (waiting.length > 0) return waiting
      const operands = operandsOf(node).map(operand => normal.get(operand)!)
      const same = operands.every((operand, at) => operand === operandsOf(node)[at])
      const rebuilt = intern(same ? node : withOperands(node, operands))
      const next = rewriteOnce(rebuilt)
      if (next !== rebuilt && !normal.has(next)) return [next]
      const result = next === rebuilt ? rebuilt : normal.get(next)!
      normal.set(rebuilt, result)
      normal.set(node, result)
      return []
    }
    const stack = [...roots]
    while (stack.length > 0) {
      const node = stack[stack.length - 1]
      const waiting = normal.has(node) ? [] : advance(node)
      if (waiting.length > 0) stack.push(...waiting)
      else stack.pop()
    }
    return roots.map(root => normal.get(root)!)
  }

/** Equal expressions with less work in them, and without stop-gradients. */
export const simplify = simplifyWith(everyRule)
