// The typed language: expressions whose axes the compiler checks. Data comes last and configuration first; arithmetic
// takes its operands plainly, the one with more axes first. There is no transpose, no keepdims and no broadcasting rule
// to remember: operands meet by axis name, and the second operand's axes must be among the first's.

import { type Named, named, type Sizes } from './axes.ts'
import type { Expr } from './expression.ts'
import * as expression from './expression.ts'
import type { ScalarName } from './node.ts'

/** A float32 expression over the axes `A`; `Tensor<never>` is a scalar. */
export interface Tensor<in out A extends string> extends Named<A> {
  readonly expr: Expr
}

/** A tensor without axes. */
export type Scalar = Tensor<never>

/** An expression as a tensor over the axes `A`. The caller vouches that these are the axes of the expression's shape. */
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

const replaces = <K extends string, T extends string>(f: (x: Expr) => Expr): Replaces<K, T> =>
  replacing<K, T>(x => tensor(f(x.expr)))

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

const unary =
  (operation: ScalarName) =>
  <A extends string>(x: Tensor<A>): Tensor<A> =>
    tensor(expression.map(operation, x.expr))

const binary =
  (operation: ScalarName) =>
  <A extends string, B extends A>(x: Tensor<A>, y: Tensor<B>): Tensor<A> =>
    tensor(expression.map(operation, x.expr, y.expr))

/**
 * x + y
 *
 * @example
 * ```ts
 * import { add, array, valuesOf } from 'functional-dino'
 * const table = array({ row: 2, column: 2 }, [1, 2, 3, 4])
 * valuesOf(add(table, array({ column: 2 }, [10, 20]))) // => [11, 22, 13, 24]
 * valuesOf(add(table, array({ row: 2 }, [10, 20]))) // => [11, 12, 23, 24]
 * ```
 */
export const add = binary('add')
/**
 * x y, element by element
 *
 * @example
 * ```ts
 * import { array, mul, valuesOf } from 'functional-dino'
 * valuesOf(mul(array({ row: 2, column: 2 }, [1, 2, 3, 4]), array({ row: 2 }, [1, 10]))) // => [1, 2, 30, 40]
 * ```
 */
export const mul = binary('mul')
/**
 * The larger of x and y; the gradient of a tie is shared equally.
 *
 * @example
 * ```ts
 * import { array, constant, maximum, valuesOf } from 'functional-dino'
 * valuesOf(maximum(array({ token: 3 }, [-1, 0, 2]), constant(0))) // => [0, 0, 2]
 * ```
 */
export const maximum = binary('max')
/**
 * 1 where x < y, else 0; no gradient.
 *
 * @example
 * ```ts
 * import { array, constant, less, valuesOf } from 'functional-dino'
 * valuesOf(less(array({ token: 3 }, [-1, 0, 2]), constant(0))) // => [1, 0, 0]
 * ```
 */
export const less = binary('less')
/** -x */
export const neg = unary('neg')
/** 1 / x */
export const recip = unary('recip')
/** e^x */
export const exp = unary('exp')
/** The natural logarithm. */
export const log = unary('log')
/** The square root. */
export const sqrt = unary('sqrt')
/** Sine of an angle in radians. */
export const sin = unary('sin')
/** Cosine of an angle in radians. */
export const cos = unary('cos')
/** Hyperbolic tangent. */
export const tanh = unary('tanh')
/** 2/sqrt(pi) times the integral of exp(-t^2) from 0 to x. */
export const erf = unary('erf')
/** The angle between -pi/2 and pi/2 whose tangent is x, in radians. */
export const atan = unary('atan')
/** The largest whole number not above x; no gradient. */
export const floor = unary('floor')
/** |x| */
export const abs = unary('abs')

/** x - y */
export const sub = <A extends string, B extends A>(x: Tensor<A>, y: Tensor<B>): Tensor<A> => add(x, neg(y))

/**
 * x / y
 *
 * @example
 * ```ts
 * import { array, div, sum, valuesOf } from 'functional-dino'
 * const counts = array({ class: 3 }, [1, 2, 5])
 * valuesOf(div(counts, sum('class')(counts))) // => [0.125, 0.25, 0.625]
 * ```
 */
export const div = <A extends string, B extends A>(x: Tensor<A>, y: Tensor<B>): Tensor<A> => mul(x, recip(y))

/** The smaller of x and y. */
export const minimum = <A extends string, B extends A>(x: Tensor<A>, y: Tensor<B>): Tensor<A> =>
  neg(maximum(neg(x), neg(y)))

/** x^2 */
export const square = <A extends string>(x: Tensor<A>): Tensor<A> => mul(x, x)

/** c x for a number c. */
export const scale =
  (factor: number) =>
  <A extends string>(x: Tensor<A>): Tensor<A> =>
    tensor(expression.map('mul', x.expr, expression.constant(factor)))

/** x + c for a number c. */
export const shift =
  (amount: number) =>
  <A extends string>(x: Tensor<A>): Tensor<A> =>
    tensor(expression.map('add', x.expr, expression.constant(amount)))

/**
 * x where the condition is not 0, else y.
 *
 * @example
 * ```ts
 * import { array, constant, less, neg, valuesOf, where } from 'functional-dino'
 * const x = array({ token: 3 }, [-1, 0, 2])
 * valuesOf(where(less(x, constant(0)), neg(x), x)) // => [1, 0, 2]
 * ```
 */
export const where = <A extends string, B extends A, C extends A>(
  condition: Tensor<C>,
  x: Tensor<A>,
  y: Tensor<B>,
): Tensor<A> => tensor(expression.map('select', condition.expr, x.expr, y.expr))

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

/**
 * The same value, whose gradient is zero.
 *
 * @example
 * ```ts
 * import { array, gradient, mul, stopGradient, total, valuesOf } from 'functional-dino'
 * const x = array({ token: 2 }, [3, 4])
 * valuesOf(gradient(total(mul(x, x)), x)) // => [6, 8]
 * valuesOf(gradient(total(mul(x, stopGradient(x))), x)) // => [3, 4]
 * ```
 */
export const stopGradient = <A extends string>(x: Tensor<A>): Tensor<A> => tensor(expression.stop(x.expr))

/**
 * A condition on an argument that no operation checks. If it is met, `x` itself; if not, `x` with a shape error of
 * `operation` at `axis`, which `check` reports.
 *
 * @example
 * ```ts
 * import { demand, fill, showShapeError } from 'functional-dino'
 * const x = demand(3 % 2 === 0, 'halves', 'token', 'an even size', '3')(fill({ token: 3 }, 1))
 * x.expr.faults.map(showShapeError) // => ['halves: axis "token" expected an even size, came 3 (token 3)']
 * ```
 */
export const demand =
  (met: boolean, operation: string, axis: string, expected: string, came: string) =>
  <A extends string>(x: Tensor<A>): Tensor<A> =>
    met ? x : tensor(expression.reject(operation, axis, expected, came, x.expr))
