// Where tensors come from: inputs of a run, and constants of every form.

import type { Sizes } from './axes.ts'
import * as expression from './expression.ts'
import { type Scalar, type Tensor, tensor } from './typed.ts'

/**
 * A tensor whose values are given under `name` when the program runs.
 *
 * @example
 * ```ts
 * import { input, sizeOf } from 'functional-dino'
 * const pixels = input('pixels', { row: 2, column: 8 })
 * sizeOf('column', pixels) // => 8
 * ```
 */
export const input = <A extends string>(name: string, sizes: Sizes<A>): Tensor<A> =>
  tensor(expression.input(name, sizes))

/**
 * A scalar constant.
 *
 * @example
 * ```ts
 * import { array, constant, mul, valuesOf } from 'functional-dino'
 * valuesOf(mul(array({ token: 2 }, [1, 2]), constant(3))) // => [3, 6]
 * ```
 */
export const constant = (value: number): Scalar => tensor(expression.constant(value))

/**
 * A constant array; `values` are ordered as the axes are written, the last axis contiguous.
 *
 * @example
 * ```ts
 * import { array, sum, valuesOf } from 'functional-dino'
 * const table = array({ row: 2, column: 3 }, [1, 2, 3, 10, 20, 30])
 * valuesOf(sum('column')(table)) // => [6, 60]
 * valuesOf(sum('row')(table)) // => [11, 22, 33]
 * ```
 */
export const array = <A extends string>(
  sizes: Sizes<A>,
  values: readonly number[] | Float32Array | Float64Array,
): Tensor<A> => tensor(expression.array(sizes, values))

/**
 * 0, 1, ..., size - 1 along a new axis.
 *
 * @example
 * ```ts
 * import { iota, valuesOf } from 'functional-dino'
 * valuesOf(iota('token', 4)) // => [0, 1, 2, 3]
 * ```
 */
export const iota = <K extends string>(axis: K, size: number): Tensor<K> => tensor(expression.iota(axis, size))

/**
 * `value` everywhere.
 *
 * @example
 * ```ts
 * import { fill, total, valuesOf } from 'functional-dino'
 * valuesOf(total(fill({ row: 2, column: 3 }, 7))) // => [42]
 * ```
 */
export const fill = <A extends string>(sizes: Sizes<A>, value: number): Tensor<A> =>
  tensor(expression.expand(sizes, expression.constant(value)))

/**
 * The size of an axis: a number of the host, known when the graph is built.
 *
 * @example
 * ```ts
 * import { fill, scale, sizeOf, sum, valuesOf } from 'functional-dino'
 * const x = fill({ token: 4 }, 6)
 * valuesOf(scale(1 / sizeOf('token', x))(sum('token')(x))) // => [6]
 * ```
 */
export const sizeOf = <K extends string, A extends string>(axis: K, x: Tensor<A | K>): number => x.expr.shape[axis]
