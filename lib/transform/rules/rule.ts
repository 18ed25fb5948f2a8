// Rewrite rules: partial functions from an expression to an equal one. Each says one equation and is under ten lines.
// The modules beside this one hold them by kind.

import type * as Monoid from 'fp-ts/lib/Monoid.js'
import * as O from 'fp-ts/lib/Option.js'
import type { Shape } from '../../language/axes.ts'
import { constant, type Expr, expandTo, type MapNode } from '../../language/expression.ts'

/** A partial function on expressions: an equal expression, or none where the rule does not apply. */
export type Rule = (node: Expr) => O.Option<Expr>

/** Rules form a monoid: the first that applies, and the rule that never does. */
export const firstRule: Monoid.Monoid<Rule> = {
  empty: () => O.none,
  concat: (left, right) => node => {
    const result = left(node)
    return O.isSome(result) ? result : right(node)
  },
}

/** The number that every element of a node equals, if that is plain to see. */
export const uniform = (node: Expr): number | undefined => {
  const base = node.kind === 'expand' ? node.operand : node
  return base.kind === 'const' && base.values.length === 1 && Object.keys(base.shape).length === 0
    ? base.values[0]
    : undefined
}

/** `value` everywhere. */
export const filled = (shape: Shape, value: number): Expr => expandTo(shape, constant(value))

/** Whether a node is a map of the given operation. */
export const isMap = (node: Expr, operation: MapNode['operation']): node is MapNode =>
  node.kind === 'map' && node.operation === operation
