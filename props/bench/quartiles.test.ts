// The statistics and the tables of the benchmark: a wrong median or a shifted column would mislead.

import assert from 'node:assert/strict'
import fc from 'fast-check'
import { spread, summarise } from '../../examples/bench/quartiles.ts'
import { layOutTable } from '../../examples/bench/text-table.ts'
import { example } from '../support/example.ts'

const values = fc.array(fc.double({ min: 0.001, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 40 })

example('quartiles are in order and in range, and do not depend on the order of the values', () => {
  fc.assert(
    fc.property(values, given => {
      const { count, least, lower, median, upper } = summarise(given)
      assert.equal(count, given.length)
      assert.equal(least, Math.min(...given))
      assert.ok(least <= lower && lower <= median && median <= upper && upper <= Math.max(...given))
      assert.deepEqual(summarise(given.toReversed()), summarise(given))
    }),
    { seed: 1 },
  )
})

example('at least half of the values are on either side of the median', () => {
  fc.assert(
    fc.property(values, given => {
      const { median } = summarise(given)
      assert.ok(2 * given.filter(value => value <= median).length >= given.length)
      assert.ok(2 * given.filter(value => value >= median).length >= given.length)
    }),
    { seed: 1 },
  )
})

example('quantiles are those of numpy', () => {
  assert.deepEqual(summarise([4, 1, 3, 2]), { count: 4, least: 1, lower: 1.75, median: 2.5, upper: 3.25 })
  assert.equal(spread(summarise([4, 1, 3, 2])), 0.3)
  assert.ok(Number.isNaN(summarise([]).median))
})

example('a table sets its first column left, the others right, and headings over their columns', () => {
  const table = layOutTable(
    ['', 'a', 'bb'],
    [
      ['one', '1', '22'],
      ['three', '10', '2'],
    ],
    [{ text: 'wide heading', from: 1 }],
  )
  assert.deepEqual(table.split('\n'), [
    '       wide heading',
    '        a        bb',
    '-------------------',
    'one     1        22',
    'three  10         2',
  ])
})
