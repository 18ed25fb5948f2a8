// Resizing a learned position embedding to another grid of patches, as the public code does: bicubic, with a tenth of a
// patch added to the wanted size before the scale is taken (vision_transformer.py, interpolate_pos_encoding).

import { array, concat, dot, merge, slice, split, type Tensor } from '../../lib/index.ts'
import { cubic } from '../views/interpolation.ts'

/** Rows and columns of patches. */
export interface Grid {
  readonly rows: number
  readonly columns: number
}

/** The kernel of torch's bicubic interpolation. */
const kernel = cubic(-0.75)

/** The public code adds this to the wanted number of patches, so that rounding never loses one. */
const kludge = 0.1

/** Weights of each of `from` positions in each of `to` positions; beyond the ends the end value repeats. */
export const cubicWeights = (from: number, to: number, scale: number): Float64Array => {
  const weights = new Float64Array(from * to)
  for (let target = 0; target < to; target += 1) {
    const centre = (target + 0.5) / scale - 0.5
    const first = Math.floor(centre) - 1
    for (let source = first; source < first + 4; source += 1) {
      const inside = Math.min(Math.max(source, 0), from - 1)
      weights[target * from + inside] += kernel(source - centre)
    }
  }
  return weights
}

/** The embedding for another grid; the first token (the class token's) stays. */
export const resizePosition =
  (from: Grid, to: Grid) =>
  (position: Tensor<'token' | 'feature'>): Tensor<'token' | 'feature'> => {
    if (from.rows === to.rows && from.columns === to.columns) return position
    const patches = slice('token', 1, from.rows * from.columns)(position)
    const grid = split('token', { oldRow: from.rows, oldColumn: from.columns })(patches)
    const weights = (old: number, fresh: number) => cubicWeights(old, fresh, (fresh + kludge) / old)
    const rows = array({ row: to.rows, oldRow: from.rows }, weights(from.rows, to.rows))
    const columns = array({ column: to.columns, oldColumn: from.columns }, weights(from.columns, to.columns))
    const resized = dot('oldColumn')(dot('oldRow')(grid, rows), columns)
    return concat('token')(slice('token', 0, 1)(position), merge(['row', 'column'], 'token')(resized))
  }
