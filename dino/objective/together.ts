// Several objectives as one: the sum of their terms, each with its weight. Each keeps a state of its own, by its name.
//
//   together('dino', part(1, dino(options)), { koleo: part(0.1, koleo) })      has the state { dino, koleo }

import * as RR from 'fp-ts/lib/ReadonlyRecord.js'
import { type As, type Scalar, scale } from '../../lib/index.ts'
import type { Applied, Objective } from './objective.ts'

/** An objective beside others, and the factor of its terms. The form of its state is its own affair. */
export interface Part<N, I extends string, M extends string> {
  readonly weight: number
  readonly objective: Objective<N, object, I, M>
}

/** An objective with a weight, as a part. No state but its own ever comes back to it. */
export const part = <N, S extends object, I extends string, M extends string>(
  weight: number,
  { initial, apply }: Objective<N, S, I, M>,
): Part<N, I, M> => ({
  weight,
  objective: { initial, apply: (seen, state, scheduled) => apply(seen, state as S, scheduled) },
})

/** The states of parts, by name. */
export type States = Readonly<Record<string, object>>

const weighted = (weight: number, terms: Applied<object, string>['terms']): Readonly<Record<string, Scalar>> =>
  weight === 1 ? terms : RR.map((term: Scalar) => scale(weight)(term))(terms)

/**
 * One objective, and others beside it, by name. Its metrics are always reported; theirs are, too. Parts of a network of
 * the form `N` must agree about it, and no two may have a term or a metric of one name.
 */
export const together = <N, I extends string, M extends string>(
  name: string,
  first: Part<N, I, M>,
  others: Readonly<Record<string, Part<N, I, string>>>,
): Objective<N, States, I, M> => ({
  initial: network =>
    ({
      [name]: first.objective.initial(network),
      ...RR.map(({ objective }: Part<N, I, string>) => objective.initial(network))(others),
    }) as As<'dense', States>,
  apply: (seen, states, scheduled) => {
    const own = first.objective.apply(seen, states[name], scheduled)
    const applied = Object.entries(others).map(([key, { weight, objective }]) => {
      const { terms, state, metrics } = objective.apply(seen, states[key], scheduled)
      return { key, state, metrics, terms: weighted(weight, terms) }
    })
    return {
      terms: Object.assign({}, weighted(first.weight, own.terms), ...applied.map(({ terms }) => terms)),
      state: { [name]: own.state, ...Object.fromEntries(applied.map(({ key, state }) => [key, state])) },
      metrics: Object.assign({}, own.metrics, ...applied.map(({ metrics }) => metrics)),
    }
  },
})
