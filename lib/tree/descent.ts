// Gradient descent with a velocity: at each turn the velocity becomes momentum times itself plus a push, and the
// parameter moves back by the learning rate times the velocity. The push of `sgd` is the gradient, with weight decay;
// that of `lars` has a length that follows the parameter's.
//
//   momentum 0.9, rate 0.1, velocity 2, push 3:        velocity 4.8, and the parameter moves by -0.48

import {
  add,
  constant,
  div,
  less,
  maximum,
  mul,
  scale,
  sqrt,
  square,
  sub,
  type Tensor,
  total,
  where,
} from '../language/tensor.ts'
import type { Layerwise, Rates, UpdateRule } from './update-rule.ts'

type Push = (
  { weightDecay }: Rates,
  group?: Layerwise,
) => <A extends string>(parameter: Tensor<A>, gradient: Tensor<A>) => Tensor<A>

const descent = (momentum: number, push: Push): UpdateRule<'velocity', never> => ({
  keeps: ['velocity'],
  clock: {},
  remember:
    (rates, group) =>
    ({ parameter, kept: { velocity } }, gradient) => ({
      velocity: add(scale(momentum)(velocity), push(rates, group)(parameter, gradient)),
    }),
  move:
    ({ learningRate }) =>
    ({ parameter, kept: { velocity } }) =>
      sub(parameter, mul(velocity, learningRate)),
})

const decayed: Push =
  ({ weightDecay }) =>
  (parameter, gradient) =>
    add(gradient, mul(parameter, weightDecay))

/**
 * Gradient descent with momentum and coupled weight decay, g + decay p (torch.optim.SGD).
 *
 * @example
 * ```ts
 * import { constant, optimisers, valuesOf } from 'functional-dino'
 * const rates = { learningRate: constant(0.1), weightDecay: constant(0) }
 * const now = { parameter: constant(1), kept: { velocity: constant(2) } }
 * const turn = optimisers.turnOf(optimisers.sgd(0.9))(rates)
 * const { parameter } = turn(now, constant(3)) // the velocity becomes 0.9 2 + 3 = 4.8
 * valuesOf(parameter) // => [1 - 0.1 * 4.8]
 * ```
 */
export const sgd = (momentum = 0.9): UpdateRule<'velocity', never> => descent(momentum, decayed)

/**
 * Layer-wise adaptive rates (You, Gitman and Ginsburg 2017; DINO, utils.LARS): the push of `sgd`, scaled by eta times
 * the ratio of the parameter's length to its own, or by 1 where either is 0. Parameters whose group is not layer-wise
 * are pushed by the gradient alone; a group that does not say so is, unless they have fewer than two axes.
 *
 * @example
 * ```ts
 * import { array, constant, fill, optimisers, valuesOf } from 'functional-dino'
 * const rates = { learningRate: constant(1), weightDecay: constant(0) }
 * const now = { parameter: array({ from: 1, to: 2 }, [3, 4]), kept: { velocity: fill({ from: 1, to: 2 }, 0) } }
 * const turn = optimisers.turnOf(optimisers.lars(0.9, 0.1))(rates)
 * const { parameter } = turn(now, array({ from: 1, to: 2 }, [0, 10]))
 * valuesOf(parameter) // => [3, 4 - 0.1 * (5 / 10) * 10]
 * ```
 */
export const lars = (momentum = 0.9, eta = 1e-3): UpdateRule<'velocity', never> =>
  descent(momentum, (rates, group) => (parameter, gradient) => {
    const axes = Object.keys(parameter.expr.shape).length
    if (!(group?.layerwise ?? axes >= 2)) return gradient
    const push = decayed(rates)(parameter, gradient)
    const [own, length] = [sqrt(total(square(parameter))), sqrt(total(square(push)))]
    const positive = mul(less(constant(0), own), less(constant(0), length))
    const smallest = constant(1e-30)
    return mul(push, where(positive, scale(eta)(div(own, maximum(length, smallest))), constant(1)))
  })
