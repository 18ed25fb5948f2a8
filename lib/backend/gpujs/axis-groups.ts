// From the axes of a buffer to at most three groups of neighbouring axes, because arrays of gpu.js have at most three
// dimensions [z][y][x]. gpu.js computes index variables in float32, and dispatches at most 65,535 groups of eight
// threads each way; so no group may reach 2^19 elements, and within that bound every index is exact.
//
//   sizes [4, 17, 6, 8]        become        [y: 4][x: 17 * 6 * 8], since 6 * 8 alone is less than 64

import { product } from '../../numeric/whole-numbers.ts'

/** The axes `from` to `to` (exclusive) of a buffer as one dimension of `size` elements. */
export interface Group {
  readonly from: number
  readonly to: number
  readonly size: number
}

/** One to three groups, the slowest first. */
export type Groups = readonly Group[]

/** Elements that one dimension may have. */
export const groupLimit = 2 ** 19

/** Enough threads along x to keep them together. */
const enough = 64

const group = (sizes: readonly number[], from: number, to: number): Group => ({
  from,
  to,
  size: product(sizes.slice(from, to)),
})

/** Cuts a buffer into groups: x takes whole axes from the right until it is wide enough, y and then z the rest. */
export const groupsOf = (sizes: readonly number[]): Groups => {
  const end = sizes.length
  const grow = (to: number, wanted: number): Group => {
    let grown = group(sizes, Math.max(to - 1, 0), to)
    while (grown.from > 0 && grown.size < wanted && grown.size * sizes[grown.from - 1] < groupLimit)
      grown = group(sizes, grown.from - 1, to)
    return grown
  }
  const x = grow(end, enough)
  const y = grow(x.from, groupLimit)
  const z = group(sizes, 0, y.from)
  return [z, y, x].filter(({ from, to }, place) => to > from || place === 2)
}

/** Whether every dimension is small enough. */
export const groupsFit = (groups: Groups): boolean => groups.every(({ size }) => size < groupLimit)
