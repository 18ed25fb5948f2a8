// Functions that sum or take the maximum over axes, which go; and the products of tensors whose axes differ.
//
//   dot('from'): (row, from) and (from, to) gives (row, to)

import * as expression from './expression.ts'
import { type Contracts, type Replaces, replaces, type Scalar, type Tensor, tensor } from './typed.ts'

const reduction =
  (operation: expression.Reduction) =>
  <K extends string>(...axes: K[]): Replaces<K, never> =>
    replaces(x => expression.reduce(operation, axes, x))

/**
 * The sum over the named axes.
 *
 * @example
 * ```ts
 * import { array, sum, valuesOf } from 'functional-dino'
 * valuesOf(sum('token')(array({ token: 3 }, [1, 2, 3]))) // => [6]
 * ```
 */
export const sum = reduction('sum')

/**
 * The maximum over the named axes; its gradient is shared equally among ties.
 *
 * @example
 * ```ts
 * import { array, max, valuesOf } from 'functional-dino'
 * valuesOf(max('column')(array({ row: 2, column: 2 }, [1, 4, 3, 2]))) // => [4, 3]
 * ```
 */
export const max = reduction('max')

/**
 * The mean over the named axes.
 *
 * @example
 * ```ts
 * import { array, mean, valuesOf } from 'functional-dino'
 * const table = array({ row: 2, column: 2 }, [1, 2, 3, 6])
 * valuesOf(mean('column')(table)) // => [1.5, 4.5]
 * valuesOf(mean('row', 'column')(table)) // => [3]
 * ```
 */
export const mean = <K extends string>(...axes: K[]): Replaces<K, never> =>
  replaces(x => {
    const count = axes.reduce((total, axis) => total * (x.shape[axis] ?? 1), 1)
    return expression.map('mul', expression.reduce('sum', axes, x), expression.constant(1 / count))
  })

/**
 * The sum over every axis.
 *
 * @example
 * ```ts
 * import { array, total, valuesOf } from 'functional-dino'
 * valuesOf(total(array({ row: 2, column: 2 }, [1, 2, 3, 4]))) // => [10]
 * ```
 */
export const total = <A extends string>(x: Tensor<A>): Scalar =>
  tensor(expression.reduce('sum', Object.keys(x.expr.shape), x.expr))

/**
 * The contraction over the named axes: elements meet by the names that both tensors have and are multiplied; the named
 * axes are summed; every other axis of either stays.
 *
 * @example
 * ```ts
 * import { array, dot, valuesOf } from 'functional-dino'
 * const x = array({ row: 2, from: 2 }, [1, 2, 3, 4])
 * const w = array({ from: 2, to: 1 }, [10, 1])
 * valuesOf(dot('from')(x, w)) // => [12, 34]
 * ```
 */
export const dot = <K extends string>(...axes: K[]): Contracts<K> =>
  (<A extends string, B extends string>(x: Tensor<A | K>, y: Tensor<B | K>): Tensor<A | B> =>
    tensor(expression.reduce('sum', axes, expression.map('mul', x.expr, y.expr)))) as Contracts<K>

/**
 * The outer product: every axis of either stays.
 *
 * @example
 * ```ts
 * import { array, outer, valuesOf } from 'functional-dino'
 * valuesOf(outer(array({ row: 2 }, [1, 2]), array({ column: 3 }, [1, 10, 100]))) // => [1, 10, 100, 2, 20, 200]
 * ```
 */
export const outer = <A extends string, B extends string>(x: Tensor<A>, y: Tensor<B>): Tensor<A | B> =>
  tensor(expression.map('mul', x.expr, y.expr))
