// Whether a contraction computes what it should: some elements of its result against sums in float64. A fast wrong
// answer is worth less than none.

import { random } from '../../../lib/index.ts'
import type { Plain } from './beginning.ts'
import type { Contraction } from './cases.ts'

const checked = 24

/** The largest error of some elements, each relative to the sum of its terms' sizes; NaN if an element is missing. */
export const errorOf = (
  { batch, rows, inner, columns }: Contraction,
  left: Plain,
  right: Plain,
  result: ArrayLike<number>,
): number => {
  const count = batch * rows * columns
  const errors = Array.from(random.uniforms(random.keyOf(4), checked), (draw, turn) => {
    const at = turn === 0 ? count - 1 : Math.floor(draw * count)
    const [row, column] = [Math.floor(at / columns), at % columns]
    const matrix = Math.floor(row / rows)
    let [sum, size] = [0, 0]
    for (let k = 0; k < inner; k += 1) {
      const term = left.data[row * inner + k] * right.data[(matrix * inner + k) * columns + column]
      sum += term
      size += Math.abs(term)
    }
    return Math.abs(result[at] - sum) / size
  })
  return result.length === count ? Math.max(...errors) : Number.NaN
}

/** More than float32 loses, in whatever order it adds up a thousand terms. */
export const allowedError = 1e-5
