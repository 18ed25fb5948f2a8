// How views are drawn, position by position: parts of the area and places even, width by height even in its logarithm,
// ten attempts before the fallback, and what happens to the first global view, the second, and a local one. Draws are
// at fixed keys; pictures are so large that whole pixels do not show.

import assert from 'node:assert/strict'
import { usualValues } from '../../dino/options/option-values.ts'
import { viewOptions } from '../../dino/views/view-options.ts'
import { fallbackBox, planViews, randomBox, type ViewPlan } from '../../dino/views/view-plan.ts'
import { random } from '../../lib/index.ts'
import { example } from '../support/example.ts'
import { asOften, evenly } from '../support/frequencies.ts'

const side = 4000
const draws = 4000

/** The options of DINO's public code, with two local views. */
const dino = { ...usualValues(viewOptions), localViews: 2 }

const planned = Array.from({ length: draws }, (_, at) =>
  planViews(dino, { rows: side, columns: side })(random.fold(random.keyOf(11), at)),
)

/** All plans of the views at a position. */
const positions: Readonly<Record<string, readonly ViewPlan[]>> = {
  'the first global view': planned.map(({ global }) => global[0]),
  'the second global view': planned.map(({ global }) => global[1]),
  'the first local view': planned.map(({ local }) => local[0]),
  'the second local view': planned.map(({ local }) => local[1]),
}

const areaOf = ({ box }: ViewPlan): number => (box.rows * box.columns) / side ** 2

/** DINO's public code (main_dino.py, DataAugmentationDINO): probabilities, and whether the crop is global. */
const expected = [
  ['the first global view', { blur: 1, solarise: 0 }, 'global'],
  ['the second global view', { blur: 0.1, solarise: 0.2 }, 'global'],
  ['the first local view', { blur: 0.5, solarise: 0 }, 'local'],
  ['the second local view', { blur: 0.5, solarise: 0 }, 'local'],
] as const

/** The logarithm of the greatest width by height. */
const widest = Math.log(4 / 3)

/**
 * A global crop of a square fits at once where its area is below 3/4 of it; above, where its aspect is not too far from
 * 1. This is the part of the crops that are below 0.7 of the area: 0.3 over what fits between 0.4 and 1.
 */
const belowSeven = 0.3 / (0.35 + (1 - (0.75 - 0.75 * Math.log(0.75))) / widest)

for (const [position, probabilities, kind] of expected)
  example(`${position} shows the part of the picture that DINO says, blurred and solarised as often`, () => {
    const plans = positions[position]
    asOften(
      probabilities.blur,
      plans.map(({ blur }) => blur > 0),
      'blur',
    )
    asOften(
      probabilities.solarise,
      plans.map(({ solarise }) => solarise !== undefined),
      'solarise',
    )
    const areas = plans.map(areaOf)
    if (kind === 'local') return evenly([0.05, 0.4], areas, 'area')
    const smaller = areas.filter(area => area < 0.7)
    evenly([0.4, 0.7], smaller, 'area')
    asOften(
      belowSeven,
      areas.map(area => area < 0.7),
      'smaller areas',
    )
  })

example(
  'the first global view is never blurred, and the second nearly always, where probabilities are inverted',
  () => {
    const options = { ...dino, blurred: 'inverted' } as const
    const plans = planned.map((_, at) =>
      planViews(options, { rows: side, columns: side })(random.fold(random.keyOf(11), at)),
    )
    const isBlurred = ({ blur }: ViewPlan): boolean => blur > 0
    assert.ok(!plans.some(({ global }) => isBlurred(global[0])), 'the first')
    asOften(
      0.9,
      plans.map(({ global }) => isBlurred(global[1])),
      'the second',
    )
    asOften(
      0.5,
      plans.map(({ local }) => isBlurred(local[0])),
      'a local one',
    )
  },
)

const locals = [...positions['the first local view'], ...positions['the second local view']]

example('width by height is spread evenly in its logarithm, so that wide and tall crops are as frequent', () => {
  evenly(
    [-widest, widest],
    locals.map(({ box }) => Math.log(box.columns / box.rows)),
    'log of width by height',
  )
})

example('a crop lies anywhere with the same probability', () => {
  evenly(
    [0, 1],
    locals.map(({ box }) => box.top / (side - box.rows)),
    'top',
  )
  evenly(
    [0, 1],
    locals.map(({ box }) => box.left / (side - box.columns)),
    'left',
  )
})

example('ten crops are tried before the fallback is taken', () => {
  const from = { rows: 100_000, columns: 244_600 }
  const options = { area: [0.5, 0.5], aspect: [3 / 4, 4 / 3] } as const
  /** The height fits where width by height is at least the crop's area over the square of the picture's height. */
  const fits = (widest - Math.log((0.5 * from.columns) / from.rows)) / (2 * widest)
  const fallback = JSON.stringify(fallbackBox(options.aspect, from))
  const boxes = Array.from({ length: 2 * draws }, (_, at) =>
    randomBox(options, from)(random.fold(random.keyOf(12), at)),
  )
  assert.ok(fits > 0.14 && fits < 0.16)
  asOften(
    (1 - fits) ** 10,
    boxes.map(box => JSON.stringify(box) === fallback),
    'fallback',
  )
})
