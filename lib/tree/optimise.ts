// Optimisers: how parameters move along their gradients, turn by turn. An update rule says how one parameter moves; its
// group, which follows from its role and depth in the model, says how fast, how decayed and from which turn on;
// `optimiser` applies a rule to a tree. Numbers that follow from the number of the turn alone (Adam's bias corrections)
// are computed on the host, in float64, and come to the device as clocks: one for each way to begin. With AdamW and
// a group that stays for 30 turns, the clocks of the twentieth turn are
//
//   { '0': { correction1: 0.878, correction2: 0.0198 }, '30': { correction1: 0.1, correction2: 0.001, active: 0 } }

import * as RR from 'fp-ts/lib/ReadonlyRecord.js'
import { constant, mul, type Scalar, scale, type Tensor, where } from '../language/tensor.ts'
import { partsOf, type RolesOf } from './initialise.ts'
import { type As, denseScalar, leavesOf, type Part, refill, zerosLike } from './tree.ts'

/** The numbers that all parameters are told at a turn. */
export interface Rates {
  readonly learningRate: Scalar
  readonly weightDecay: Scalar
}

/** The settings that the parameters of a group share. */
export interface ParameterGroup {
  /** The factor of the learning rate, at least 0. */
  readonly learningRateFactor: number
  /** The factor of the weight decay, at least 0. */
  readonly weightDecayFactor: number
  /**
   * The number of first turns in which these parameters and what is kept of them stay as they are; the turn after is
   * the first that their clocks count. Infinite for parameters that never move.
   */
  readonly frozenFor: number
  /**
   * The number of first turns, after those of `frozenFor`, in which the learning rate of these parameters is 0 while
   * what is kept of them goes on. None if not given.
   */
  readonly stillFor?: number
  /**
   * Whether a rule with layer-wise rates scales the push by these parameters' own length. If not given, it does for
   * parameters of two axes or more.
   */
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
  /** One turn of a parameter of a group; rates come with the group's factors. */
  readonly move: (
    rates: Rates & Readonly<Record<C, Scalar>>,
    group?: Pick<ParameterGroup, 'layerwise'>,
  ) => <A extends string>(now: Moving<K, A>, gradient: Tensor<A>) => Moving<K, A>
}

/** The memory of an optimiser: for each name that its rule keeps, a tree of the parameters' form. */
export type Kept<P> = Readonly<Record<string, P>>

/** Parameters, and what their optimiser keeps of them. */
export interface Trained<P> {
  readonly parameters: P
  readonly kept: Kept<P>
}

/** The host's numbers for a turn: for each way in which a group begins, scalars by name. */
export type Clocks = Readonly<Record<string, Readonly<Record<string, Scalar>>>>

/** An optimiser of parameters of the form `P`. */
export interface Optimiser<P extends object> {
  /** The memory before the first turn: zeros. */
  readonly initial: (parameters: As<'dense', P>) => Kept<As<'dense', P>>
  /** The host's numbers for the turn after `done` turns. */
  readonly clocks: (done: number) => As<'dense', Clocks>
  /** One turn. */
  readonly update: (rates: Rates, clocks: Clocks) => (now: Trained<P>, gradients: P) => Trained<P>
}

const recordOf = <K extends string, V>(names: readonly K[], value: (name: K) => V): Readonly<Record<K, V>> =>
  Object.fromEntries(names.map(name => [name, value(name)])) as Readonly<Record<K, V>>

const times = (factor: number, x: Scalar): Scalar => (factor === 0 ? constant(0) : scale(factor)(x))

const tensorsOf = (tree: object): readonly Tensor<never>[] => leavesOf<'tensor'>(tree).map(([, leaf]) => leaf)

/** Trees as one record for each parameter, in order. */
const apart = <K extends string>(
  names: readonly K[],
  { parameters, kept }: Trained<object>,
): readonly Moving<K, never>[] => {
  const columns = recordOf(names, name => tensorsOf(kept[name]))
  return tensorsOf(parameters).map((parameter, at) => ({ parameter, kept: recordOf(names, name => columns[name][at]) }))
}

