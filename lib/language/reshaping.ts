// Functions that change axes and no value: repeating, renaming, splitting, merging, slicing, padding and joining. The
// compiler turns them into index arithmetic; none of them copies by itself.
//
//   split('pixel', { row: 2, column: 3 }): (batch, pixel 6) gives (batch, row 2, column 3)

import type { Sizes } from './axes.ts'
import * as expression from './expression.ts'
import { type Replaces, replaces, type Tensor, tensor } from './typed.ts'

/**
 * Repeats along new axes.
 *
 * @example
 * ```ts
 * import { array, expand, valuesOf } from 'functional-dino'
 * valuesOf(expand({ column: 2 })(array({ row: 2 }, [1, 2]))) // => [1, 1, 2, 2]
 * ```
 */
export const expand =
  <K extends string>(sizes: Sizes<K>) =>
  <A extends string>(x: Tensor<A>): Tensor<A | K> =>
    tensor(expression.expand(sizes, x.expr))

/**
 * Gives an axis another name.
 *
 * @example
 * ```ts
 * import { array, outer, rename, valuesOf } from 'functional-dino'
 * const x = array({ token: 2 }, [1, 3])
 * const products = outer(x, rename('token', 'context')(x)) // every token with every other
 * valuesOf(products) // => [1, 3, 3, 9]
 * ```
 */
export const rename = <F extends string, T extends string>(from: F, to: T): Replaces<F, T> =>
  replaces(x => expression.rename({ [from]: to }, x))

/**
 * One axis as several; the product of the sizes is the size of the axis, and the last one varies fastest.
 *
 * @example
 * ```ts
 * import { iota, split, sum, valuesOf } from 'functional-dino'
 * const pixels = split('pixel', { row: 2, column: 3 })(iota('pixel', 6)) // 0 1 2; 3 4 5
 * valuesOf(sum('column')(pixels)) // => [3, 12]
 * ```
 */
export const split = <F extends string, T extends string>(axis: F, into: Sizes<T>): Replaces<F, T> =>
  replaces(x => expression.split(axis, into, x))

/**
 * Several axes as one; the last of `axes` varies fastest.
 *
 * @example
 * ```ts
 * import { array, at, merge, valuesOf } from 'functional-dino'
 * const image = array({ row: 2, column: 3 }, [0, 1, 2, 3, 4, 5])
 * valuesOf(at('pixel', 3)(merge(['row', 'column'], 'pixel')(image))) // => [3]
 * ```
 */
export const merge = <K extends string, T extends string>(axes: readonly K[], into: T): Replaces<K, T> =>
  replaces(x => expression.merge(axes, into, x))

/**
 * Elements `start` to `start + size` of an axis.
 *
 * @example
 * ```ts
 * import { iota, slice, valuesOf } from 'functional-dino'
 * valuesOf(slice('token', 2, 3)(iota('token', 10))) // => [2, 3, 4]
 * ```
 */
export const slice =
  <K extends string>(axis: K, start: number, size: number) =>
  <A extends string>(x: Tensor<A | K>): Tensor<A | K> =>
    tensor(expression.slice(axis, start, size, x.expr))

/**
 * The element at `position` of an axis, which goes.
 *
 * @example
 * ```ts
 * import { array, at, valuesOf } from 'functional-dino'
 * valuesOf(at('row', 1)(array({ row: 2, column: 2 }, [1, 2, 3, 4]))) // => [3, 4]
 * ```
 */
export const at = <K extends string>(axis: K, position: number): Replaces<K, never> =>
  replaces(x => expression.split(axis, {}, expression.slice(axis, position, 1, x)))

/**
 * Zeros before and after an axis.
 *
 * @example
 * ```ts
 * import { array, pad, valuesOf } from 'functional-dino'
 * valuesOf(pad('token', 1, 2)(array({ token: 2 }, [5, 6]))) // => [0, 5, 6, 0, 0]
 * ```
 */
export const pad =
  <K extends string>(axis: K, before: number, after: number) =>
  <A extends string>(x: Tensor<A | K>): Tensor<A | K> =>
    tensor(expression.pad(axis, before, after, x.expr))

/**
 * Tensors of the same axes one after the other along `axis`.
 *
 * @example
 * ```ts
 * import { array, concat, valuesOf } from 'functional-dino'
 * valuesOf(concat('token')(array({ token: 1 }, [7]), array({ token: 2 }, [8, 9]))) // => [7, 8, 9]
 * ```
 */
export const concat =
  <K extends string>(axis: K) =>
  <A extends string>(first: Tensor<A | K>, ...rest: readonly Tensor<A | K>[]): Tensor<A | K> => {
    const parts = [first, ...rest].map(part => part.expr)
    const sizes = parts.map(part => part.shape[axis] ?? 1)
    const total = sizes.reduce((sum, size) => sum + size, 0)
    const placed = parts.map((part, index) => {
      const before = sizes.slice(0, index).reduce((sum, size) => sum + size, 0)
      return expression.pad(axis, before, total - before - sizes[index], part)
    })
    return tensor(placed.reduce((left, right) => expression.map('add', left, right)))
  }
