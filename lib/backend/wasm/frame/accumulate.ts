// Accumulating on four lanes: the value that a reduction starts from, and the instruction that combines two partial
// results.
//
//   set(total, combine('max')(get(total), term))        from a total of  startOf('max'), minus infinity in every lane

import type { Reduction } from '../../../language/expression.ts'
import type { V128 } from '../code/value.ts'
import { add, max, splat } from '../code/vector.ts'

/** The result of a reduction of no terms, in every lane. */
export const startOf = (operation: Reduction): V128 => splat(operation === 'sum' ? 0 : Number.NEGATIVE_INFINITY)

/** Two partial results as one, lane by lane. */
export const combine = (operation: Reduction): ((left: V128, right: V128) => V128) => (operation === 'sum' ? add : max)

/** Accumulators of independent results or terms at once: enough to hide the latency of an addition. */
export const accumulators = 4
