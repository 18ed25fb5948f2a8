// The nearest-neighbour vote: against the definition written out, and under everything that must not
// matter. Features are normal numbers from a key, of which no two cosines are equal, but where ties are the point.

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { type Bank, knnAccuracy, knnPredictions, knnVotes } from '../../dino/evaluate/knn.ts'
import type { Features } from '../../dino/evaluate/neighbours.ts'
import { random } from '../../lib/index.ts'
import { nearNumbers, sameNumbers } from '../support/compare.ts'
import { example } from '../support/example.ts'
import { law } from '../support/law.ts'
import { unit64 } from '../support/tolerance.ts'

interface Setting {
  readonly bank: Bank
  readonly queries: Features
  readonly k: number
  readonly temperature: number
}

const featuresOf = (seed: number, name: string, count: number, dimensions: number): Features => ({
  count,
  dimensions,
  data: random.normals(random.fold(random.keyOf(seed), name), count * dimensions),
})

const settings: fc.Arbitrary<Setting> = fc
  .record(
    {
      seed: fc.nat({ max: 2 ** 31 }),
      rows: fc.integer({ min: 1, max: 24 }),
      queries: fc.integer({ min: 1, max: 9 }),
      dimensions: fc.integer({ min: 2, max: 9 }),
      classes: fc.integer({ min: 1, max: 5 }),
      k: fc.integer({ min: 1, max: 30 }),
      temperature: fc.constantFrom(1, 0.25, 0.07),
    },
    { noNullPrototype: true },
  )
  .map(({ seed, rows, queries, dimensions, classes, k, temperature }) => ({
    bank: {
      ...featuresOf(seed, 'bank', rows, dimensions),
      labels: random.bits(random.fold(random.keyOf(seed), 'labels'), rows).map(word => word % classes),
      classes,
    },
    queries: featuresOf(seed, 'queries', queries, dimensions),
    k,
    temperature,
  }))

const rowsOf = ({ count, dimensions, data }: Features): readonly (readonly number[])[] =>
  Array.from({ length: count }, (_, row) => Array.from({ length: dimensions }, (__, at) => data[row * dimensions + at]))

const stacked = (rows: readonly (readonly number[])[], dimensions: number): Features => ({
  count: rows.length,
  dimensions,
  data: rows.flat(),
})

const withRows = (bank: Bank, rows: readonly (readonly number[])[], labels: readonly number[]): Bank => ({
  ...stacked(rows, bank.dimensions),
  labels,
  classes: bank.classes,
})

const cosine = (x: readonly number[], y: readonly number[]) =>
  x.reduce((sum, value, at) => sum + value * y[at], 0) / (Math.hypot(...x) * Math.hypot(...y))

/** The vote as the paper writes it. */
const written = ({ bank, queries, k, temperature }: Setting): readonly number[] =>
  rowsOf(queries).flatMap(query => {
    const near = rowsOf(bank)
      .map((row, at) => ({ cosine: cosine(query, row), label: bank.labels[at] }))
      .sort((left, right) => right.cosine - left.cosine)
      .slice(0, k)
    return Array.from({ length: bank.classes }, (_, label) =>
      near.filter(of => of.label === label).reduce((sum, of) => sum + Math.exp(of.cosine / temperature), 0),
    )
  })

/** A cosine is off by at most (2 n + 8) u, and every vote by that over the temperature, relatively. */
const votesNear = ({ bank, temperature }: Setting, votes: ArrayLike<number>) => {
  const relative = (unit64 * (4 * bank.dimensions + 16)) / temperature + unit64 * (bank.count + 4)
  return nearNumbers(Array.from(votes, vote => relative * vote))
}

const votes = ({ bank, queries, k, temperature }: Setting) => knnVotes(bank, { k, temperature })(queries)
const predictions = ({ bank, queries, k, temperature }: Setting) => knnPredictions(bank, { k, temperature })(queries)

law('the votes are the definition written out', settings, setting => {
  const expected = written(setting)
  return votesNear(setting, expected)(votes(setting), expected)
})

law('the class with most votes is predicted, and accuracy counts how often that is right', settings, setting => {
  const { bank, queries, k, temperature } = setting
  const of = rowsOf({ count: queries.count, dimensions: bank.classes, data: votes(setting) })
  const best = of.map(row => row.indexOf(Math.max(...row)))
  const labels = best.map((label, at) => (at % 3 === 0 ? label + 1 : label))
  const wrong = Math.ceil(best.length / 3)
  return [
    sameNumbers(predictions(setting), best, 'predictions'),
    sameNumbers(
      [knnAccuracy(bank, { k, temperature })(queries, labels)],
      [(best.length - wrong) / best.length],
      'part',
    ),
  ]
})

law('the order of the bank does not matter', settings, setting => {
  const { bank } = setting
  const order = [...random.permutation(random.keyOf(bank.count), bank.count)]
  const rows = rowsOf(bank)
  const shuffled = withRows(
    bank,
    order.map(at => rows[at]),
    order.map(at => bank.labels[at]),
  )
  const expected = votes(setting)
  return votesNear(setting, expected)(votes({ ...setting, bank: shuffled }), expected)
})

