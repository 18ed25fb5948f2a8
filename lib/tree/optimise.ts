// Optimisers: how the parameters of a model move along their gradients, turn by turn. Each moves by an update rule
// (`update-rule.ts`); its group, which follows from its role and depth in the model, says how fast, how decayed and
// from which turn on; `optimiser` applies a rule to a tree. Numbers that follow from the number of the turn alone
// (Adam's bias corrections) are computed on the host, in float64, and come to the device as clocks: one for each way to
// begin. With AdamW and a group that stays for 30 turns, the clocks of the twentieth turn are
//
//   { '0': { correction1: 0.878, correction2: 0.0198 }, '30': { correction1: 0.1, correction2: 0.001, active: 0 } }

import * as RR from 'fp-ts/lib/ReadonlyRecord.js'
import { constant, mul, type Scalar, scale, type Tensor, where } from '../language/tensor.ts'
import { partsOf, type RolesOf } from './initialise.ts'
import { type As, denseScalar, leavesOf, type Part, refill, zerosLike } from './tree.ts'
import { type Hold, type Layerwise, type Moving, type Rates, turnOf, type UpdateRule } from './update-rule.ts'

/** The settings that the parameters of a group share. */
export interface ParameterGroup extends Layerwise {
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
  /** One turn; all stays as it is where `moves` is 0, whatever the gradients, and moves where it is 1 or not given. */
  readonly update: (rates: Rates, clocks: Clocks, moves?: Scalar) => (now: Trained<P>, gradients: P) => Trained<P>
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

/** Replaces where all of some numbers are 1, and holds where one is 0. */
const holdUnless = (conditions: readonly (Scalar | undefined)[]): Hold => {
  const given = conditions.filter(condition => condition !== undefined)
  if (given.length === 0) return next => next
  const all = given.reduce(mul)
  return (next, now) => where(all, next, now)
}

/** How a group begins, as the name of its clock: `30`, or `0 still 30` where its rate is 0 at first. */
const beginningOf = ({ frozenFor, stillFor = 0 }: ParameterGroup): string =>
  stillFor === 0 ? String(frozenFor) : `${frozenFor} still ${stillFor}`

/** One turn of one parameter of a group. */
const groupTurn =
  <K extends string, C extends string>(rule: UpdateRule<K, C>, group: ParameterGroup) =>
  ({ learningRate, weightDecay }: Rates, clocks: Clocks, moves: Scalar | undefined) =>
  <A extends string>(now: Moving<K, A>, gradient: Tensor<A>): Moving<K, A> => {
    if (group.frozenFor === Number.POSITIVE_INFINITY) return now
    const { active, moving, ...said } = clocks[beginningOf(group)]
    const own = times(group.learningRateFactor, learningRate)
    const rates = {
      learningRate: moving === undefined ? own : mul(own, moving),
      weightDecay: times(group.weightDecayFactor, weightDecay),
    }
    const told = { ...rates, ...RR.mapWithIndex((name: C) => said[name])(rule.clock) }
    return turnOf(rule)(told, group, holdUnless([active, moves]))(now, gradient)
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
      update: (rates, clocks, moves) => (now, gradients) => {
        const slopes = tensorsOf(gradients)
        const turn = (one: Moving<K, never>, at: number) =>
          groupTurn(rule, groups[at])(rates, clocks, moves)(one, slopes[at])
        const moved = apart(keeps, now).map(turn)
        return together(keeps, now.parameters, moved)
      },
    }
  }
