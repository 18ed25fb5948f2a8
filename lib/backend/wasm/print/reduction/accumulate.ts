// What both ways of reducing share: where a reduction begins, and how two partial results become one.

import type { Reduction } from '../../../../language/expression.ts'
import { splat, type Text } from '../text.ts'

/** What a reduction of no terms is, in every lane. */
export const startOf = (operation: Reduction): Text => splat(operation === 'sum' ? 0 : Number.NEGATIVE_INFINITY)

/** Two partial results as one, lane by lane. */
export const combine = (operation: Reduction, left: Text, right: Text): Text =>
  `(${operation === 'sum' ? 'f32x4.add' : 'f32x4.max'} ${left} ${right})`

/** Accumulators of independent results or terms at once: enough to hide the latency of an addition. */
export const accumulators = 4
