// A graph as statements for a language of another runtime (ONNX; StableHLO is alike): its nodes in an order in which
// each comes after what it reads, with every contraction as one statement over its two factors. The product that a
// contraction sums is no statement, unless something else reads it.
//
//   sum over feature of mul(x, w)        is the statements        x,  w,  dot of x and w over feature

import { factorsOf } from '../compile/factors.ts'
import { type Expr, operandsOf, type Reduce } from '../language/expression.ts'
import { postorder } from '../language/walk.ts'

/** A contraction: the product of two factors, summed over `summed`. */
export interface Dot {
  readonly kind: 'dot'
  readonly node: Expr
  readonly left: Expr
  readonly right: Expr
  readonly summed: readonly string[]
}

/** One statement: a contraction, or a node by itself. */
export type Statement = Dot | { readonly kind: 'single'; readonly node: Expr }

/** The contraction that a node is, if it is one. The factor whose own axes come first in the result is the left one. */
const dotOf = (node: Expr): Dot | undefined => {
  const factors = factorsOf(node)
  if (factors === undefined) return undefined
  const [first, second] = factors
  const leading = Object.keys(node.shape).find(axis => !(axis in first.shape && axis in second.shape))
  const [left, right] = leading === undefined || leading in first.shape ? [first, second] : [second, first]
  return { kind: 'dot', node, left, right, summed: (node as Reduce).axes }
}

const statementOf = (node: Expr): Statement => dotOf(node) ?? { kind: 'single', node }

/** The nodes whose values a statement reads, in order. */
export const readBy = (statement: Statement): readonly Expr[] =>
  statement.kind === 'dot' ? [statement.left, statement.right] : operandsOf(statement.node)

/** The statements of the graphs under `roots`, each after those that it reads. */
export const statementsOf = (roots: readonly Expr[]): readonly Statement[] =>
  postorder(roots, node => readBy(statementOf(node))).map(statementOf)

/** The axes of a contraction by role. The result has those of the batch, the rows and the columns. */
export interface Roles {
  /** In both factors, and kept. */
  readonly batch: readonly string[]
  /** In the left factor alone. */
  readonly rows: readonly string[]
  /** In the right factor alone. */
  readonly columns: readonly string[]
  /** In both factors, and summed. */
  readonly summed: readonly string[]
}

/** The roles of the axes of two factors, each in the order in which a factor has it, the left one where both do. */
export const rolesOf = (left: readonly string[], right: readonly string[], summed: readonly string[]): Roles => {
  const kept = left.filter(axis => !summed.includes(axis))
  return {
    batch: kept.filter(axis => right.includes(axis)),
    rows: kept.filter(axis => !right.includes(axis)),
    columns: right.filter(axis => !left.includes(axis) && !summed.includes(axis)),
    summed: left.filter(axis => summed.includes(axis)),
  }
}
