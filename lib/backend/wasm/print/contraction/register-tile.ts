// From the size of a contraction to its tile: the rows and columns of results that stay in registers while the sum
// runs. A larger tile reads its factors less often, as long as the registers hold it.
//
//   65 x 65 results, fused:   tiles of 5 rows by 8 columns, 13 below each other and 8 side by side,
//                             and a last column of its own

import { lanesPerVector } from '../../code/value.ts'

/** Results that one pass of the inner loop computes: rows of vectors of four. */
export interface Tile {
  readonly rows: number
  readonly vectors: number
  /** Floats in the vectors: also the columns of a panel. */
  readonly columns: number
}

const tileOf = (rows: number, vectors: number): Tile => ({ rows, vectors, columns: vectors * lanesPerVector })

const small = tileOf(4, 2)
const large = tileOf(5, 2)

/**
 * Tiles whose results fit in the fifteen vector registers of V8 on x64, beside two rows of the left factor, the panel's
 * vectors and, where multiply-add is two instructions, a product. Larger ones are slower by a quarter on some machines.
 */
const tilesFor = (fused: boolean): readonly Tile[] => (fused ? [large, small] : [small])

/** Cycles of one turn of the inner loop, which cannot be fewer than each sum waits for its last addition. */
const cycles = (rows: number, vectors: number): number => Math.max((rows * vectors) / 2, 4.5)

/** How often `step` goes into `size`, and what is left. */
const covering = (size: number, step: number): readonly (readonly [size: number, count: number])[] => [
  [step, Math.floor(size / step)],
  [size % step, size % step > 0 ? 1 : 0],
]

/** The tile that covers `rows` by `columns` results in the fewest cycles. */
export const chooseTile = (rows: number, columns: number, fused: boolean): Tile => {
  const cost = (tile: Tile): number => {
    const across = covering(Math.ceil(columns / lanesPerVector), tile.vectors)
    return covering(rows, tile.rows).reduce(
      (total, [height, times]) =>
        total + times * across.reduce((sum, [width, count]) => sum + count * cycles(height, width), 0),
      0,
    )
  }
  return tilesFor(fused).reduce((best, tile) => (cost(tile) < cost(best) ? tile : best))
}
