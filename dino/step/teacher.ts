// The teacher is the exponential moving average of the student: theta_t <- m theta_t + (1 - m) theta_s (Caron et al.
// 2021, section 3.1). It is a tree of its own and never refers to the student's.

import { add, constant, mul, type Scalar, sub, trees } from '../../lib/index.ts'

/**
 * The next teacher, leaf by leaf; momentum 1 keeps the teacher, 0 copies the student.
 *
 * @example
 * ```ts
 * import { array, constant, valuesOf } from 'functional-dino'
 * import { ema } from 'functional-dino/dino'
 * const [teacher, student] = [[1, 2], [2, 4]].map(weight => ({ weight: array({ feature: 2 }, weight) }))
 * valuesOf(ema(constant(0.9))(teacher, student).weight) // => [1.1, 2.2]
 * ```
 */
export const ema =
  (momentum: Scalar) =>
  <T extends object>(teacher: T, student: T): T =>
    trees.zipTrees(teacher, student)((_, t, s) => add(mul(t, momentum), mul(s, sub(constant(1), momentum))))
