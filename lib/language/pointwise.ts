// Functions of elements: each gives a tensor of the axes of its first operand, and operands meet by the names of their
// axes. The other operands may lack some of the first one's axes, along which they are repeated; others they may not
// have.
//
//   add: (row, column) and (column) gives (row, column)

import * as expression from './expression.ts'
import { reject } from './ill-sized.ts'
import type { ScalarName } from './node.ts'
import { type Tensor, tensor } from './typed.ts'

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
    met ? x : tensor(reject(operation, axis, expected, came, x.expr))
