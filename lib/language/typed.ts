// Tensors as types: an expression together with the union of its axes, and the signatures of functions that change that
// union. At run time a tensor is its expression; TypeScript alone knows of the axes.
//
//   sum('token') : Tensor<'batch' | 'token'> -> Tensor<'batch'>

import { type Named, named } from './axes.ts'
import type { Expr } from './expression.ts'

/** A float32 expression over the axes `A`; `Tensor<never>` is a scalar. */
export interface Tensor<in out A extends string> extends Named<A> {
  readonly expr: Expr
}

/** A tensor without axes. */
export type Scalar = Tensor<never>

/** An expression as a tensor over the axes `A`. The caller vouches that they are the axes of its shape. */
export const tensor = <A extends string>(expr: Expr): Tensor<A> => named({ expr })

/**
 * A function that replaces the axes `K`, which its operand must have, by `T`; the operand's other axes stay.
 * `sum('token')` replaces 'token' by nothing, `rename('token', 'context')` by 'context'.
 *
 * The second signature says all of it, and yet the first is needed. Where the operand has exactly the axes `K`,
 * TypeScript finds nothing left to infer `A` from and takes `K` itself, so that the axes that should go stay:
 *
 * ```ts
 * declare const total: <A extends string>(x: Tensor<A | 'token'>) => Tensor<A>
 * const wrong = total(tokens)         // tokens: Tensor<'token'>; `wrong` is a Tensor<'token'>, not a scalar
 * ```
 *
 * The first signature is tried first and takes just such operands.
 */
export interface Replaces<K extends string, T extends string> {
  (x: Tensor<K>): Tensor<T>
  <A extends string>(x: Tensor<A | K>): Tensor<A | T>
}

/**
 * Gives a function both signatures of `Replaces`. For a function of one's own that removes, renames or adds axes: it is
 * written once, for all further axes `A`, and is typed right for operands without any.
 *
 * @example
 * ```ts
 * import { array, replacing, type Scalar, square, sum, valuesOf } from 'functional-dino'
 * const energy = replacing<'token', never>(x => sum('token')(square(x)))
 * const five: Scalar = energy(array({ token: 2 }, [1, 2]))
 * valuesOf(five) // => [5]
 * ```
 */
export const replacing = <K extends string, T extends string>(
  f: <A extends string>(x: Tensor<A | K>) => Tensor<A | T>,
): Replaces<K, T> => f as Replaces<K, T>

/**
 * A function of two tensors that sums over the axes `K`, which both must have; every other axis of either stays. As for
 * `Replaces`, an operand with exactly the axes `K` needs a signature of its own: there are two operands, hence four.
 */
export interface Contracts<K extends string> {
  (x: Tensor<K>, y: Tensor<K>): Scalar
  <B extends string>(x: Tensor<K>, y: Tensor<B | K>): Tensor<B>
  <A extends string>(x: Tensor<A | K>, y: Tensor<K>): Tensor<A>
  <A extends string, B extends string>(x: Tensor<A | K>, y: Tensor<B | K>): Tensor<A | B>
}

/** A function on expressions that replaces the axes `K` by `T`, as one on tensors. */
export const replaces = <K extends string, T extends string>(f: (x: Expr) => Expr): Replaces<K, T> =>
  replacing<K, T>(x => tensor(f(x.expr)))
