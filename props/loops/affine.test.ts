// Index arithmetic: every operation means what it says for every value of the loop counters, ranges hold, and equal
// indices are equal records.

import * as fc from 'fast-check'
import * as affine from '../../lib/loops/affine.ts'
import type { Index } from '../../lib/loops/indices.ts'
import { rangeOf, sameIndex, showIndex, stridesOf } from '../../lib/loops/indices.ts'
import { holds, sameData, sameNumbers } from '../support/compare.ts'
import { law } from '../support/law.ts'

/** An index with what it must be worth when the counters are `loops`. */
interface Meant extends fc.WithToStringMethod {
  readonly index: Index
  readonly value: (loops: readonly number[]) => number
}

const loopSizes = [1, 2, 3, 4, 6] as const

const meant = (index: Index, value: Meant['value']): Meant => ({
  index,
  value,
  [fc.toStringMethod]: () => showIndex(index),
})

const counterOf = (loop: number): Meant => meant(affine.counter(loop, loopSizes[loop]), loops => loops[loop])

const leaf: fc.Arbitrary<Meant> = fc.oneof(
  fc.nat({ max: loopSizes.length - 1 }).map(counterOf),
  fc.integer({ min: 0, max: 12 }).map(constant => meant(affine.literal(constant), () => constant)),
)

/** Indices that are never negative, as those that are divided must be. */
const indices: fc.Arbitrary<Meant> = fc.letrec<{ index: Meant }>(tie => ({
  index: fc.oneof(
    { maxDepth: 5, depthSize: 'large' },
    { arbitrary: leaf, weight: 1 },
    { arbitrary: fc.tuple(tie('index'), tie('index')).map(([x, y]) => sum(x, y)), weight: 3 },
    { arbitrary: fc.tuple(tie('index'), fc.integer({ min: 0, max: 6 })).map(([x, by]) => multiple(x, by)), weight: 2 },
    { arbitrary: fc.tuple(tie('index'), fc.integer({ min: 1, max: 6 })).map(([x, by]) => whole(x, by)), weight: 2 },
    { arbitrary: fc.tuple(tie('index'), fc.integer({ min: 1, max: 6 })).map(([x, by]) => rest(x, by)), weight: 2 },
  ),
})).index

const sum = (x: Meant, y: Meant): Meant =>
  meant(affine.plus(x.index, y.index), loops => x.value(loops) + y.value(loops))
const multiple = (x: Meant, by: number): Meant => meant(affine.times(x.index, by), loops => x.value(loops) * by)
const whole = (x: Meant, by: number): Meant =>
  meant(affine.quotient(x.index, by), loops => Math.floor(x.value(loops) / by))
const rest = (x: Meant, by: number): Meant => meant(affine.remainder(x.index, by), loops => x.value(loops) % by)

/** Every position of the loops. */
const positions: readonly (readonly number[])[] = loopSizes.reduce(
  (outer: readonly (readonly number[])[], size) =>
    outer.flatMap(loops => Array.from({ length: size }, (_, turn) => [...loops, turn])),
  [[]],
)

/** The value of an index, read off its record. */
const worth = ({ constant, terms }: Index, loops: readonly number[]): number =>
  terms.reduce((total, { factor, atom }) => {
    if (atom.kind === 'counter') return total + factor * loops[atom.loop]
    const inner = worth(atom.of, loops)
    return (
      total +
      factor * (atom.kind === 'quotient' ? Math.floor(inner / atom.by) : inner - atom.by * Math.floor(inner / atom.by))
    )
  }, constant)

const worths = (index: Index): readonly number[] => positions.map(loops => worth(index, loops))

law('sums, multiples, quotients and remainders are those of whole numbers', indices, ({ index, value }) =>
  sameNumbers(worths(index), positions.map(value)),
)

law('an index stays within its range', indices, ({ index }) => {
  const [low, high] = rangeOf(index)
  return holds(
    'range',
    worths(index).every(value => value >= low && value <= high),
  )
})

law('an index is in normal form: atoms differ, and no factor is 0', indices, ({ index: { terms } }) => {
  const texts = terms.map(({ atom }) => showIndex({ constant: 0, terms: [{ factor: 1, atom }] }))
  return [
    holds('distinct', new Set(texts).size === terms.length),
    holds(
      'factors',
      terms.every(({ factor }) => factor !== 0),
    ),
  ]
})

law('equal sums are equal records', fc.tuple(indices, indices, indices), ([x, y, z]) => {
  const { plus } = affine
  return [
    sameData('commutative', plus(x.index, y.index), plus(y.index, x.index)),
    sameData('associative', plus(plus(x.index, y.index), z.index), plus(x.index, plus(y.index, z.index))),
    holds('same', sameIndex(plus(x.index, y.index), plus(y.index, x.index))),
    sameData('neutral', plus(x.index, affine.literal(0)), x.index),
  ]
})

law('strides are the factors of a plain combination of counters', indices, ({ index }) => {
  const strides = stridesOf(index)
  if (strides === undefined)
    return holds(
      'some division',
      index.terms.some(({ atom }) => atom.kind !== 'counter'),
    )
  const value = (loops: readonly number[]) =>
    loops.reduce((total, turn, loop) => total + turn * (strides.get(loop) ?? 0), index.constant)
  return sameNumbers(positions.map(value), worths(index))
})

const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 0, maxLength: 4 })

law('an address is row-major', fc.tuple(shapes, fc.array(leaf, { minLength: 4, maxLength: 4 })), ([sizes, at]) => {
  const position = sizes.map((size, axis) => rest(at[axis], size))
  const address = affine.flatten(
    sizes,
    position.map(({ index }) => index),
  )
  const expected = positions.map(loops =>
    sizes.reduce((total, size, axis) => total * size + position[axis].value(loops), 0),
  )
  return sameNumbers(worths(address), expected)
})

law('taking an index apart and putting it together gives it back', indices, ({ index }) =>
  [2, 3, 4].flatMap(by => {
    const { plus, quotient, remainder, times } = affine
    const together = plus(times(quotient(index, by), by), remainder(index, by))
    return [
      sameNumbers(worths(together), worths(index), `by ${by}`),
      holds(`the same record, by ${by}`, stridesOf(index) === undefined || sameIndex(together, index)),
    ]
  }),
)

law(
  'substituting indices for counters is substituting their values',
  fc.tuple(indices, fc.array(leaf, { minLength: 5, maxLength: 5 })),
  ([{ index }, by]) => {
    const replaced = by.map((one, loop) => rest(one, loopSizes[loop]))
    const substituted = affine.substitute(index, loop => replaced[loop].index)
    return sameNumbers(
      worths(substituted),
      positions.map(loops =>
        worth(
          index,
          replaced.map(({ value }) => value(loops)),
        ),
      ),
    )
  },
)
