// Update rules: what is kept of one parameter's gradients from turn to turn, and how the parameter moves by what is
// kept. A rule knows of nothing else: how fast a parameter moves, how decayed, and whether it moves at all, is told by
// its group (`optimise.ts`). Gradient descent keeps a velocity:
//
//   remember        velocity <- momentum velocity + gradient
//   move            parameter <- parameter - rate velocity

import * as RR from 'fp-ts/lib/ReadonlyRecord.js'
import type { Scalar, Tensor } from '../language/tensor.ts'

/** The numbers that all parameters are told at a turn. */
export interface Rates {
  readonly learningRate: Scalar
  readonly weightDecay: Scalar
}

/** Whether a rule with layer-wise rates scales the push of a parameter by the parameter's own length. */
export interface Layerwise {
  /** If not given, it does for parameters of two axes or more. */
  readonly layerwise?: boolean
}

/** One parameter, and what its rule keeps of earlier turns under the names `K`, each of the parameter's axes. */
export interface Moving<K extends string, A extends string> {
  readonly parameter: Tensor<A>
  readonly kept: Readonly<Record<K, Tensor<A>>>
}

/** How one parameter moves. */
export interface UpdateRule<K extends string, C extends string> {
  /** Names of what is kept from turn to turn, zero at first. */
  readonly keeps: readonly K[]
  /** Numbers that the host computes from the number of a parameter's turn, which is 1 at first. */
  readonly clock: Readonly<Record<C, (turn: number) => number>>
  /** What is kept of a parameter once its gradient is seen. */
  readonly remember: (
    told: Told<C>,
    group?: Layerwise,
  ) => <A extends string>(now: Moving<K, A>, gradient: Tensor<A>) => Moving<K, A>['kept']
  /** The parameter, moved by what is kept of all gradients up to now. */
  readonly move: (told: Told<C>) => <A extends string>(now: Moving<K, A>) => Tensor<A>
}

/** The numbers that a rule is told at a turn: the clock's, and rates with the factors of the parameter's group. */
export type Told<C extends string> = Rates & Readonly<Record<C, Scalar>>

/** Replaces a tensor, or holds on to the one before. */
export type Hold = <A extends string>(next: Tensor<A>, now: Tensor<A>) => Tensor<A>

/**
 * One turn of one parameter by a rule. What `hold` keeps is kept before it is read, so that no tensor is needed both as
 * it would be and as it is.
 *
 * @example
 * ```ts
 * import { constant, optimisers, valuesOf } from 'functional-dino'
 * const rates = { learningRate: constant(0.1), weightDecay: constant(0) }
 * const turn = optimisers.turnOf(optimisers.sgd(0.9))(rates)
 * const { parameter } = turn({ parameter: constant(1), kept: { velocity: constant(2) } }, constant(3))
 * valuesOf(parameter) // => [1 - 0.1 * (0.9 * 2 + 3)]
 * ```
 */
export const turnOf =
  <K extends string, C extends string>({ remember, move }: UpdateRule<K, C>) =>
  (told: Told<C>, group?: Layerwise, hold: Hold = next => next) =>
  <A extends string>(now: Moving<K, A>, gradient: Tensor<A>): Moving<K, A> => {
    const fresh = remember(told, group)(now, gradient)
    const kept = RR.mapWithIndex((name: K, next: Tensor<A>) => hold(next, now.kept[name]))(fresh)
    return { parameter: hold(move(told)({ ...now, kept }), now.parameter), kept }
  }
