// Gradient descent with a velocity v: v <- momentum v + push, parameter <- parameter - rate v. The rules differ in the
// push.

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
import type { Rates, UpdateRule } from './optimise.ts'

type Push = ({ weightDecay }: Rates) => <A extends string>(parameter: Tensor<A>, gradient: Tensor<A>) => Tensor<A>

const descent = (momentum: number, push: Push): UpdateRule<'velocity', never> => ({
  keeps: ['velocity'],
  clock: {},
  move:
    rates =>
    ({ parameter, kept }, gradient) => {
      const velocity = add(scale(momentum)(kept.velocity), push(rates)(parameter, gradient))
      return { parameter: sub(parameter, mul(velocity, rates.learningRate)), kept: { velocity } }
    },
})

const decayed: Push =
  ({ weightDecay }) =>
  (parameter, gradient) =>
    add(gradient, mul(parameter, weightDecay))

/** Gradient descent with momentum and coupled weight decay, g + decay p (torch.optim.SGD). */
export const sgd = (momentum = 0.9): UpdateRule<'velocity', never> => descent(momentum, decayed)

/**
 * Layer-wise adaptive rates (You, Gitman and Ginsburg 2017): the push of `sgd`, scaled by eta times the ratio of the
 * parameter's length to its own, or by 1 where either is 0. Parameters with fewer than two axes are pushed by the
 * gradient.
 */
export const lars = (momentum = 0.9, eta = 1e-3): UpdateRule<'velocity', never> =>
  descent(momentum, rates => (parameter, gradient) => {
    if (Object.keys(parameter.expr.shape).length < 2) return gradient
    const push = decayed(rates)(parameter, gradient)
    const [own, length] = [sqrt(total(square(parameter))), sqrt(total(square(push)))]
    const positive = mul(less(constant(0), own), less(constant(0), length))
    const smallest = constant(1e-30)
    return mul(push, where(positive, scale(eta)(div(own, maximum(length, smallest))), constant(1)))
  })
