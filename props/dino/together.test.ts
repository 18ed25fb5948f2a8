// Several objectives as one: the sum of their terms, each with its weight, and of each its own state. Toys stand for
// objectives: what they see is a number, and their state counts their steps.

import * as fc from 'fast-check'
import type { Objective } from '../../dino/objective/objective.ts'
import { part, together } from '../../dino/objective/together.ts'
import { add, constant, gradient, type Scalar, scale, shift, valuesOf } from '../../lib/index.ts'
import { nearNumbers, sameData, sameNumbers } from '../support/compare.ts'
import { law } from '../support/law.ts'

type Counted = { readonly steps: Scalar }

/** An objective whose term is a multiple of what is seen, and whose metric is the number of its steps before. */
const toy = (name: string, slope: number): Objective<object, Counted, never, string> =>
  ({
    initial: () => ({ steps: constant(0) }),
    apply: (seen: unknown, { steps }: Counted) => ({
      terms: { [name]: scale(slope)(seen as Scalar) },
      state: { steps: shift(1)(steps) },
      metrics: { [`${name} steps`]: steps },
    }),
  }) as unknown as Objective<object, Counted, never, string>

interface Weighted {
  readonly slope: number
  readonly weight: number
  readonly steps: number
}

const weighted: fc.Arbitrary<Weighted> = fc.record({
  slope: fc.integer({ min: -9, max: 9 }),
  weight: fc.constantFrom(1, 0.5, 2, 0.125),
  steps: fc.integer({ min: 0, max: 9 }),
})
const problems = fc.record({
  x: fc.integer({ min: -99, max: 99 }),
  first: weighted,
  others: fc.array(weighted, { maxLength: 3 }),
})

interface Problem {
  readonly x: number
  readonly first: Weighted
  readonly others: readonly Weighted[]
}

const nameOf = (at: number): string => `part ${at}`

const applied = ({ first, others }: Problem, x: Scalar, order = others.map((_, at) => at)) => {
  const entries = order.map(at => [nameOf(at), part(others[at].weight, toy(nameOf(at), others[at].slope))] as const)
  const all = together<object, never, string>(
    'first',
    part(first.weight, toy('first', first.slope)),
    Object.fromEntries(entries),
  )
  const states = Object.fromEntries([
    ['first', { steps: constant(first.steps) }],
    ...others.map(({ steps }, at) => [nameOf(at), { steps: constant(steps) }] as const),
  ])
  return all.apply(x as never, states, {})
}

const numberOf = (x: Scalar): number => valuesOf(x)[0]
const numbersOf = (record: Readonly<Record<string, Scalar>>): readonly (readonly [string, number])[] =>
  Object.entries(record)
    .map(([name, value]) => [name, numberOf(value)] as const)
    .sort()
const countsOf = (state: object): readonly (readonly [string, number])[] =>
  Object.entries(state as Readonly<Record<string, Counted>>)
    .map(([name, { steps }]) => [name, numberOf(steps)] as const)
    .sort()

law('each term is its part of the sum, times its weight; each part counts its own steps', problems, problem => {
  const { x, first, others } = problem
  const parts = [['first', first] as const, ...others.map((other, at) => [nameOf(at), other] as const)]
  const { terms, state, metrics } = applied(problem, constant(x))
  const expected = <A>(of: (part: Weighted, name: string) => A) => parts.map(([name, one]) => of(one, name)).sort()
  return [
    sameData(
      'terms',
      numbersOf(terms),
      expected(({ slope, weight }, name) => [name, weight * slope * x]),
    ),
    sameData(
      'states',
      countsOf(state),
      expected(({ steps }, name) => [name, steps + 1]),
    ),
    sameData(
      'metrics',
      numbersOf(metrics),
      expected(({ steps }, name) => [`${name} steps`, steps]),
    ),
  ]
})

law('other objectives may stand in any order', problems, problem => {
  const back = problem.others.map((_, at) => problem.others.length - 1 - at)
  const [one, other] = [applied(problem, constant(problem.x)), applied(problem, constant(problem.x), back)]
  return [
    sameData('terms', numbersOf(one.terms), numbersOf(other.terms)),
    sameData('states', countsOf(one.state), countsOf(other.state)),
  ]
})

law('the gradient is the sum of the gradients, each times its weight', problems, problem => {
  const { first, others } = problem
  const x = constant(problem.x)
  const loss = Object.values(applied(problem, x).terms).reduce(add)
  const slope = [first, ...others].reduce((sum, { weight, slope }) => sum + weight * slope, 0)
  return [
    sameNumbers([numberOf(gradient(loss, { x }).x)], [slope]),
    nearNumbers(1e-9)([numberOf(loss)], [slope * problem.x], 'the loss'),
  ]
})
