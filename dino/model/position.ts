// Resizing a learned position embedding to another grid of patches: bicubic, in the forms of the public codes. DINO
// adds a tenth of a patch to the wanted size before it takes the scale (vision_transformer.py,
// interpolate_pos_encoding); DINOv2 makes that offset an option, and can widen the kernel where the grid shrinks, as
// pictures are resized. From 4 patches to 6:
//
//   offset 0.1: patch 0 is read at (0 + 0.5) / (6.1 / 4) - 0.5 = -0.172       offset 0: at -0.167

import { array, concat, dot, merge, slice, split, type Tensor } from '../../lib/index.ts'
import { cubic } from '../views/interpolation.ts'

/** Rows and columns of patches. */
export interface Grid {
  readonly rows: number
  readonly columns: number
}

/** A form of resizing. */
export interface Resizing {
  /** Patches that are added to the wanted number before the scale is taken. */
  readonly offset: number
  /** Whether the kernel widens where the grid shrinks; torch's kernel is another one then. */
  readonly antialias: boolean
}

/**
 * The forms of the public codes: DINO, and DINOv2's first models (vision_transformer.py); DINOv2's models with
 * registers (hub/backbones.py), which Hugging Face has too; Hugging Face's Dinov2Model.
 */
export const resizings = {
  dino: { offset: 0.1, antialias: false },
  'dinov2 with registers': { offset: 0, antialias: true },
  huggingface: { offset: 0, antialias: false },
} as const satisfies Readonly<Record<string, Resizing>>

/** Weights of each of `from` positions in each of `to` positions; beyond the ends the end value repeats. */
export const cubicWeights = (from: number, to: number, scale: number): Float64Array => {
  const kernel = cubic(-0.75)
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

/**
 * The same with a kernel that is wider by 1 / scale where that is above 1, and whose weights are divided by their sum
 * over the positions that there are (torch's bicubic interpolation with antialias).
 */
export const widenedWeights = (from: number, to: number, scale: number): Float64Array => {
  const kernel = cubic(-0.5)
  const stretch = Math.max(1 / scale, 1)
  const weights = new Float64Array(from * to)
  for (let target = 0; target < to; target += 1) {
    const centre = (target + 0.5) / scale - 0.5
    const row = weights.subarray(target * from, (target + 1) * from)
    for (let source = 0; source < from; source += 1) row[source] = kernel((source - centre) / stretch)
    const sum = row.reduce((total, weight) => total + weight, 0)
    for (let source = 0; source < from; source += 1) row[source] /= sum
  }
  return weights
}

/** The embedding for another grid; the first token (the class token's) stays. */
export const resizePosition =
  ({ offset, antialias }: Resizing) =>
  (from: Grid, to: Grid) =>
  (position: Tensor<'token' | 'feature'>): Tensor<'token' | 'feature'> => {
    if (from.rows === to.rows && from.columns === to.columns) return position
    const patches = slice('token', 1, from.rows * from.columns)(position)
    const grid = split('token', { oldRow: from.rows, oldColumn: from.columns })(patches)
    const weights = (old: number, fresh: number) =>
      (antialias ? widenedWeights : cubicWeights)(old, fresh, (fresh + offset) / old)
    const rows = array({ row: to.rows, oldRow: from.rows }, weights(from.rows, to.rows))
    const columns = array({ column: to.columns, oldColumn: from.columns }, weights(from.columns, to.columns))
    const resized = dot('oldColumn')(dot('oldRow')(grid, rows), columns)
    return concat('token')(slice('token', 0, 1)(position), merge(['row', 'column'], 'token')(resized))
  }
