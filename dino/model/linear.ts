// The affine map of a layer and its initial values, which are the public code's: weights normal, biases zero.

import { add, dot, initialisers, type Replaces, replacing, type Sizes, type Tensor } from '../../lib/index.ts'

/**
 * Deviation of initial weights and tokens (trunc_normal_ in the public code; its cut at 2 is never reached). It is
 * meant for some hundred features; with few, layers begin all but linear, and a larger one learns sooner.
 */
export const usualDeviation = 0.02

/** Initialisers of a map from the axes `from` to the axes `to`. */
export const linear = <F extends string, T extends string>(
  from: Sizes<F>,
  to: Sizes<T>,
  deviation = usualDeviation,
) => ({
  weight: initialisers.withRole('weight')(initialisers.normal(deviation)<F | T>({ ...from, ...to } as Sizes<F | T>)),
  bias: initialisers.withRole('bias')(initialisers.zeros(to)),
})

/** Weight and bias of a map between axes. */
export interface Linear<F extends string, T extends string> {
  readonly weight: Tensor<F | T>
  readonly bias: Tensor<T>
}

/**
 * x W + b: contracts the axes `from`; the axes of the bias appear.
 *
 * @example
 * ```ts
 * import { array, valuesOf } from 'functional-dino'
 * import { applyLinear } from 'functional-dino/dino'
 * const layer = { weight: array({ feature: 2, unit: 1 }, [2, 3]), bias: array({ unit: 1 }, [1]) }
 * valuesOf(applyLinear('feature')(layer)(array({ token: 2, feature: 2 }, [1, 0, 0, 1]))) // => [3, 4]
 * ```
 */
export const applyLinear =
  <F extends string>(...from: F[]) =>
  <T extends string>({ weight, bias }: Linear<F, T>): Replaces<F, T> =>
    replacing<F, T>(x => add(dot(...from)(x, weight), bias))
