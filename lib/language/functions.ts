// Functions of the field (softmax, layer norm, GELU, ...), written with the operations of `tensor.ts`: the compiler
// knows none of them, and a function of one's own is as good as these. Each names the axes that it needs and carries
// any further ones along.
//
//   softmax('class') : (batch, class) gives (batch, class), each row of which sums to 1

import type { Sizes } from './axes.ts'
import {
  abs,
  add,
  constant,
  div,
  exp,
  expand,
  iota,
  less,
  log,
  max,
  maximum,
  mean,
  mul,
  type Replaces,
  replacing,
  type Scalar,
  scale,
  shift,
  sqrt,
  square,
  stopGradient,
  sub,
  sum,
  type Tensor,
} from './tensor.ts'

/** A temperature is a number of the host or a scalar tensor that changes from step to step. */
export type Temperature = number | Scalar

/**
 * (x - max x) / temperature along `axis`. Subtracting before dividing keeps the shift invariance exact: logits that
 * differ by a constant give equal bits.
 */
const tempered =
  <K extends string>(axis: K, temperature: Temperature) =>
  <A extends string>(x: Tensor<A | K>): Tensor<A | K> => {
    const centred = sub(x, stopGradient(max(axis)(x)))
    return typeof temperature === 'number' ? scale(1 / temperature)(centred) : div(centred, temperature)
  }

/**
 * exp(x / temperature), normalised to sum 1 along `axis`.
 *
 * @example
 * ```ts
 * import { array, softmax, valuesOf } from 'functional-dino'
 * const logits = array({ class: 2 }, [0, Math.log(3)])
 * valuesOf(softmax('class')(logits)) // => [1 / 4, 3 / 4]
 * valuesOf(softmax('class', 0.5)(logits)) // => [1 / 10, 9 / 10]
 * ```
 */
export const softmax =
  <K extends string>(axis: K, temperature: Temperature = 1) =>
  <A extends string>(x: Tensor<A | K>): Tensor<A | K> => {
    const weights = exp(tempered(axis, temperature)(x))
    return div(weights, sum(axis)(weights))
  }

/**
 * The logarithm of `softmax`, finite wherever x is.
 *
 * @example
 * ```ts
 * import { array, logSoftmax, valuesOf } from 'functional-dino'
 * valuesOf(logSoftmax('class')(array({ class: 2 }, [0, 0]))) // => [-Math.LN2, -Math.LN2]
 * valuesOf(logSoftmax('class')(array({ class: 2 }, [0, -1000]))) // => [0, -1000]
 * ```
 */
export const logSoftmax =
  <K extends string>(axis: K, temperature: Temperature = 1) =>
  <A extends string>(x: Tensor<A | K>): Tensor<A | K> => {
    const logits = tempered(axis, temperature)(x)
    return sub(logits, log(sum(axis)(exp(logits))))
  }

/**
 * log of the sum of exp(x) over `axis`, without overflow.
 *
 * @example
 * ```ts
 * import { array, logSumExp, valuesOf } from 'functional-dino'
 * valuesOf(logSumExp('class')(array({ class: 2 }, [1000, 1000]))) // => [1000 + Math.LN2]
 * ```
 */
export const logSumExp = <K extends string>(axis: K): Replaces<K, never> =>
  replacing(x => {
    const largest = stopGradient(max(axis)(x))
    return add(log(sum(axis)(exp(sub(x, largest)))), largest)
  })

/**
 * The mean squared distance to the mean over `axis` (divided by n, not n - 1).
 *
 * @example
 * ```ts
 * import { array, valuesOf, variance } from 'functional-dino'
 * valuesOf(variance('token')(array({ token: 2 }, [1, 5]))) // => [4]
 * ```
 */
export const variance = <K extends string>(axis: K): Replaces<K, never> =>
  replacing(x => mean(axis)(square(sub(x, mean(axis)(x)))))

/**
 * The Euclidean length along `axis`, at least `smallest`, so that its gradient at 0 is 0 and not undefined.
 *
 * @example
 * ```ts
 * import { array, norm, valuesOf } from 'functional-dino'
 * valuesOf(norm('unit')(array({ unit: 2 }, [3, 4]))) // => [5]
 * ```
 */
export const norm = <K extends string>(axis: K, smallest = 1e-12): Replaces<K, never> =>
  replacing(x => sqrt(maximum(sum(axis)(square(x)), constant(smallest * smallest))))

/**
 * x divided by its Euclidean length along `axis`; 0 stays 0.
 *
 * @example
 * ```ts
 * import { array, normalise, valuesOf } from 'functional-dino'
 * valuesOf(normalise('unit')(array({ unit: 2 }, [3, 4]))) // => [0.6, 0.8]
 * ```
 */
export const normalise =
  <K extends string>(axis: K, smallest = 1e-12) =>
  <A extends string>(x: Tensor<A | K>): Tensor<A | K> =>
    div(x, norm(axis, smallest)(x))

/** Scale and offset of a layer norm, over its axis. */
export interface Affine<K extends string> {
  readonly weight: Tensor<K>
  readonly bias: Tensor<K>
}

/**
 * (x - mean) / sqrt(variance + epsilon) along `axis`, then scaled and offset (Ba et al. 2016, equation 3).
 *
 * @example
 * ```ts
 * import { array, layerNorm, valuesOf } from 'functional-dino'
 * const weight = array({ unit: 2 }, [1, 2])
 * const bias = array({ unit: 2 }, [0, 5])
 * valuesOf(layerNorm('unit')({ weight, bias })(array({ unit: 2 }, [10, 30]))) // => [-1, 7]
 * ```
 */
export const layerNorm =
  <K extends string>(axis: K, epsilon = 1e-6) =>
  ({ weight, bias }: Affine<K>) =>
  <A extends string>(x: Tensor<A | K>): Tensor<A | K> => {
    const centred = sub(x, mean(axis)(x))
    const deviation = sqrt(shift(epsilon)(mean(axis)(square(centred))))
    return add(mul(div(centred, deviation), weight), bias)
  }

/**
 * 1 at the position along the new `axis` that a whole-numbered `label` names, else 0.
 *
 * @example
 * ```ts
 * import { array, oneHot, valuesOf } from 'functional-dino'
 * valuesOf(oneHot('class', 3)(array({ picture: 2 }, [2, 0]))) // => [0, 0, 1, 1, 0, 0]
 * ```
 */
export const oneHot =
  <K extends string>(axis: K, size: number) =>
  <A extends string>(label: Tensor<A>): Tensor<A | K> => {
    const position = iota(axis, size)
    const distance = abs(sub(expand({ [axis]: size } as Sizes<K>)(label), position))
    return less(distance, constant(0.5))
  }
