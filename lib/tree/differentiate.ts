// Derivatives of functions between trees of tensors. Each takes a function and gives a function; what comes out is
// again an expression, so they compose: a Hessian-vector product is the gradient of a gradient's inner product.

import { type Expr, map, reduce } from '../language/expression.ts'
import { type Scalar, type Tensor, tensor } from '../language/tensor.ts'
import { gradients, pullback, pushforward } from '../transform/gradient.ts'
import { leavesOf, refill } from './tree.ts'

const expressions = (tree: object): readonly Expr[] => leavesOf<'tensor'>(tree).map(([, leaf]) => leaf.expr)

const refillTensors = <P extends object>(tree: P, values: readonly Expr[]): P => refill(tree, values.map(tensor))

/**
 * The gradient of an expression that was built from `parameters`, with respect to them.
 *
 * @example
 * ```ts
 * import { array, gradient, square, total, valuesOf } from 'functional-dino'
 * const x = array({ token: 2 }, [1, 5])
 * valuesOf(gradient(total(square(x)), x)) // => [2, 10]
 * ```
 */
export const gradient = <P extends object>(value: Scalar, parameters: P): P =>
  refillTensors(parameters, gradients(value.expr, expressions(parameters)))

/**
 * A scalar function's value and gradient. Only scalars have one: a function to any axis does not compile.
 *
 * @example
 * ```ts
 * import { constant, mul, type Scalar, square, valueAndGrad, valuesOf } from 'functional-dino'
 * const f = ({ x, y }: { readonly x: Scalar; readonly y: Scalar }) => mul(square(x), y)
 * const { value, gradient } = valueAndGrad(f)({ x: constant(3), y: constant(5) })
 * valuesOf(value) // => [45]
 * [gradient.x, gradient.y].flatMap(valuesOf) // => [30, 9]
 * ```
 */
export const valueAndGrad =
  <P extends object>(f: (parameters: P) => Scalar) =>
  (parameters: P): { readonly value: Scalar; readonly gradient: P } => {
    const value = f(parameters)
    return { value, gradient: gradient(value, parameters) }
  }

/**
 * A function's value and its pullback: from a cotangent of the value to cotangents of the parameters.
 *
 * @example
 * ```ts
 * import { array, square, type Tensor, valuesOf, vjp } from 'functional-dino'
 * const { pullback } = vjp((x: Tensor<'token'>) => square(x))(array({ token: 2 }, [3, 4]))
 * valuesOf(pullback(array({ token: 2 }, [1, 10]))) // => [6, 80]
 * ```
 */
export const vjp =
  <P extends object, A extends string>(f: (parameters: P) => Tensor<A>) =>
  (parameters: P): { readonly value: Tensor<A>; readonly pullback: (cotangent: Tensor<A>) => P } => {
    const value = f(parameters)
    return {
      value,
      pullback: cotangent =>
        refillTensors(parameters, pullback([[value.expr, cotangent.expr]], expressions(parameters))),
    }
  }

/**
 * A function's value and how it changes when the parameters move along `tangent`: forward mode by double vjp.
 *
 * @example
 * ```ts
 * import { array, jvp, square, type Tensor, valuesOf } from 'functional-dino'
 * const f = (x: Tensor<'token'>) => square(x)
 * const { tangent } = jvp(f)(array({ token: 2 }, [3, 4]), array({ token: 2 }, [1, 10]))
 * valuesOf(tangent) // => [6, 80]
 * ```
 */
export const jvp =
  <P extends object, A extends string>(f: (parameters: P) => Tensor<A>) =>
  (parameters: P, tangent: P): { readonly value: Tensor<A>; readonly tangent: Tensor<A> } => {
    const value = f(parameters)
    const [moved] = pushforward([value.expr], expressions(parameters), expressions(tangent))
    return { value, tangent: tensor(moved) }
  }

/**
 * The sum of the products of all pairs of elements of two trees of one structure.
 *
 * @example
 * ```ts
 * import { array, constant, inner, valuesOf } from 'functional-dino'
 * const tree = { a: array({ token: 2 }, [1, 2]), b: constant(3) }
 * valuesOf(inner(tree, tree)) // => [14]
 * ```
 */
export const inner = <P extends object>(left: P, right: P): Scalar => {
  const others = expressions(right)
  const products = expressions(left).map((x, index) => map('mul', x, others[index]))
  const sums = products.map(product => reduce('sum', Object.keys(product.shape), product))
  return tensor(sums.reduce((total, part) => map('add', total, part)))
}

/**
 * The Hessian of a scalar function times a direction.
 *
 * @example
 * ```ts
 * import { array, hessianVector, mul, square, type Tensor, total, valuesOf } from 'functional-dino'
 * const cubes = (x: Tensor<'token'>) => total(mul(x, square(x))) // its Hessian is 6 x on the diagonal
 * valuesOf(hessianVector(cubes)(array({ token: 2 }, [1, 2]), array({ token: 2 }, [1, 10]))) // => [6, 120]
 * ```
 */
export const hessianVector =
  <P extends object>(f: (parameters: P) => Scalar) =>
  (parameters: P, direction: P): P =>
    gradient(inner(valueAndGrad(f)(parameters).gradient, direction), parameters)
