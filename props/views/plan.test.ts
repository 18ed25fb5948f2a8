// Plans: boxes lie in the picture and have the area and aspect that were asked for, unless ten attempts
// failed; a view depends on its own key and on nothing else; and things happen as often as their probabilities say.
// Frequencies are taken at fixed keys, so that they are the same in every run, and must lie within five standard
// deviations.

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { usualValues } from '../../dino/options/option-values.ts'
import type { ViewKind } from '../../dino/views/change.ts'
import { type ViewOptions, viewOptions } from '../../dino/views/view-options.ts'
import {
  usualAspect as aspect,
  fallbackBox,
  planView,
  planViews,
  randomBox,
  type ViewPlan,
} from '../../dino/views/view-plan.ts'
import { random } from '../../lib/index.ts'
import { holds, mostNumbers, sameData } from '../support/compare.ts'
import { example } from '../support/example.ts'
import { asOften } from '../support/frequencies.ts'
import { law } from '../support/law.ts'

const size = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 41, max: 2000 }))
const extents = fc.record({ rows: size, columns: size }, { noNullPrototype: true })
const seeds = fc.nat({ max: 2 ** 31 })
const ranges = fc
  .tuple(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 1, max: 64 }))
  .map(([a, b]): readonly [number, number] => [Math.min(a, b) / 64, Math.max(a, b) / 64])

/** The options of DINO's public code. */
const dino = usualValues(viewOptions)

law(
  'a box is of whole pixels, not empty, and in the picture',
  fc.tuple(extents, seeds, ranges),
  ([from, seed, area]) => {
    const box = randomBox({ area, aspect }, from)(random.keyOf(seed))
    return [
      holds('whole', Object.values(box).every(Number.isInteger)),
      mostNumbers(0)([0, 0, 1, 1], [box.top, box.left, box.rows, box.columns], 'above'),
      mostNumbers(0)([box.top + box.rows, box.left + box.columns], [from.rows, from.columns], 'inside'),
    ]
  },
)

law(
  'area and aspect are as asked for, but for the fallback',
  fc.tuple(extents, seeds, ranges),
  ([from, seed, area]) => {
    const box = randomBox({ area, aspect }, from)(random.keyOf(seed))
    if (JSON.stringify(box) === JSON.stringify(fallbackBox(aspect, from))) return []
    const { rows, columns } = box
    const [least, most] = area.map(part => part * from.rows * from.columns)
    /** Rounding both sides moves the area by at most this. */
    const slack = (rows + columns) / 2 + 1 / 4
    return [
      mostNumbers(slack)([least, rows * columns], [rows * columns, most], 'area'),
      mostNumbers(2 ** -40)(
        [aspect[0] * (rows - 0.5), columns - 0.5],
        [columns + 0.5, aspect[1] * (rows + 0.5)],
        'aspect',
      ),
    ]
  },
)

law('the fallback is the largest box in the middle with an allowed aspect', extents, from => {
  const { top, left, rows, columns } = fallbackBox(aspect, from)
  const [above, beside] = [from.rows - rows, from.columns - columns]
  return [
    holds('touches two sides', above === 0 || beside === 0),
    holds('in the middle', top === Math.floor(above / 2) && left === Math.floor(beside / 2)),
    mostNumbers(0.5)(above > 0 ? [columns / aspect[0] - rows] : [0], [0], 'as high as allowed'),
    mostNumbers(0.5)(beside > 0 ? [rows * aspect[1] - columns] : [0], [0], 'as wide as allowed'),
  ]
})

example('a picture too wide for any box gets the fallback', () => {
  const from = { rows: 4, columns: 400 }
  const box = randomBox({ area: [0.9, 1], aspect }, from)(random.keyOf(1))
  assert.deepEqual(box, { top: 0, left: 197, rows: 4, columns: 5 })
})

law(
  'a view does not depend on how many there are',
  fc.tuple(extents, seeds, fc.nat({ max: 6 })),
  ([from, seed, fewer]) => {
    const key = random.keyOf(seed)
    const all = planViews({ ...dino, localViews: 8 }, from)(key)
    const some = planViews({ ...dino, localViews: fewer }, from)(key)
    const alone = planView(dino, 'local', from)(random.fold(random.fold(key, 'local'), fewer))
    return [
      sameData('global', some.global, all.global),
      sameData('local', some.local, all.local.slice(0, fewer)),
      sameData('alone', alone, all.local[fewer]),
    ]
  },
)

law('changing what may happen to one field changes no other', fc.tuple(extents, seeds), ([from, seed]) => {
  const other: ViewOptions = { ...dino, flip: 0, grey: 1, blur: [0, 0] }
  const kept = ({ box, jitter, solarise }: ViewPlan) => ({ box, jitter, solarise })
  const plan = planView(other, 'firstGlobal', from)(random.keyOf(seed))
  return [
    sameData('others', kept(plan), kept(planView(dino, 'firstGlobal', from)(random.keyOf(seed)))),
    sameData('changed', [plan.flip, plan.grey, plan.blur], [false, true, 0]),
  ]
})

law('what is drawn lies in its range', fc.tuple(extents, seeds), ([from, seed]) => {
  const { jitter, blur, solarise } = planView(dino, 'secondGlobal', from)(random.keyOf(seed))
  const amounts = new Map(jitter.map(({ aspect: of, amount }) => [of, amount]))
  const within = (name: 'brightness' | 'contrast' | 'saturation' | 'hue', middle: number) =>
    mostNumbers(0)([Math.abs((amounts.get(name) ?? middle) - middle)], [dino[name] + 2 ** -50], name)
  return [
    holds('each aspect once or none', [0, 4].includes(jitter.length) && amounts.size === jitter.length),
    ...(['brightness', 'contrast', 'saturation'] as const).map(name => within(name, 1)),
    within('hue', 0),
    holds('blur', blur === 0 || (blur >= 0.1 && blur < 2)),
    holds('solarise', solarise === undefined || solarise === 128 / 255),
  ]
})

const draws = 2000
const plansOf = (kind: ViewKind): readonly ViewPlan[] =>
  Array.from({ length: draws }, (_, seed) =>
    planView(dino, kind, { rows: 40, columns: 50 })(random.fold(random.keyOf(7), seed)),
  )

const frequencies: Readonly<Record<string, (plan: ViewPlan) => boolean>> = {
  flip: plan => plan.flip,
  jitter: plan => plan.jitter.length > 0,
  grey: plan => plan.grey,
  blur: plan => plan.blur > 0,
  solarise: plan => plan.solarise !== undefined,
}

const expected = {
  firstGlobal: { flip: 0.5, jitter: 0.8, grey: 0.2, blur: 1, solarise: 0 },
  secondGlobal: { flip: 0.5, jitter: 0.8, grey: 0.2, blur: 0.1, solarise: 0.2 },
  local: { flip: 0.5, jitter: 0.8, grey: 0.2, blur: 0.5, solarise: 0 },
} as const

for (const [kind, probabilities] of Object.entries(expected))
  example(`${kind}: things happen as often as DINO's probabilities say`, () => {
    const plans = plansOf(kind as ViewKind)
    for (const [name, probability] of Object.entries(probabilities)) {
      asOften(probability, plans.map(frequencies[name]), name)
    }
  })

example('colour jitter comes in all 24 orders', () => {
  const orders = plansOf('local').map(({ jitter }) => jitter.map(({ aspect: of }) => of).join(' '))
  assert.equal(new Set(orders.filter(order => order !== '')).size, 24)
})
