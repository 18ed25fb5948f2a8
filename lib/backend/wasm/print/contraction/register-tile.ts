// The tile of a contraction: the results that stay in registers while the sum runs. A larger one reads its factors less often, as
// long as the registers hold it.

/** Results that one pass of the inner loop computes: rows of vectors of four. */
export interface Tile {
  readonly rows: number
  readonly vectors: number
}

const small: Tile = { rows: 4, vectors: 2 }
const large: Tile = { rows: 5, vectors: 2 }

/**
 * Tiles whose results fit in the fifteen vector registers of V8 on x64, beside two rows of the left factor, the panel's vectors
 * and, where multiply-add is two instructions, a product. Larger ones are slower by a quarter on some machines.
 */
const tilesFor = (fused: boolean): readonly Tile[] => (fused ? [large, small] : [small])

/** Cycles of one turn of the inner loop, which cannot be fewer than each sum waits for its last addition. */
const cycles = (rows: number, vectors: number): number => Math.max((rows * vectors) / 2, 4.5)

const parts = (size: number, whole: number): readonly (readonly [size: number, count: number])[] => [
  [whole, Math.floor(size / whole)],
  [size % whole, size % whole > 0 ? 1 : 0],
]

/** The tile that covers `rows` by `columns` results in the fewest cycles. */
export const chooseTile = (rows: number, columns: number, fused: boolean): Tile => {
  const cost = (tile: Tile): number => {
    const across = parts(Math.ceil(columns / 4), tile.vectors)
    return parts(rows, tile.rows).reduce(
      (total, [height, times]) =>
        total + times * across.reduce((sum, [width, count]) => sum + count * cycles(height, width), 0),
      0,
    )
  }
  return tilesFor(fused).reduce((best, tile) => (cost(tile) < cost(best) ? tile : best))
}
