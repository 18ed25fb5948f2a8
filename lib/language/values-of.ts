// Looking at a tensor: its numbers, computed here and now by the reference evaluator. For examples, tests and the
// console; a program that computes is compiled by an executor.

import { evaluate } from './evaluate.ts'
import type { Tensor } from './tensor.ts'

/**
 * The numbers of a tensor that depends on no input, in float64, in the order in which its axes came to be; those of a
 * scalar are one number in a list.
 *
 * @example
 * ```ts
 * import { array, square, valuesOf } from 'functional-dino'
 * valuesOf(square(array({ token: 3 }, [1, 2, 3]))) // => [1, 4, 9]
 * ```
 */
export const valuesOf = <A extends string>({ expr }: Tensor<A>): readonly number[] => Array.from(evaluate([expr])[0])
