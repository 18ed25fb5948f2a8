// Optimisers: how parameters move along their gradients, turn by turn. An update rule says how one parameter moves; parameter
// groups, tables over what parts of the model parameters are, say how fast, how decayed and from which turn on; `optimiser`
// spreads a rule over a tree by its groups. What follows from the number of the turn alone (Adam's bias corrections) is
// computed on the host, where it is exact, and comes to the device in clocks: one for each delay of a group. With AdamW and
// prototypes that stay for 30 turns, the clocks of the twentieth step are
//   { '0': { correction1: 0.878, correction2: 0.0198 }, '30': { correction1: 0.1, correction2: 0.001, active: 0 } }

import * as RR from 'fp-ts/lib/ReadonlyRecord.js'
import { elements } from '../language/axes.ts'
import { constant, type Scalar, scale, type Tensor, where } from '../language/tensor.ts'
import { partsOf, type RolesOf } from './initialise.ts'
import { type As, type Dense, dense, denseScalar, leavesOf, type Part, refill } from './tree.ts'

/** What all parameters are told at a turn. */
export interface Rates {
  readonly learningRate: Scalar
  readonly weightDecay: Scalar
}

/** What the parameters of a group have in common. */
export interface ParameterGroup {
  /** What the learning rate is multiplied by. */
  readonly learningRate: number
  /** What the weight decay is multiplied by. */
  readonly weightDecay: number
  /** Turns at first in which they, and what is kept of them, stay as they are; their own first turn follows. */
  readonly frozenFor: number
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
  /** What the host computes of a parameter's turn, 1 or more. */
  readonly clock: Readonly<Record<C, (turn: number) => number>>
  /** One turn. */
  readonly move: (
    rates: Rates & Readonly<Record<C, Scalar>>,
  ) => <A extends string>(now: Moving<K, A>, gradient: Tensor<A>) => Moving<K, A>
}

/** What an optimiser keeps: trees like the parameters, by name. */
export type Kept<P> = Readonly<Record<string, P>>

/** Parameters, and what their optimiser keeps of them. */
export interface Trained<P> {
  readonly parameters: P
  readonly kept: Kept<P>
}

/** What the host says of a turn: for each delay, scalars by name. */
export type Clocks = Readonly<Record<string, Readonly<Record<string, Scalar>>>>

/** An optimiser of parameters of the form `P`. */
export interface Optimiser<P extends object> {
  /** What is kept before the first turn. */
  readonly initial: (parameters: As<'dense', P>) => Kept<As<'dense', P>>
  /** What the host says of the turn after `done` turns. */
  readonly clocks: (done: number) => As<'dense', Clocks>
  /** One turn. */
  readonly update: (rates: Rates, clocks: Clocks) => (now: Trained<P>, gradients: P) => Trained<P>
}

const record = <K extends string, V>(names: readonly K[], value: (name: K) => V): Readonly<Record<K, V>> =>
  Object.fromEntries(names.map(name => [name, value(name)])) as Readonly<Record<K, V>>

const times = (factor: number, x: Scalar): Scalar => (factor === 0 ? constant(0) : scale(factor)(x))

const zerosLike = <A extends string>({ sizes }: Dense<A>): Dense<A> => dense(sizes, new Float32Array(elements(sizes)))

/** The first where `active` is 1, the second where it is 0. */
const either = <K extends string, A extends string>(
  active: Scalar,
  next: Moving<K, A>,
  now: Moving<K, A>,
): Moving<K, A> => ({
  parameter: where(active, next.parameter, now.parameter),
  kept: RR.mapWithIndex((name: K, fresh: Tensor<A>) => where(active, fresh, now.kept[name]))(next.kept),
})

/** One turn of one parameter of a group. */
const turnOf =
  <K extends string, C extends string>({ clock, move }: UpdateRule<K, C>, group: ParameterGroup) =>
  ({ learningRate, weightDecay }: Rates, clocks: Clocks) =>
  <A extends string>(now: Moving<K, A>, gradient: Tensor<A>): Moving<K, A> => {
    if (group.frozenFor === Number.POSITIVE_INFINITY) return now
    const { active, ...said } = clocks[group.frozenFor]
    const rates = {
      learningRate: times(group.learningRate, learningRate),
      weightDecay: times(group.weightDecay, weightDecay),
    }
    const next = move({ ...rates, ...RR.mapWithIndex((name: C) => said[name])(clock) })(now, gradient)
    return active === undefined ? next : either(active, next, now)
  }

/** An optimiser of the parameters of a model: each moves by the rule, as its group says. */
export const optimiser =
  <K extends string, C extends string>(rule: UpdateRule<K, C>) =>
  <M extends object>(model: M, groupOf: (part: Part<RolesOf<M>>) => ParameterGroup): Optimiser<As<'tensor', M>> => {
    const groups = partsOf(model).map(([, part]) => groupOf(part))
    const delays = [...new Set(groups.map(({ frozenFor }) => frozenFor))].filter(Number.isFinite)
    return {
      initial: parameters =>
        record(rule.keeps, () =>
          refill(
            parameters,
            leavesOf<'dense'>(parameters).map(([, leaf]) => zerosLike(leaf)),
          ),
        ),
      clocks: done => Object.fromEntries(delays.map(delay => [delay, clockAt(rule, delay, done)])),
      update:
        (rates, clocks) =>
        ({ parameters, kept }, gradients) => {
          const tensors = (tree: object) => leavesOf<'tensor'>(tree).map(([, leaf]) => leaf)
          const [values, slopes] = [tensors(parameters), tensors(gradients)]
          const old = record(rule.keeps, name => tensors(kept[name]))
          const moved = groups.map((group, at) => {
            const now = { parameter: values[at], kept: record(rule.keeps, name => old[name][at]) }
            return turnOf(rule, group)(rates, clocks)(now, slopes[at])
          })
          return {
            parameters: refill(
              parameters,
              moved.map(({ parameter }) => parameter),
            ),
            kept: record(rule.keeps, name =>
              refill(
                parameters,
                moved.map(({ kept: of }) => of[name]),
              ),
            ),
          }
        },
    }
  }

/** What the host says of the turn after `done` turns to parameters that waited for `delay` of them. */
const clockAt = <K extends string, C extends string>(
  { clock }: UpdateRule<K, C>,
  delay: number,
  done: number,
): As<'dense', Clocks[string]> => {
  const turn = done + 1 - delay
  const said = RR.map((of: (turn: number) => number) => denseScalar(of(Math.max(turn, 1))))(clock)
  return delay === 0 ? said : { ...said, active: denseScalar(turn > 0 ? 1 : 0) }
}
