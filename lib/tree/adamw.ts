// Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2): a parameter moves by the running mean of
// its gradient over the root of the running mean of its square, both corrected for having begun at zero.

import { add, div, mul, scale, shift, sqrt, square, sub, type Tensor } from '../language/tensor.ts'
import type { UpdateRule } from './update-rule.ts'

/** How much of each running mean stays at a turn, and what is added to the root. */
export interface AdamOptions {
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
}

/** The settings of PyTorch. */
export const usualAdam: AdamOptions = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }

const mix = <A extends string>(rate: number, old: Tensor<A>, fresh: Tensor<A>): Tensor<A> =>
  add(scale(rate)(old), scale(1 - rate)(fresh))

/**
 * AdamW; `first` and `second` are the running means of the gradient and of its square.
 *
 * @example
 * ```ts
 * import { constant, optimisers, valuesOf } from 'functional-dino'
 * const corrections = { correction1: constant(0.1), correction2: constant(0.001) }
 * const told = { learningRate: constant(0.1), weightDecay: constant(0), ...corrections }
 * const atFirst = { parameter: constant(1), kept: { first: constant(0), second: constant(0) } }
 * const turn = optimisers.turnOf(optimisers.adamw())(told)
 * const moved = turn(atFirst, constant(5)) // at first by the rate, whatever the gradient
 * valuesOf(moved.parameter) // => [1 - 0.1]
 * ```
 */
export const adamw = ({
  beta1,
  beta2,
  epsilon,
}: AdamOptions = usualAdam): UpdateRule<'first' | 'second', 'correction1' | 'correction2'> => ({
  keeps: ['first', 'second'],
  clock: { correction1: turn => 1 - beta1 ** turn, correction2: turn => 1 - beta2 ** turn },
  remember:
    () =>
    ({ kept: { first, second } }, gradient) => ({
      first: mix(beta1, first, gradient),
      second: mix(beta2, second, square(gradient)),
    }),
  move:
    ({ learningRate, weightDecay, correction1, correction2 }) =>
    ({ parameter, kept: { first, second } }) => {
      const direction = div(div(first, correction1), shift(epsilon)(sqrt(div(second, correction2))))
      return sub(parameter, mul(add(direction, mul(parameter, weightDecay)), learningRate))
    },
})
