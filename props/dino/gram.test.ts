// Gram anchoring's loss: its definition in plain loops as an oracle, and what it does not see.

import { gramLoss } from '../../dino/objective/gram.ts'
import { gradient } from '../../lib/index.ts'
import { problem, reals } from '../support/arbitrary.ts'
import { mostNumbers, nearNumbers, sameNumbers } from '../support/compare.ts'
import { law } from '../support/law.ts'
import { element, type Given, number, numbers, pick, rowsOf, tabulate } from '../support/tensors.ts'
import { unit64 } from '../support/tolerance.ts'

type Patches = Given<'global' | 'batch' | 'token' | 'feature'>

const axes = ['global', 'batch', 'token', 'feature'] as const
const problems = problem({
  dims: { global: [1, 2], batch: [1, 2], token: [1, 4], feature: [2, 4] },
  tensors: { patches: reals(...axes), anchor: reals(...axes) },
})

const places = (count: number) => Array.from({ length: count }, (_, at) => at)
const value = (patches: Patches, anchor: Patches): readonly [number] => [number(gramLoss(patches, anchor))]

/** Cosines of each two patches of a view; those with a patch of zeros are 0. */
const cosinesOf = ({ sizes, data }: Patches): readonly number[] => {
  const units = rowsOf(sizes, data).map(row => {
    const length = Math.hypot(...row)
    return row.map(entry => (length > 0 ? entry / length : 0))
  })
  return places(sizes.global * sizes.batch).flatMap(view => {
    const own = units.slice(view * sizes.token, (view + 1) * sizes.token)
    return own.flatMap(one => own.map(other => one.reduce((sum, entry, at) => sum + entry * other[at], 0)))
  })
}

const near = nearNumbers(256 * unit64)

law('the loss is the mean squared difference of cosines, and at most 4', problems, ({ patches, anchor }) => {
  const [one, other] = [cosinesOf(patches), cosinesOf(anchor)]
  const expected = one.reduce((sum, cosine, at) => sum + (cosine - other[at]) ** 2, 0) / one.length
  return [near(value(patches, anchor), [expected]), mostNumbers(256 * unit64)(value(patches, anchor), [4])]
})

law('it is 0 of patches that are the same up to their lengths and a rotation', problems, ({ patches }) => {
  const [cosine, sine] = [Math.cos(0.7), Math.sin(0.7)]
  const turned = tabulate(patches.sizes, at => {
    const own = 2 ** (at.token % 3) * element(patches, at)
    const partner = 2 ** (at.token % 3) * element(patches, { ...at, feature: at.feature === 0 ? 1 : 0 })
    if (at.feature > 1) return own
    return at.feature === 0 ? cosine * own - sine * partner : cosine * own + sine * partner
  })
  return [near(value(patches, turned), [0], 'turned'), sameNumbers(value(patches, patches), [0], 'itself')]
})

law('patches may come in any order, in both alike', problems, ({ patches, anchor }) => {
  const back = pick('token', [...places(patches.sizes.token)].reverse())
  return near(value(back(patches), back(anchor)), value(patches, anchor))
})

law('the anchor has no gradient', problems, ({ patches, anchor }) => {
  const slopes = numbers(gradient(gramLoss(patches, anchor), anchor))
  return sameNumbers(
    slopes,
    slopes.map(() => 0),
  )
})
