// Which patches are hidden: as many views as asked for, with ratios spread evenly over their range and never exceeded,
// blocks that leave the grid open, and the same for the same key.

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { blockMasks, type MaskOptions } from '../../dino/objective/block-masks.ts'
import { random } from '../../lib/index.ts'
import { holds, mostNumbers, sameNumbers } from '../support/compare.ts'
import { example } from '../support/example.ts'
import { law } from '../support/law.ts'

const problems = fc.record({
  seed: fc.nat(),
  rows: fc.integer({ min: 2, max: 8 }),
  columns: fc.integer({ min: 2, max: 8 }),
  count: fc.integer({ min: 1, max: 12 }),
  views: fc.constantFrom(0.5, 0, 1, 0.3),
  ratio: fc.constantFrom([0.1, 0.5] as const, [0, 1] as const, [0.4, 0.4] as const),
  exact: fc.boolean(),
})

type Case = MaskOptions & { readonly seed: number; readonly rows: number; readonly columns: number; count: number }

const masksOf = (p: Case): readonly (readonly number[])[] => {
  const all = [...blockMasks(p, p, p.count, random.keyOf(p.seed))]
  const patches = p.rows * p.columns
  return Array.from({ length: p.count }, (_, at) => all.slice(at * patches, (at + 1) * patches))
}

const hiddenIn = (mask: readonly number[]): number => mask.reduce((sum, hidden) => sum + hidden, 0)

/** Numbers of hidden patches, smallest first, of the views that may have some. */
const countsOf = (p: Case): readonly number[] =>
  masksOf(p)
    .map(hiddenIn)
    .sort((one, other) => one - other)
    .slice(p.count - Math.floor(p.views * p.count))

law('every entry is 0 or 1, and no more views than asked for have a hidden patch', problems, p => {
  const masks = masksOf(p)
  const touched = masks.filter(mask => hiddenIn(mask) > 0).length
  return [
    holds(
      '0 or 1',
      masks.flat().every(value => value === 0 || value === 1),
    ),
    mostNumbers(0)([touched], [Math.floor(p.views * p.count)], 'views'),
  ]
})

law(
  'ratios are spread evenly: each view is within its own part of the range, or below where blocks fail',
  problems,
  p => {
    const counts = countsOf(p)
    const [least, most] = p.ratio
    const end = (part: number) => Math.floor(p.rows * p.columns * (least + ((most - least) * part) / counts.length))
    const above = mostNumbers(0)(
      counts,
      counts.map((_, part) => end(part + 1)),
      'at most',
    )
    if (!p.exact) return above
    return [
      above,
      mostNumbers(0)(
        counts.map((_, part) => end(part)),
        counts,
        'at least',
      ),
    ]
  },
)

law('they are the same for a key, whenever they are asked for', problems, p =>
  sameNumbers(masksOf(p).flat(), masksOf(p).flat()),
)

const grid = { rows: 14, columns: 14, count: 64, views: 0.5, ratio: [0.1, 0.5], exact: false } as const

example('other keys hide other patches, and views are chosen at random', () => {
  const [one, other] = [1, 2].map(seed => masksOf({ ...grid, seed }))
  assert.notDeepEqual(one, other)
  const chosen = (masks: typeof one) => masks.map(mask => hiddenIn(mask) > 0)
  assert.notDeepEqual(chosen(one), chosen(other))
  assert.notDeepEqual(chosen(one), [...chosen(one)].sort())
})

example('blocks come near to what is asked for: of 14 x 14 patches a tenth to a half, 0.3 in the mean', () => {
  const counts = countsOf({ ...grid, seed: 3 })
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length / 196
  assert.ok(mean > 0.27 && mean <= 0.3, `the mean share is ${mean}`)
})

example('patches are hidden in blocks: most hidden ones have a hidden neighbour', () => {
  const masks = masksOf({ ...grid, seed: 4 })
  const places = masks.flatMap(mask => mask.flatMap((hidden, at) => (hidden === 1 ? [{ mask, at }] : [])))
  const together = places.filter(({ mask, at }) => mask[at - 1] === 1 || mask[at + 1] === 1)
  assert.ok(together.length > 0.9 * places.length, `${together.length} of ${places.length}`)
})
