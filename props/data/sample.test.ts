// Samples of a set of pictures: disjoint, of the classes and sizes asked for, and the same for the same key.

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import type { PictureSet } from '../../dino/data/picture-set.ts'
import { type SampleSize, sampleOf, subsetOf } from '../../dino/data/sample.ts'
import { random } from '../../lib/index.ts'
import { holds, mostNumbers, sameData } from '../support/compare.ts'
import { example } from '../support/example.ts'
import { law } from '../support/law.ts'
import { right } from '../support/results.ts'
import { inMemory } from '../support/training.ts'

const setOf = (labels: readonly number[] | undefined, count: number): PictureSet => ({
  ...inMemory(count),
  labels,
  classes: labels === undefined ? [] : ['a', 'b', 'c', 'd', 'e'],
})

const sets = fc.record({
  labels: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 60 }),
  size: fc.record({
    classes: fc.integer({ min: 1, max: 6 }),
    bank: fc.integer({ min: 1, max: 8 }),
    queries: fc.integer({ min: 1, max: 4 }),
  }),
  seed: fc.integer({ min: 0, max: 1000 }),
})

law(
  'a sample has no picture twice, no more than was asked for, and the same every time',
  sets,
  ({ labels, size, seed }) => {
    const set = setOf(labels, labels.length)
    const sample = () => sampleOf(set, size, random.keyOf(seed))
    const { bank, queries } = sample()
    const names = [...bank.names, ...queries.names]
    const classes = new Set([...bank.labels!, ...queries.labels!])
    const each = [...classes].map(own => bank.labels!.filter(label => label === own).length)
    return [
      sameData('no picture twice', new Set(names).size, names.length),
      mostNumbers(0)([classes.size, ...each], [size.classes, ...each.map(() => size.bank)], 'sizes'),
      sameData('again', [sample().bank.names, sample().queries.names], [bank.names, queries.names]),
      holds(
        'labels are those of the set',
        bank.names.every((name, at) => set.labels![set.names.indexOf(name)] === bank.labels![at]),
      ),
    ]
  },
)

law('of a set without classes as many are drawn as of all classes together', sets, ({ labels, size, seed }) => {
  const { bank, queries } = sampleOf(setOf(undefined, labels.length), size, random.keyOf(seed))
  const most = size.classes * (size.bank + size.queries)
  return [
    sameData('how many', bank.names.length + queries.names.length, Math.min(most, labels.length)),
    sameData('no labels', [bank.labels, queries.labels], [undefined, undefined]),
  ]
})

example('ten classes of sixty scenes are forty for the bank and twenty queries each', () => {
  const labels = Array.from({ length: 600 }, (_, at) => at % 5)
  const size: SampleSize = { classes: 10, bank: 40, queries: 20 }
  const { bank, queries } = sampleOf(setOf(labels, 600), size, random.keyOf(1))
  assert.deepEqual([bank.names.length, queries.names.length], [200, 100])
})

example('a subset reads the pictures of its places', async () => {
  const set = inMemory(5)
  const part = subsetOf(set, [4, 1])
  assert.deepEqual(part.names, ['picture 4', 'picture 1'])
  assert.deepEqual(right(await part.read(0)()), right(await set.read(4)()))
})
