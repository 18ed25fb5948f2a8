// Resizing a learned position embedding: in every published form it keeps the class token, constants and its own grid,
// and takes each row and column by weights that sum to one; a widened kernel is that by which pictures are resized.

import { cubicWeights, resizePosition, resizings, widenedWeights } from '../../dino/model/position.ts'
import { bicubic, cubic } from '../../dino/views/interpolation.ts'
import { resize } from '../../dino/views/resample.ts'
import { add, at, concat, expand, merge, scale, type Tensor } from '../../lib/index.ts'
import { problem, reals } from '../support/arbitrary.ts'
import { agree, near, nearNumbers, same, sameNumbers } from '../support/compare.ts'
import { law } from '../support/law.ts'
import { rowsOf } from '../support/tensors.ts'
import { largest, unit64 } from '../support/tolerance.ts'

const grids = problem({
  dims: { oldRow: [1, 4], oldColumn: [1, 4], newRow: [1, 5], newColumn: [1, 5], feature: [1, 2] },
  tensors: {
    position: reals('oldRow', 'oldColumn', 'feature'),
    other: reals('oldRow', 'oldColumn', 'feature'),
    first: reals('feature'),
  },
  choices: { source: ['dino', 'dinov2 with registers', 'huggingface'] },
})

law('resizing positions keeps the class token, a constant, the same grid, and sums', grids, p => {
  const { position, other, first, source, sizes } = p
  const form = resizings[source]
  const from = { rows: sizes.oldRow, columns: sizes.oldColumn }
  const to = { rows: sizes.newRow, columns: sizes.newColumn }
  const tokensOf = (grid: Tensor<'oldRow' | 'oldColumn' | 'feature'>): Tensor<'token' | 'feature'> =>
    concat('token')(expand({ token: 1 })(first), merge(['oldRow', 'oldColumn'], 'token')(grid))
  const tokens = tokensOf(position)
  const flat = tokensOf(add(scale(0)(position), first))
  const resized = resizePosition(form)(from, to)(flat)
  const apart = add(resizePosition(form)(from, to)(tokens), resizePosition(form)(from, to)(tokensOf(other)))
  return [
    same(resizePosition(form)(from, from)(tokens), tokens, 'the same grid'),
    same(at('token', 0)(resizePosition(form)(from, to)(tokens)), first, 'class token'),
    near(unit64 * 64 * largest(first.data))(resized, add(scale(0)(resized), first), 'constant'),
    agree(resizePosition(form)(from, to)(add(tokens, tokensOf(other))), apart, 'sums'),
  ]
})

const lengths = problem({ dims: { from: [1, 9], to: [1, 12] }, tensors: {}, choices: { offset: [0, 0.1] } })

const sumsOf = (from: number, weights: Float64Array): readonly number[] =>
  rowsOf({ from }, weights).map(row => row.reduce((left, right) => left + right, 0))

law('weights sum to one, and leave a grid of the same scale alone', lengths, ({ sizes: { from, to }, offset }) => {
  const unmoved = Array.from({ length: from * from }, (_, place) => (place % (from + 1) === 0 ? 1 : 0))
  return [
    ...[cubicWeights, widenedWeights].flatMap(weights => {
      const sums = sumsOf(from, weights(from, to, (to + offset) / from))
      const ones = sums.map(() => 1)
      return [
        nearNumbers(unit64 * 64)(sums, ones, 'sums'),
        nearNumbers(unit64 * 8)(weights(from, from, 1), unmoved, 'identity'),
      ]
    }),
    sameNumbers([0, 1, 2, 3, -1].map(cubic(-0.75)), [1, 0, 0, 0, 0], 'kernel'),
  ]
})

law('without an offset the widened kernel is that of pictures', lengths, ({ sizes: { from, to } }) => {
  const { width, first, weights } = resize(bicubic)(from, to)
  const whole = new Float64Array(from * to)
  weights.forEach((weight, place) => {
    const target = Math.floor(place / width)
    whole[target * from + first[target] + (place % width)] += weight
  })
  return nearNumbers(unit64 * 64)(widenedWeights(from, to, to / from), whole)
})