/** One record for each parameter as trees of the form of `tree`. */
const together = <K extends string, P extends object>(
  names: readonly K[],
  tree: P,
  each: readonly Moving<K, never>[],
): Trained<P> => {
  const treeOf = (leaf: (one: Moving<K, never>) => Tensor<never>): P => refill(tree, each.map(leaf))
  return { parameters: treeOf(one => one.parameter), kept: recordOf(names, name => treeOf(one => one.kept[name])) }
}

/** The first where `active` is 1, the second where it is 0. */
const either = <K extends string, A extends string>(
  active: Scalar,
  next: Moving<K, A>,
  now: Moving<K, A>,
): Moving<K, A> => ({
  parameter: where(active, next.parameter, now.parameter),
  kept: RR.mapWithIndex((name: K, fresh: Tensor<A>) => where(active, fresh, now.kept[name]))(next.kept),
})

/** How a group begins, as the name of its clock: `30`, or `0 still 30` where its rate is 0 at first. */
const beginningOf = ({ frozenFor, stillFor = 0 }: ParameterGroup): string =>
  stillFor === 0 ? String(frozenFor) : `${frozenFor} still ${stillFor}`

/** One turn of one parameter of a group. */
const turnOf =
  <K extends string, C extends string>({ clock, move }: UpdateRule<K, C>, group: ParameterGroup) =>
  ({ learningRate, weightDecay }: Rates, clocks: Clocks) =>
  <A extends string>(now: Moving<K, A>, gradient: Tensor<A>): Moving<K, A> => {
    if (group.frozenFor === Number.POSITIVE_INFINITY) return now
    const { active, moving, ...said } = clocks[beginningOf(group)]
    const own = times(group.learningRateFactor, learningRate)
    const rates = {
      learningRate: moving === undefined ? own : mul(own, moving),
      weightDecay: times(group.weightDecayFactor, weightDecay),
    }
    const next = move({ ...rates, ...RR.mapWithIndex((name: C) => said[name])(clock) }, group)(now, gradient)
    return active === undefined ? next : either(active, next, now)
  }

const switched = (on: boolean) => denseScalar(on ? 1 : 0)

/** The host's numbers for the turn after `done` turns, for parameters of a group. */
const clockAt = <K extends string, C extends string>(
  { clock }: UpdateRule<K, C>,
  { frozenFor, stillFor = 0 }: ParameterGroup,
  done: number,
): As<'dense', Clocks[string]> => {
  const turn = done + 1 - frozenFor
  return {
    ...RR.map((of: (turn: number) => number) => denseScalar(of(Math.max(turn, 1))))(clock),
    ...(frozenFor === 0 ? {} : { active: switched(turn > 0) }),
    ...(stillFor === 0 ? {} : { moving: switched(turn > stillFor) }),
  }
}

/**
 * An optimiser of the parameters of a model: each moves by the rule, as its group says.
 *
 * @example
 * ```ts
 * import { initialisers, optimisers } from 'functional-dino'
 * const group = { learningRateFactor: 1, weightDecayFactor: 1, frozenFor: 30 }
 * const { clocks } = optimisers.optimiser(optimisers.adamw())({ weight: initialisers.ones({ to: 2 }) }, () => group)
 * [29, 30].map(done => clocks(done)['30'].active.data[0]) // => [0, 1]
 * ```
 */
export const optimiser =
  <K extends string, C extends string>(rule: UpdateRule<K, C>) =>
  <M extends object>(model: M, groupOf: (part: Part<RolesOf<M>>) => ParameterGroup): Optimiser<As<'tensor', M>> => {
    const { keeps } = rule
    const groups = partsOf(model).map(([, part]) => groupOf(part))
    const moving = groups.filter(({ frozenFor }) => Number.isFinite(frozenFor))
    const beginnings = new Map(moving.map(group => [beginningOf(group), group]))
    return {
      initial: parameters => recordOf(keeps, () => zerosLike(parameters)),
      clocks: done => Object.fromEntries([...beginnings].map(([name, group]) => [name, clockAt(rule, group, done)])),
      update: (rates, clocks) => (now, gradients) => {
        const slopes = tensorsOf(gradients)
        const moved = apart(keeps, now).map((one, at) => turnOf(rule, groups[at])(rates, clocks)(one, slopes[at]))
        return together(keeps, now.parameters, moved)
      },
    }
  }
