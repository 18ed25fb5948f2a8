// Nearest neighbours: the definition written out, and what is promised of ties. Rows are copies of a few directions at
// lengths that are powers of two, so that equal cosines are equal to the bit and common.

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { type Features, nearest } from '../../dino/evaluate/neighbours.ts'
import { sameNumbers } from '../support/compare.ts'
import { example } from '../support/example.ts'
import { law } from '../support/law.ts'

const directions = [
  [1, 0],
  [0, 1],
  [3, 4],
  [-1, 2],
  [-5, -1],
] as const

/** A direction, and the exponent of its length. */
const row = fc.tuple(fc.nat({ max: directions.length - 1 }), fc.integer({ min: -2, max: 2 }))
const settings = fc.record(
  {
    bank: fc.array(row, { minLength: 1, maxLength: 24 }),
    queries: fc.array(row, { minLength: 1, maxLength: 6 }),
    k: fc.integer({ min: 1, max: 12 }),
  },
  { noNullPrototype: true },
)

type Rows = readonly (readonly [direction: number, exponent: number])[]

const featuresOf = (rows: Rows): Features => ({
  count: rows.length,
  dimensions: 2,
  data: rows.flatMap(([direction, exponent]) => directions[direction].map(value => value * 2 ** exponent)),
})

const cosine = ([x0, x1]: readonly [number, number], [y0, y1]: readonly [number, number]): number =>
  (x0 * y0 + x1 * y1) / (Math.hypot(x0, x1) * Math.hypot(y0, y1))

/** The places of the nearest rows: a sort by the cosine of directions that leaves equal ones in their order. */
const written = (bank: Rows, [query]: Rows[number], k: number): readonly number[] =>
  bank
    .map(([direction], place) => ({ place, near: cosine(directions[direction], directions[query]) }))
    .sort((left, right) => right.near - left.near)
    .slice(0, k)
    .map(({ place }) => place)

law('the nearest rows come nearest first, and of equally near ones the first in the bank', settings, setting => {
  const { bank, queries, k } = setting
  return nearest(k, featuresOf(bank), featuresOf(queries)).map(({ places }, at) =>
    sameNumbers(places, written(bank, queries[at], k), `query ${at}`),
  )
})

example('a nearer row pushes out the later of two equally near ones', () => {
  const bank: Features = { count: 3, dimensions: 2, data: [1, Math.sqrt(3), 2, 2 * Math.sqrt(3), 9, 1] }
  const [{ places }] = nearest(2, bank, { count: 1, dimensions: 2, data: [1, 0] })
  assert.deepEqual([...places], [2, 0])
})
