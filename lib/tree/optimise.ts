// Optimisers and gradient clipping as pure functions from trees to trees. What changes from step to step or from parameter to
// parameter (rates, decay, whether it moves at all) comes as scalar tensors for each leaf's path, so a parameter group is a
// function from paths and nothing more.

import {
  add,
  constant,
  div,
  less,
  maximum,
  minimum,
  mul,
  recip,
  type Scalar,
  scale,
  shift,
  sqrt,
  square,
  sub,
  type Tensor,
  total,
  where,
} from '../language/tensor.ts'
import { leavesOf, zipTrees } from './tree.ts'

/** Added to a length before dividing by it, as in the public code. */
const clipEpsilon = 1e-6

const shrink = (limit: number, length: Scalar): Scalar =>
  minimum(constant(1), scale(limit)(recip(shift(clipEpsilon)(length))))

/** Scales each tensor down to Euclidean length `limit`, on its own (DINO, utils.clip_gradients). */
export const clipEach =
  (limit: number) =>
  <T extends object>(gradients: T): T =>
    zipTrees<[]>((_, g) => mul(g, shrink(limit, sqrt(total(square(g))))))(gradients)

/** Scales all tensors together down to Euclidean length `limit` (torch clip_grad_norm_). */
export const clipTogether =
  (limit: number) =>
  <T extends object>(gradients: T): T => {
    const squares = leavesOf<'tensor'>(gradients).map(([, leaf]) => total(square(leaf)))
    const factor = shrink(limit, sqrt(squares.reduce((sum, next) => add(sum, next), constant(0))))
    return zipTrees<[]>((_, g) => mul(g, factor))(gradients)
  }

/** What AdamW needs to know of one parameter at one step, as scalars. */
export interface AdamRates {
  readonly learningRate: Scalar
  readonly weightDecay: Scalar
  /** 1 - beta1^t and 1 - beta2^t at this parameter's step t >= 1; computed on the host, where they are exact. */
  readonly correction1: Scalar
  readonly correction2: Scalar
  /** 1 to move; 0 leaves the parameter and its moments as they are. */
  readonly active: Scalar
}

export interface AdamOptions {
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
}

/** Running means of the gradient and of its square. */
export interface Moments<T> {
  readonly first: T
  readonly second: T
}

export interface AdamState<T> {
  readonly parameters: T
  readonly moments: Moments<T>
}

/** The public code's settings, which are those of torch. */
export const usualAdam: AdamOptions = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }

const mix = <A extends string>(rate: number, old: Tensor<A>, fresh: Tensor<A>): Tensor<A> =>
  add(scale(rate)(old), scale(1 - rate)(fresh))

/** One step of Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2). */
export const adamw =
  ({ beta1, beta2, epsilon }: AdamOptions = usualAdam) =>
  (rates: (path: string) => AdamRates) =>
  <T extends object>({ parameters, moments }: AdamState<T>, gradients: T): AdamState<T> => {
    const keep = <A extends string>(path: string, fresh: Tensor<A>, old: Tensor<A>): Tensor<A> =>
      where(rates(path).active, fresh, old)
    const first = zipTrees<[0]>((path, m, g) => keep(path, mix(beta1, m, g), m))(moments.first, gradients)
    const second = zipTrees<[0]>((path, v, g) => keep(path, mix(beta2, v, square(g)), v))(moments.second, gradients)
    const move = <A extends string>(path: string, p: Tensor<A>, m: Tensor<A>, v: Tensor<A>): Tensor<A> => {
      const { learningRate, weightDecay, correction1, correction2 } = rates(path)
      const direction = div(div(m, correction1), shift(epsilon)(sqrt(div(v, correction2))))
      return keep(path, sub(p, mul(add(direction, mul(p, weightDecay)), learningRate)), p)
    }
    return { parameters: zipTrees<[0, 0]>(move)(parameters, first, second), moments: { first, second } }
  }

/** What gradient descent needs to know of one parameter at one step, as scalars. */
export interface DescentRates {
  readonly learningRate: Scalar
  readonly weightDecay: Scalar
}

export interface DescentState<T> {
  readonly parameters: T
  readonly velocity: T
}

const descend =
  (momentum: number, push: <A extends string>(path: string, p: Tensor<A>, g: Tensor<A>) => Tensor<A>) =>
  (rates: (path: string) => DescentRates) =>
  <T extends object>({ parameters, velocity }: DescentState<T>, gradients: T): DescentState<T> => {
    const moved = zipTrees<[0, 0]>((path, v, p, g) => add(scale(momentum)(v), push(path, p, g)))(
      velocity,
      parameters,
      gradients,
    )
    const step = zipTrees<[0]>((path, p, v) => sub(p, mul(v, rates(path).learningRate)))(parameters, moved)
    return { parameters: step, velocity: moved }
  }

/** Gradient descent with momentum and coupled weight decay (torch SGD). */
export const sgd =
  (momentum = 0.9) =>
  (rates: (path: string) => DescentRates) =>
    descend(momentum, (path, p, g) => add(g, mul(p, rates(path).weightDecay)))(rates)

/**
 * Layer-wise adaptive rates (You, Gitman and Ginsburg 2017; DINO, utils.LARS): a push is scaled by eta times the ratio of
 * the parameter's length to its own. Parameters with fewer than two axes are pushed by the plain gradient.
 */
export const lars =
  (momentum = 0.9, eta = 1e-3) =>
  (rates: (path: string) => DescentRates) => {
    const push = <A extends string>(path: string, p: Tensor<A>, g: Tensor<A>): Tensor<A> => {
      if (Object.keys(p.expr.shape).length < 2) return g
      const pushed = add(g, mul(p, rates(path).weightDecay))
      const [own, length] = [sqrt(total(square(p))), sqrt(total(square(pushed)))]
      const positive = mul(less(constant(0), own), less(constant(0), length))
      const smallest = constant(1e-30)
      const trust = where(positive, scale(eta)(div(own, maximum(length, smallest))), constant(1))
      return mul(pushed, trust)
    }
    return descend(momentum, push)(rates)
  }
