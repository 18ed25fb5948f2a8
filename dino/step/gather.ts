// A step of several micro-batches, for batches that do not fit into memory at once. Each is shown to the same networks;
// gradients and the objective's next states are gathered as means, and at the last micro-batch everything moves once.
// Where the loss is a mean over images, and the next state linear in them as a centre is, that is the step of the whole
// batch; what looks at a batch as a whole (Sinkhorn-Knopp, KoLeo) sees a micro-batch. The places of three are
//
//   { first: 1, share: 1, last: 0 }   { first: 0, share: 1/2, last: 0 }   { first: 0, share: 1/3, last: 1 }

import { type As, add, denseScalar, mul, type Scalar, sub, trees, where } from '../../lib/index.ts'
import type { State } from './state.ts'

/** Means over the micro-batches of a step so far. */
export interface Gathered<N, S> {
  readonly gradients: N
  readonly objective: S
}

/** The state of training with what is gathered, which means nothing between steps. */
export interface Gathering<N, S> extends State<N, S> {
  readonly gathered?: Gathered<N, S>
}

/** Where a micro-batch stands in its step: 1 or 0 for the first and for the last, and its share of the mean so far. */
export type Place = Readonly<Record<'first' | 'share' | 'last', Scalar>>

/** The place of a micro-batch, counted from 0, in a step of so many. */
export const placeOf = (part: number, parts: number): As<'dense', Place> => ({
  first: denseScalar(part === 0 ? 1 : 0),
  share: denseScalar(1 / (part + 1)),
  last: denseScalar(part === parts - 1 ? 1 : 0),
})

/**
 * The mean with a micro-batch more. What is the same in all of them stays so to the bit: mean + share * (new - mean).
 *
 * @example
 * ```ts
 * import { constant, valuesOf } from 'functional-dino'
 * import { gather } from 'functional-dino/dino'
 * const third = { first: constant(0), share: constant(1 / 3), last: constant(0) }
 * valuesOf(gather(third)({ loss: constant(2) }, { loss: constant(5) }).loss) // => [3]
 * ```
 */
export const gather =
  ({ first, share }: Place) =>
  <T extends object>(mean: T, found: T): T =>
    trees.zipTrees(
      mean,
      found,
    )((_, old, fresh) => {
      const before = where(first, fresh, old)
      return add(before, mul(sub(fresh, before), share))
    })

/** A state with nothing gathered. */
export const toGather = <N extends object, S extends object>(state: State<N, S>): Gathering<N, S> => ({
  ...state,
  gathered: { gradients: trees.zerosLike(state.student), objective: trees.zerosLike(state.objective) },
})

/** A state between steps, without what was gathered. */
export const settled = <N, S>({ gathered: _, ...state }: Gathering<N, S>): State<N, S> => state
