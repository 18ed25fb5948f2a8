// Rewrite rules: functions from an expression to an equal one, or to nothing where they do not apply. Each is an
// equation read from left to right. The modules beside this one hold them by kind, and `simplify` takes the first that
// applies.
//
//   expand expand x = expand x        over('expand', 'expand', (outer, inner) => ...)

import type { Shape } from '../../language/axes.ts'
import { constant, type Expr, expandTo, type MapNode } from '../../language/expression.ts'

/** A partial function on expressions: an equal expression, or undefined where the rule does not apply. */
export type Rule = (node: Expr) => Expr | undefined

/** Expressions of one kind. */
export type OfKind<K extends Expr['kind']> = Extract<Expr, { readonly kind: K }>

/** Kinds of expressions that have one operand. */
type Unary = Exclude<Expr['kind'], 'const' | 'input' | 'iota' | 'map'>

/** The rule that is the first of several to apply. */
export const firstOf =
  (rules: readonly Rule[]): Rule =>
  node => {
    for (const rule of rules) {
      const result = rule(node)
      if (result !== undefined) return result
    }
    return undefined
  }

const isOf = <K extends Expr['kind']>(node: Expr, kind: K): node is OfKind<K> => node.kind === kind

/** A rule about nodes of one kind. */
export const on =
  <K extends Expr['kind']>(kind: K, rewrite: (node: OfKind<K>) => Expr | undefined): Rule =>
  node =>
    isOf(node, kind) ? rewrite(node) : undefined

/** A rule about nodes of one kind whose operand is of another. */
export const over =
  <K extends Unary, I extends Expr['kind']>(
    kind: K,
    inner: I,
    rewrite: (node: OfKind<K>, operand: OfKind<I>) => Expr | undefined,
  ): Rule =>
  node =>
    isOf(node, kind) && 'operand' in node && isOf(node.operand, inner) ? rewrite(node, node.operand) : undefined

/** A rule about one operation, which it is given the first operand of. */
export const onMap =
  (operation: MapNode['operation'], rewrite: (x: Expr, node: MapNode) => Expr | undefined): Rule =>
  node =>
    isMap(node, operation) ? rewrite(node.operands[0], node) : undefined

/** A rule about an operation of two operands that may change places. */
export const commutative =
  (operation: MapNode['operation'], rewrite: (x: Expr, y: Expr, node: MapNode) => Expr | undefined): Rule =>
  node => {
    if (!isMap(node, operation)) return undefined
    const [x, y] = node.operands
    return rewrite(x, y, node) ?? rewrite(y, x, node)
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
