// How a contraction is carried out, as data: the tile, how deep its sum is taken at a time, how its work is cut into units for
// threads, and what a thread keeps in scratch memory.

import { type Contraction, chooseTile, type Tile } from './contraction.ts'
import type { Nest } from './nest.ts'

/** The summed loops: their sizes, and how much of the innermost one is done at a time. */
export interface Depth {
  readonly inner: number
  readonly innerSize: number
  readonly outer: readonly { readonly loop: number; readonly size: number }[]
  readonly block: number
}

/** How the work is cut into units: turns of a loop, tiles of rows, or panels of columns. */
export type Cut = { readonly by: 'loop'; readonly loop: number } | { readonly by: 'rows' } | { readonly by: 'columns' }

/** Byte offsets into a thread's scratch memory: the packed panel, one tile's results, partial results of all rows. */
export interface Scratch {
  readonly tile: number
  readonly partial: number
  readonly size: number
}

export interface ContractionPlan {
  readonly nest: Nest
  readonly contraction: Contraction
  readonly tile: Tile
  readonly depth: Depth
  readonly cut: Cut
  readonly scratch: Scratch
  /** Row loops other than the one that tiles run along. */
  readonly otherRows: readonly number[]
  /** Loops outside the panels: batches, and column loops other than the one that vectors run along. */
  readonly outside: readonly number[]
}

/** Turns of the innermost summed loop that are written out at once. */
export const unrolled = 4

/** Elements of the innermost sum that are done at a time: a packed panel of them and the rows of a tile fit in the first cache. */
const deepest = 384

/** Below this many rows, packing every panel in every thread costs more than it saves. */
const rowsWorthSharing = 256

/** A loop of at least this many turns is worth cutting into units. */
const enoughUnits = 4

const depthOf = (nest: Nest, { summed }: Contraction): Depth => {
  const sizes = summed.map(loop => nest.reduction!.parts[0].loops[loop - nest.outer.length])
  const innerSize = sizes[sizes.length - 1]
  const blocks = Math.ceil(innerSize / deepest)
  return {
    inner: summed[summed.length - 1],
    innerSize,
    outer: summed.slice(0, -1).map((loop, at) => ({ loop, size: sizes[at] })),
    block: blocks === 1 ? innerSize : Math.ceil(innerSize / blocks / unrolled) * unrolled,
  }
}

const cutOf = (nest: Nest, { batch, rows, columns, rowLoop, columnLoop }: Contraction): Cut => {
  const big = (loop: number): boolean => nest.outer[loop] >= enoughUnits
  const shared = batch.find(big)
  if (shared !== undefined) return { by: 'loop', loop: shared }
  const outerRow = rows.find(loop => loop !== rowLoop && big(loop))
  const allRows = rows.reduce((total, loop) => total * nest.outer[loop], 1)
  if (allRows >= rowsWorthSharing) return outerRow === undefined ? { by: 'rows' } : { by: 'loop', loop: outerRow }
  const outerColumn = columns.find(loop => loop !== columnLoop && big(loop))
  if (outerColumn !== undefined) return { by: 'loop', loop: outerColumn }
  return nest.outer[columnLoop] >= nest.outer[rowLoop] / 2 ? { by: 'columns' } : { by: 'rows' }
}

/** Whether the sum is taken in blocks, between which partial results wait in scratch memory. */
export const isBlocked = ({ depth }: ContractionPlan): boolean => depth.block < depth.innerSize

/** The plan of a contraction. */
export const planContraction = (nest: Nest, contraction: Contraction, fused: boolean): ContractionPlan => {
  const { rows, columns, batch, rowLoop, columnLoop } = contraction
  const tile = chooseTile(nest.outer[rowLoop], nest.outer[columnLoop], fused)
  const depth = depthOf(nest, contraction)
  const panel = depth.outer.reduce((total, { size }) => total * size, depth.block) * tile.vectors * 16
  const partial = panel + tile.rows * tile.vectors * 16
  const allRows = rows.reduce((total, loop) => total * nest.outer[loop], 1)
  const waiting = depth.block < depth.innerSize ? allRows * tile.vectors * 16 : 0
  return {
    nest,
    contraction,
    tile,
    depth,
    cut: cutOf(nest, contraction),
    scratch: { tile: panel, partial, size: partial + waiting },
    otherRows: rows.filter(loop => loop !== rowLoop),
    outside: [...batch, ...columns.filter(loop => loop !== columnLoop)],
  }
}
