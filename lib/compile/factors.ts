// The factors of a contraction: a sum of products in which each factor has an axis that the other lacks, such as a
// matrix product. Costs, layouts and stages ask for them while axes still have names, so that both factors get buffers
// that can be read in rows. `loops/contraction.ts` asks the same of a loop nest, where axes are gone and the question
// is which loop is which.
//
//   sum over feature of mul(x: batch, feature; w: feature, class)        has the factors        x and w

import type { Expr } from '../language/expression.ts'

/** The two factors that a node contracts, if it does that. */
export const factorsOf = (node: Expr): readonly [Expr, Expr] | undefined => {
  if (node.kind !== 'reduce' || node.operation !== 'sum') return undefined
  const product = node.operand
  if (product.kind !== 'map' || product.operation !== 'mul') return undefined
  const [left, right] = product.operands
  const alone = (one: Expr, other: Expr): boolean =>
    Object.keys(one.shape).some(axis => !(axis in other.shape) && one.shape[axis] > 1)
  return alone(left, right) && alone(right, left) ? [left, right] : undefined
}
