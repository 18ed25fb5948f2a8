// The units of a contraction, by which threads share it (words: `../../stages.ts`): turns of one of its loops, tiles of
// rows, or panels of columns. There should be many units, of which few pack the same columns. A sum in blocks of depth
// keeps a partial result for every result that it goes over, so it goes over a block of units whose partial results
// have room in scratch memory, and then over the next block.
//
//   2048 x 768 results: tiles of rows
//   32 images, 65 x 65 results each: images
//   20 x 4000 results: panels of columns

import type { Contraction } from '../../../../loops/contraction.ts'
import type { Nest } from '../../../../loops/nest.ts'
import type { Tile } from './register-tile.ts'

/** A kind of unit: one turn of a loop, a tile's rows, or a panel's columns. */
export type Unit = { readonly of: 'loop'; readonly loop: number } | { readonly of: 'rows' } | { readonly of: 'columns' }

/**
 * How a sum in blocks goes over units: so many at once, or all where that is undefined; the partial results of so many
 * rows wait meanwhile.
 */
export interface UnitBlock {
  readonly units: number | undefined
  readonly rows: number
}

/** Below this many rows, packing every panel in every thread costs more than it saves. */
const rowsWorthSharing = 256

/** A loop of at least this many turns is worth sharing. */
const enoughUnits = 4

/** A sum in blocks runs over all its blocks for this many rows before it turns to others. */
const rowsAtOnce = 2048

const product = (loops: readonly number[], sizes: readonly number[]): number =>
  loops.reduce((total, loop) => total * sizes[loop], 1)

/** The units of a contraction. */
export const unitOf = ({ outer }: Nest, { batch, rows, columns, rowLoop, columnLoop }: Contraction): Unit => {
  const isLong = (loop: number): boolean => outer[loop] >= enoughUnits
  const shared = batch.find(isLong)
  if (shared !== undefined) return { of: 'loop', loop: shared }
  const outerRow = rows.find(loop => loop !== rowLoop && isLong(loop))
  if (product(rows, outer) >= rowsWorthSharing)
    return outerRow === undefined ? { of: 'rows' } : { of: 'loop', loop: outerRow }
  const outerColumn = columns.find(loop => loop !== columnLoop && isLong(loop))
  if (outerColumn !== undefined) return { of: 'loop', loop: outerColumn }
  return outer[columnLoop] >= outer[rowLoop] / 2 ? { of: 'columns' } : { of: 'rows' }
}

/** The loop whose turns units are, and how many of them are one unit. */
export const turnsOf = (unit: Unit, { rowLoop, columnLoop }: Contraction, tile: Tile): readonly [number, number] => {
  switch (unit.of) {
    case 'loop':
      return [unit.loop, 1]
    case 'rows':
      return [rowLoop, tile.rows]
    case 'columns':
      return [columnLoop, tile.columns]
  }
}

/** Rows of one unit, undefined where every unit has all rows. */
const rowsOf = (unit: Unit, { outer }: Nest, { rows, rowLoop }: Contraction, tile: Tile): number | undefined => {
  const all = product(rows, outer)
  if (unit.of === 'rows') return tile.rows * (all / outer[rowLoop])
  return unit.of === 'loop' && rows.includes(unit.loop) ? all / outer[unit.loop] : undefined
}

/** How many units a sum in blocks takes at once. */
export const unitBlockOf = (unit: Unit, nest: Nest, contraction: Contraction, tile: Tile): UnitBlock => {
  const all = product(contraction.rows, nest.outer)
  const own = rowsOf(unit, nest, contraction, tile)
  if (own === undefined || all <= rowsAtOnce) return { units: undefined, rows: all }
  const units = Math.max(1, Math.floor(rowsAtOnce / own))
  return { units, rows: units * own }
}