law('renaming the classes renames the votes', settings, setting => {
  const { bank, queries } = setting
  const { classes } = bank
  const renamed = { ...bank, labels: Array.from(bank.labels, label => (label + 1) % classes) }
  const expected = rowsOf({ count: queries.count, dimensions: classes, data: votes(setting) }).flatMap(row => [
    row[classes - 1],
    ...row.slice(0, -1),
  ])
  return sameNumbers(votes({ ...setting, bank: renamed }), expected)
})

law('scaling a feature by a power of two changes not one bit', settings, setting => {
  const scaled = <F extends Features>(features: F): F => ({
    ...features,
    data: Array.from(features.data, (value, at) => value * 2 ** ((Math.floor(at / features.dimensions) % 7) - 3)),
  })
  const { bank, queries } = setting
  return sameNumbers(votes({ ...setting, bank: scaled(bank), queries: scaled(queries) }), votes(setting))
})

law('turning all features together does not matter', settings, setting => {
  const turned = <F extends Features>(features: F): F => ({
    ...features,
    data: rowsOf(features).flatMap(([x, y, ...rest]) => [0.6 * x - 0.8 * y, 0.8 * x + 0.6 * y, ...rest]),
  })
  const { bank, queries } = setting
  const expected = votes(setting)
  return votesNear(setting, expected)(votes({ ...setting, bank: turned(bank), queries: turned(queries) }), expected)
})

law('every feature is its own nearest', settings, ({ bank }) =>
  sameNumbers(knnPredictions(bank, { k: 1, temperature: 0.07 })(bank), bank.labels),
)

law('with all of the bank and no difference in weight the votes are the numbers of each class', settings, setting => {
  const { bank, queries } = setting
  const { labels } = bank
  const counts = Array.from(
    { length: bank.classes },
    (_, label) => Array.from(labels).filter(of => of === label).length,
  )
  return nearNumbers(2e-9 * bank.count)(
    votes({ ...setting, k: bank.count, temperature: 1e9 }),
    Array.from({ length: queries.count }, () => counts).flat(),
  )
})

law('points farther than the last neighbour change nothing', settings, setting => {
  const { bank } = setting
  const k = Math.min(setting.k, bank.count)
  const one: Features = { ...setting.queries, count: 1 }
  const [query] = rowsOf(one)
  const far = [query.map(value => -value), ...rowsOf(bank), query.map(value => -2 * value)]
  const larger = withRows(bank, far, [0, ...Array.from(bank.labels), 0])
  return sameNumbers(votes({ ...setting, k, queries: one, bank: larger }), votes({ ...setting, k, queries: one }))
})

law('the bank twice and k twice doubles the votes', settings, setting => {
  const { bank, k } = setting
  const labels = Array.from(bank.labels)
  const twice = withRows(bank, [...rowsOf(bank), ...rowsOf(bank)], [...labels, ...labels])
  const neighbours = Math.min(k, bank.count)
  const expected = votes({ ...setting, k: neighbours }).map(vote => 2 * vote)
  return votesNear(setting, expected)(votes({ ...setting, bank: twice, k: 2 * neighbours }), expected)
})

law('each query is judged alone, however many there are', settings, setting => {
  const { queries } = setting
  const alone = rowsOf(queries).flatMap(row => [...votes({ ...setting, queries: stacked([row], queries.dimensions) })])
  return sameNumbers(votes(setting), alone)
})

law('more neighbours than the bank has are all that it has', settings, setting => {
  const { bank } = setting
  return sameNumbers(votes({ ...setting, k: bank.count + 7 }), votes({ ...setting, k: bank.count }))
})

law('at the lowest temperatures the nearest alone decides', settings, setting => {
  const nearest = predictions({ ...setting, k: 1 })
  return [1e-6, 1e-300].map(temperature =>
    sameNumbers(predictions({ ...setting, temperature }), nearest, `${temperature}`),
  )
})

example('of neighbours equally near the first in the bank counts, of classes with equal votes the first wins', () => {
  const bank: Bank = { count: 4, dimensions: 2, data: [0, 1, 1, 0, 2, 0, 4, 0], labels: [0, 2, 1, 1], classes: 3 }
  const query: Features = { count: 1, dimensions: 2, data: [1, 0] }
  assert.deepEqual([...knnPredictions(bank, { k: 1, temperature: 0.07 })(query)], [2])
  assert.deepEqual([...knnPredictions(bank, { k: 2, temperature: 0.07 })(query)], [1])
  assert.deepEqual([...knnPredictions(bank, { k: 3, temperature: 0.07 })(query)], [1])
})

example('a feature of zeros is equally near to everything', () => {
  const bank: Bank = { count: 2, dimensions: 2, data: [0, 1, 1, 0], labels: [0, 1], classes: 2 }
  assert.deepEqual([...knnVotes(bank)({ count: 1, dimensions: 2, data: [0, 0] })], [1, 1])
})
