// What a law returns: comparisons as data, never assertions, so that the runner can report both sides, the tolerance
// and how much of it was used. A comparison is of one of four strengths: exact; within a bound
// derived from the programs themselves; within a closed formula; or an inequality.

import type { Scalar, Sizes, Tensor } from '../../lib/index.ts'
import type { Shape } from '../../lib/language/axes.ts'
import { boundsOf } from './error-bound.ts'
import { evaluated } from './tensors.ts'

/** lhs = rhs, or lhs <= rhs, element by element, each within its tolerance. */
export interface Comparison {
  readonly label: string
  readonly relation: '=' | '<='
  readonly lhs: ArrayLike<number>
  readonly rhs: ArrayLike<number>
  readonly tolerance: ArrayLike<number>
  /** The axes of the elements, for the report. */
  readonly sizes: Shape
}

/** A tolerance: one number, or one for each element. */
export type Tolerance = number | ArrayLike<number>

const spread = (tolerance: Tolerance, count: number): ArrayLike<number> =>
  typeof tolerance === 'number' ? new Float64Array(count).fill(tolerance) : tolerance

const related =
  (relation: '=' | '<=') =>
  (tolerance: Tolerance) =>
  (lhs: ArrayLike<number>, rhs: ArrayLike<number>, label = '', sizes: Shape = { element: lhs.length }): Comparison => ({
    label,
    relation,
    lhs,
    rhs,
    tolerance: spread(tolerance, lhs.length),
    sizes,
  })

/** Numbers that must agree within a tolerance. */
export const nearNumbers = related('=')

/** Numbers that must not exceed others by more than a tolerance. */
export const mostNumbers = related('<=')

/** Numbers that must be the same bits, but for the sign of a zero. */
export const sameNumbers = nearNumbers(0)

/** Something that must be true. */
export const holds = (label: string, fact: boolean): Comparison => sameNumbers([fact ? 1 : 0], [1], label, {})

/** Something that must be equal as data. */
export const sameData = (label: string, lhs: unknown, rhs: unknown): Comparison => {
  const [left, right] = [lhs, rhs].map(value => JSON.stringify(value))
  return holds(left === right ? label : `${label}: ${left} against ${right}`, left === right)
}

/** Tensors that must agree within a tolerance. */
export const near =
  (tolerance: Tolerance) =>
  <A extends string>(lhs: Tensor<A>, rhs: Tensor<A>, label?: string): Comparison => {
    const sizes = lhs.expr.shape
    const [left, right] = evaluated([lhs.expr, rhs.expr], undefined, [sizes, sizes])
    return nearNumbers(tolerance)(left, right, label, sizes)
  }

/** Tensors that must be the same bits, but for the sign of a zero. */
export const same = near(0)

/** A tensor that must not exceed another by more than a tolerance. */
export const atMost =
  (tolerance: Tolerance) =>
  <A extends string>(lhs: Tensor<A>, rhs: Tensor<A>, label?: string): Comparison => ({
    ...near(tolerance)(lhs, rhs, label),
    relation: '<=',
  })

/** Both bounds are themselves computed with rounding. */
const slack = 1 + 2 ** -20

/** Tensors of equal value in exact arithmetic: they must agree within the sum of the running-error bounds of both. */
export const agree = <A extends string>(lhs: Tensor<A>, rhs: Tensor<A>, label?: string): Comparison => {
  const sizes: Sizes = lhs.expr.shape
  const bounds = boundsOf([lhs.expr, rhs.expr])
  const orders = [sizes, sizes, sizes, sizes]
  const [left, right, ofLeft, ofRight] = evaluated([lhs.expr, rhs.expr, ...bounds], undefined, orders)
  const tolerance = ofLeft.map((bound, at) => slack * (bound + ofRight[at]))
  return nearNumbers(tolerance)(left, right, label, sizes)
}

/** lhs <= rhs in exact arithmetic: lhs must not exceed rhs by more than the sum of the running-error bounds of both. */
export const below = <A extends string>(lhs: Tensor<A>, rhs: Tensor<A>, label?: string): Comparison => ({
  ...agree(lhs, rhs, label),
  relation: '<=',
})

/** A scalar that must equal a number of the host, itself exact, within the scalar's running-error bound. */
export const equals = (lhs: Scalar, rhs: number, label?: string): Comparison => {
  const [left, bound] = evaluated([lhs.expr, ...boundsOf([lhs.expr])])
  return nearNumbers(slack * bound[0])(left, [rhs], label, {})
}

/** The largest part of its tolerance that a comparison uses; above 1 it fails, and infinite where none was given. */
export const excess = ({ relation, lhs, rhs, tolerance }: Comparison): { ratio: number; at: number } => {
  if (lhs.length !== rhs.length) return { ratio: Number.POSITIVE_INFINITY, at: 0 }
  let worst = { ratio: 0, at: 0 }
  for (let at = 0; at < lhs.length; at += 1) {
    const difference = relation === '=' ? Math.abs(lhs[at] - rhs[at]) : lhs[at] - rhs[at]
    const fine = Object.is(lhs[at], rhs[at]) || difference <= 0
    const ratio = fine ? 0 : difference / tolerance[at]
    if (!(ratio <= worst.ratio)) worst = { ratio: Number.isNaN(ratio) ? Number.POSITIVE_INFINITY : ratio, at }
  }
  return worst
}

const place = (sizes: Shape, address: number): string => {
  let rest = address
  const parts = Object.entries(sizes).reverse()
  const named = parts.map(([axis, size]) => {
    const position = rest % size
    rest = Math.floor(rest / size)
    return `${axis} ${position}`
  })
  return named.reverse().join(', ') || 'the only element'
}

/** Both sides of a comparison where it fails most, for a person. */
export const showFailure = (comparison: Comparison): string => {
  const { label, relation, lhs, rhs, tolerance, sizes } = comparison
  if (lhs.length !== rhs.length) return `${label}: ${lhs.length} elements against ${rhs.length}`
  const { ratio, at } = excess(comparison)
  const by = ratio === Number.POSITIVE_INFINITY ? 'beyond any tolerance' : `${ratio.toPrecision(3)} x tolerance`
  const apart = `difference ${lhs[at] - rhs[at]}, tolerance ${tolerance[at]}`
  const values = `lhs ${lhs[at]} ${relation} rhs ${rhs[at]}, ${apart}`
  return `${label ? `${label}: ` : ''}${by} at ${place(sizes, at)}\n    ${values}`
}
