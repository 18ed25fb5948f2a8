// Derivatives of functions between trees of tensors. Each takes a function and gives a function; what comes out is
// again an expression, so they compose: a Hessian-vector product is the gradient of a gradient's inner product.

import { type Expr, map, reduce } from '../language/expression.ts'
import { type Scalar, type Tensor, tensor } from '../language/tensor.ts'
import { gradients, pullback, pushforward } from '../transform/gradient.ts'
import { leavesOf, refill } from './tree.ts'

const expressions = (tree: object): readonly Expr[] => leavesOf<'tensor'>(tree).map(([, leaf]) => leaf.expr)

const refillTensors = <P extends object>(tree: P, values: readonly Expr[]): P => refill(tree, values.map(tensor))

/** The gradient of an expression that was built from `parameters`, with respect to them. */
export const gradient = <P extends object>(value: Scalar, parameters: P): P =>
  refillTensors(parameters, gradients(value.expr, expressions(parameters)))

/** A scalar function's value and gradient. Only scalars have one: a function to any axis does not compile. */
export const valueAndGrad =
  <P extends object>(f: (parameters: P) => Scalar) =>
  (parameters: P): { readonly value: Scalar; readonly gradient: P } => {
    const value = f(parameters)
    return { value, gradient: gradient(value, parameters) }
  }

/** A function's value and its pullback: from a cotangent of the value to cotangents of the parameters. */
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

/** A function's value and how it changes when the parameters move along `tangent`: forward mode by double vjp. */
export const jvp =
  <P extends object, A extends string>(f: (parameters: P) => Tensor<A>) =>
  (parameters: P, tangent: P): { readonly value: Tensor<A>; readonly tangent: Tensor<A> } => {
    const value = f(parameters)
    const [moved] = pushforward([value.expr], expressions(parameters), expressions(tangent))
    return { value, tangent: tensor(moved) }
  }

/** The sum of the products of all pairs of elements of two trees of one structure. */
export const inner = <P extends object>(left: P, right: P): Scalar => {
  const others = expressions(right)
  const products = expressions(left).map((x, index) => map('mul', x, others[index]))
  const sums = products.map(product => reduce('sum', Object.keys(product.shape), product))
  return tensor(sums.reduce((total, part) => map('add', total, part)))
}

/** The Hessian of a scalar function times a direction. */
export const hessianVector =
  <P extends object>(f: (parameters: P) => Scalar) =>
  (parameters: P, direction: P): P =>
    gradient(inner(valueAndGrad(f)(parameters).gradient, direction), parameters)
