// Simplification: the rules applied at every node, bottom-up, to a fixed point, with sharing after each round. An expression
// and its simplification have equal values; gradients are taken before, since stop-gradient is dropped on the way.

import { concatAll } from 'fp-ts/lib/Monoid.js'
import * as O from 'fp-ts/lib/Option.js'
import type { Expr } from './expression.ts'
import { rewriteAll } from './graph.ts'
import { firstRule, type Rule, rules } from './rules.ts'
import { share } from './share.ts'

/** stop x = x: once gradients are taken, nothing asks any more. */
const dropStop: Rule = node => (node.kind === 'stop' ? O.some(node.operand) : O.none)

const everyRule = concatAll(firstRule)([dropStop, ...rules])

const settle =
  (rule: Rule) =>
  (node: Expr): Expr => {
    let current = node
    for (let next = rule(current); O.isSome(next); next = rule(current)) current = next.value
    return current
  }

/** Applies `rule` everywhere until it applies nowhere. Rules are expected to shrink or normalise, so this ends. */
export const simplifyWith =
  (rule: Rule) =>
  (roots: readonly Expr[]): readonly Expr[] => {
    let before = share(roots)
    for (;;) {
      const after = share(rewriteAll(before, settle(rule)))
      if (after.every((root, index) => root === before[index])) return after
      before = after
    }
  }

/** Equal expressions with less work in them, and without stop-gradients. */
export const simplify = simplifyWith(everyRule)
