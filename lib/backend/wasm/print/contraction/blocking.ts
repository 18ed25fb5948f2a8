// From a contraction to the sizes of everything that it is cut into, as data: the tile, the blocks that keep its
// factors in the caches (Goto and van de Geijn 2008, "Anatomy of high-performance matrix multiplication"), the units
// that threads share, and the scratch memory of each thread. The loops that follow these sizes are in `contract.ts`.
//
//   2048 x 192 times 192 x 768, fused:   tiles of 5 x 8; the sum in one block of 192;
//                                        32 panels of 8 columns; rows in blocks of 85

import type { Contraction } from '../../../../loops/contraction.ts'
import type { Nest } from '../../../../loops/nest.ts'
import { bytesPerFloat } from '../../code/value.ts'
import { chooseTile, type Tile } from './register-tile.ts'
import { type Unit, type UnitBlock, unitBlockOf, unitOf } from './unit.ts'

/** The summed loops: their sizes, and how much of the innermost one is done at a time. */
export interface Depth {
  readonly inner: number
  readonly innerSize: number
  readonly outer: readonly { readonly loop: number; readonly size: number }[]
  /** Turns of the innermost loop in a block. */
  readonly block: number
  /** Summed elements in a block, over all summed loops. */
  readonly total: number
}

/** Byte offsets into a thread's scratch memory: one tile's results, packed panels, packed rows, partial results. */
export interface Scratch {
  readonly tile: number
  readonly panels: number
  readonly rows: number
  readonly partial: number
  readonly size: number
}

/** Everything that the code of a contraction depends on. */
export interface ContractionPlan {
  readonly nest: Nest
  readonly contraction: Contraction
  readonly tile: Tile
  readonly depth: Depth
  readonly unit: Unit
  readonly unitBlock: UnitBlock
  readonly scratch: Scratch
  /** Panels in a block of columns: all are packed before the rows run over them. */
  readonly panels: number
  /** Rows in a block, a multiple of the tile's: they run over all packed panels before the next rows do. */
  readonly rows: number
  /** Whether the left factor is packed too: its summed elements lie far apart. */
  readonly packsRows: boolean
  /** Row loops other than the one that tiles run along. */
  readonly otherRows: readonly number[]
  /** Loops outside the panels: batches, and column loops other than the one that vectors run along. */
  readonly outside: readonly number[]
}

/** Summed elements that packing takes at once where it transposes. */
const packedAtOnce = 4

/**
 * Elements of the innermost sum that are done at a time: a packed panel of them and the rows of a tile fit in the first
 * cache.
 */
const deepest = 256

/** Bytes of packed panels, and of the rows that meet them: with their results they stay in the second cache. */
const panelBytes = 192 * 1024
const rowBytes = 64 * 1024

/** Sums of at least this length make it worth packing a left factor whose elements lie far apart. */
const worthPacking = 96

const depthOf = (nest: Nest, { summed }: Contraction): Depth => {
  const sizes = summed.map(loop => nest.reduction!.parts[0].loops[loop - nest.outer.length])
  const innerSize = sizes[sizes.length - 1]
  const blocks = Math.ceil(innerSize / deepest)
  const block = blocks === 1 ? innerSize : Math.ceil(innerSize / blocks / packedAtOnce) * packedAtOnce
  const outer = summed.slice(0, -1).map((loop, at) => ({ loop, size: sizes[at] }))
  const total = outer.reduce((product, { size }) => product * size, block)
  return { inner: summed[summed.length - 1], innerSize, outer, block, total }
}

/** Whether the sum is taken in blocks, between which partial results wait in scratch memory. */
export const isBlocked = ({ block, innerSize }: Depth): boolean => block < innerSize

/** How many things of so many bytes there is room for, but at least one. */
const fitting = (room: number, bytes: number): number => Math.max(1, Math.floor(room / bytes))

const packsLeft = ({ outer }: Nest, { left, rowLoop, columnLoop }: Contraction, depth: Depth): boolean => {
  const isScattered = left.strides[rowLoop] === 1 && left.strides[depth.inner] > 1
  return isScattered && depth.total >= worthPacking && outer[rowLoop] >= 4 && outer[columnLoop] >= 32
}

const scratchOf = (tile: Tile, depth: Depth, panels: number, packedRows: number, waitingRows: number): Scratch => {
  const rowOfPanels = panels * tile.columns * bytesPerFloat
  const tileSize = tile.rows * tile.columns * bytesPerFloat
  const rows = tileSize + rowOfPanels * depth.total
  const partial = rows + packedRows * depth.total * bytesPerFloat
  return { tile: 0, panels: tileSize, rows, partial, size: partial + waitingRows * rowOfPanels }
}

/** The plan of a contraction. */
export const planContraction = (nest: Nest, contraction: Contraction, fused: boolean): ContractionPlan => {
  const { rows: rowLoops, columns, batch, rowLoop, columnLoop } = contraction
  const [rowCount, columnCount] = [nest.outer[rowLoop], nest.outer[columnLoop]]
  const depth = depthOf(nest, contraction)
  const tile = chooseTile(rowCount, columnCount, fused)
  const bytesOf = (count: number): number => depth.total * count * bytesPerFloat
  const panels = Math.min(Math.ceil(columnCount / tile.columns), fitting(panelBytes, bytesOf(tile.columns)))
  const rows = tile.rows * fitting(rowBytes, bytesOf(tile.rows))
  const packsRows = packsLeft(nest, contraction, depth)
  const unit = unitOf(nest, contraction)
  const unitBlock = isBlocked(depth) ? unitBlockOf(unit, nest, contraction, tile) : { units: undefined, rows: 0 }
  const packedRows = packsRows ? Math.min(rows, rowCount) : 0
  return {
    nest,
    contraction,
    tile,
    depth,
    unit,
    unitBlock,
    scratch: scratchOf(tile, depth, panels, packedRows, unitBlock.rows),
    panels,
    rows,
    packsRows,
    otherRows: rowLoops.filter(loop => loop !== rowLoop),
    outside: [...batch, ...columns.filter(loop => loop !== columnLoop)],
  }
}
