// Contractions: nests that sum the product of two loads. Each output loop belongs to one factor (rows or columns) or to both
// (batch), and both factors move along every summed loop. The factor of the output's contiguous loop gives the columns, so
// that results are stored as vectors. Tiles of results stay in registers while the sum runs.

import type { Access, Nest } from '../../nest/nest.ts'

/** A contraction's loops by role, as positions in the nest: outer loops first, then the summed ones. */
export interface Contraction {
  readonly left: Access
  readonly right: Access
  readonly batch: readonly number[]
  readonly rows: readonly number[]
  readonly columns: readonly number[]
  readonly summed: readonly number[]
  /** The loop that tiles cover rows of, and the one that vectors run along. */
  readonly rowLoop: number
  readonly columnLoop: number
}

const factorsOf = (nest: Nest): readonly [Access, Access] | undefined => {
  if (nest.reduction?.operation !== 'sum' || nest.reduction.parts.length !== 1) return undefined
  const { body } = nest.reduction.parts[0]
  const [first, second, product] = body
  if (body.length !== 3 || first.kind !== 'load' || second.kind !== 'load' || product.kind !== 'apply') return undefined
  const both = product.operands.includes(0) && product.operands.includes(1)
  return product.operation === 'mul' && both ? [first.access, second.access] : undefined
}

const longest = (loops: readonly number[], sizes: readonly number[]): number =>
  loops.reduce((best, loop) => (sizes[loop] >= sizes[best] ? loop : best))

/** The contraction that a nest is, if it is one. */
export const contractionOf = (nest: Nest): Contraction | undefined => {
  const factors = factorsOf(nest)
  if (factors === undefined) return undefined
  const outer = nest.outer.map((_, loop) => loop)
  const summed = nest.reduction!.parts[0].loops.map((_, at) => nest.outer.length + at)
  const moves = (access: Access, loop: number): boolean => access.strides[loop] !== 0
  const [first, second] = factors
  if (!summed.every(loop => moves(first, loop) && moves(second, loop))) return undefined
  if (!outer.every(loop => moves(first, loop) || moves(second, loop))) return undefined
  const columnLoop = outer.find(loop => nest.output.strides[loop] === 1)
  if (columnLoop === undefined || (moves(first, columnLoop) && moves(second, columnLoop))) return undefined
  const [left, right] = moves(second, columnLoop) ? [first, second] : [second, first]
  const rows = outer.filter(loop => !moves(right, loop))
  if (rows.length === 0) return undefined
  return {
    left,
    right,
    batch: outer.filter(loop => moves(left, loop) && moves(right, loop)),
    rows,
    columns: outer.filter(loop => !moves(left, loop)),
    summed,
    rowLoop: longest(rows, nest.outer),
    columnLoop,
  }
}

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
