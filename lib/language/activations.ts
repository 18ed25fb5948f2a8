// The nonlinear functions between the layers of a perceptron. Each is smooth, all but 0 for small x and all but x for
// large ones; a tensor of any axes goes in and one of the same axes comes out.

import { erf, mul, scale, shift, type Tensor, tanh } from './tensor.ts'

/**
 * x times the standard normal distribution function of x, exactly, by erf (Hendrycks and Gimpel 2016).
 *
 * @example
 * ```ts
 * import { array, gelu, valuesOf } from 'functional-dino'
 * valuesOf(gelu(array({ unit: 3 }, [-1, 0, 1]))) // => [-0.1586553, 0, 0.8413447]
 * ```
 */
export const gelu = <A extends string>(x: Tensor<A>): Tensor<A> =>
  mul(x, scale(0.5)(shift(1)(erf(scale(Math.SQRT1_2)(x)))))

/**
 * x times the logistic function of x, 1 / (1 + exp(-x)) (Hendrycks and Gimpel 2016, section 2), also named swish. It is
 * computed by tanh, so that neither it nor its gradient overflows.
 *
 * @example
 * ```ts
 * import { array, silu, valuesOf } from 'functional-dino'
 * valuesOf(silu(array({ unit: 3 }, [-1, 0, 1]))) // => [-0.2689414, 0, 0.7310586]
 * ```
 */
export const silu = <A extends string>(x: Tensor<A>): Tensor<A> => mul(x, scale(0.5)(shift(1)(tanh(scale(0.5)(x)))))
