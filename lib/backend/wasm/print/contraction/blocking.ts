// How a contraction is carried out, as data: the tile, the blocks that keep its factors in the caches (Goto and van de Geijn 2008,
// "Anatomy of high-performance matrix multiplication"), how its work is cut into units for threads, and what a thread keeps in
// scratch memory.

import type { Contraction } from '../../../../loops/contraction.ts'
import type { Nest } from '../../../../loops/nest.ts'
import { chooseTile, type Tile } from './register-tile.ts'

/** The summed loops: their sizes, and how much of the innermost one is done at a time. */
interface Depth {
  readonly inner: number
  readonly innerSize: number
  readonly outer: readonly { readonly loop: number; readonly size: number }[]
  readonly block: number
  /** Summed elements in a block, over all summed loops. */
  readonly total: number
}

/** How the work is cut into units: turns of a loop, tiles of rows, or panels of columns. */
type Cut = { readonly by: 'loop'; readonly loop: number } | { readonly by: 'rows' } | { readonly by: 'columns' }

/** Units that a blocked sum takes at once, or undefined for all that a thread has, and the rows whose partial results wait. */
interface Chunk {
  readonly units: number | undefined
  readonly rows: number
}

/** Byte offsets into a thread's scratch memory: one tile's results, packed panels, packed rows, partial results. */
interface Scratch {
  readonly tile: number
  readonly panels: number
  readonly rows: number
  readonly partial: number
  readonly size: number
}

/** Everything that the printers of a contraction need to know. */
export interface ContractionPlan {
  readonly nest: Nest
  readonly contraction: Contraction
  readonly tile: Tile
  readonly depth: Depth
  readonly cut: Cut
  readonly chunk: Chunk
  readonly scratch: Scratch
  /** Panels that are packed before the rows run over them. */
  readonly panels: number
  /** Rows that run over those panels before the next rows do: a multiple of the tile's. */
  readonly rows: number
  /** Whether the left factor is packed too: its summed elements lie far apart. */
  readonly packsRows: boolean
  /** Row loops other than the one that tiles run along. */
  readonly otherRows: readonly number[]
  /** Loops outside the panels: batches, and column loops other than the one that vectors run along. */
  readonly outside: readonly number[]
}

const bytes = 4

/** Summed elements that packing takes at once where it transposes. */
const packedAtOnce = 4

/** Elements of the innermost sum that are done at a time: a packed panel of them and the rows of a tile fit in the first cache. */
const deepest = 256

/** Bytes of packed panels, and of the rows that meet them: with their results they stay in the second cache. */
const panelBytes = 192 * 1024
const rowBytes = 64 * 1024

/** Below this many rows, packing every panel in every thread costs more than it saves. */
const rowsWorthSharing = 256

/** A loop of at least this many turns is worth cutting into units. */
const enoughUnits = 4

/** Sums of at least this length make it worth packing a left factor whose elements lie far apart. */
const worthPacking = 96

const product = (loops: readonly number[], sizes: readonly number[]): number =>
  loops.reduce((total, loop) => total * sizes[loop], 1)

const depthOf = (nest: Nest, { summed }: Contraction): Depth => {
  const sizes = summed.map(loop => nest.reduction!.parts[0].loops[loop - nest.outer.length])
  const innerSize = sizes[sizes.length - 1]
  const blocks = Math.ceil(innerSize / deepest)
  const block = blocks === 1 ? innerSize : Math.ceil(innerSize / blocks / packedAtOnce) * packedAtOnce
  const outer = summed.slice(0, -1).map((loop, at) => ({ loop, size: sizes[at] }))
  const total = outer.reduce((product, { size }) => product * size, block)
  return { inner: summed[summed.length - 1], innerSize, outer, block, total }
}

const cutOf = (nest: Nest, { batch, rows, columns, rowLoop, columnLoop }: Contraction): Cut => {
  const big = (loop: number): boolean => nest.outer[loop] >= enoughUnits
  const shared = batch.find(big)
  if (shared !== undefined) return { by: 'loop', loop: shared }
  const outerRow = rows.find(loop => loop !== rowLoop && big(loop))
  const allRows = product(rows, nest.outer)
  if (allRows >= rowsWorthSharing) return outerRow === undefined ? { by: 'rows' } : { by: 'loop', loop: outerRow }
  const outerColumn = columns.find(loop => loop !== columnLoop && big(loop))
  if (outerColumn !== undefined) return { by: 'loop', loop: outerColumn }
  return nest.outer[columnLoop] >= nest.outer[rowLoop] / 2 ? { by: 'columns' } : { by: 'rows' }
}

/** A blocked sum runs over all its blocks for this many rows before it turns to others, for so many partial results wait. */
const rowsAtOnce = 2048

/** How many units a blocked sum takes at once, and how many rows those have. */
const chunkOf = ({ outer }: Nest, { rows, rowLoop }: Contraction, cut: Cut, tile: Tile): Chunk => {
  const all = product(rows, outer)
  const unitRows =
    cut.by === 'rows'
      ? tile.rows * (all / outer[rowLoop])
      : cut.by === 'loop' && rows.includes(cut.loop)
        ? all / outer[cut.loop]
        : undefined
  if (unitRows === undefined || all <= rowsAtOnce) return { units: undefined, rows: all }
  const units = Math.max(1, Math.floor(rowsAtOnce / unitRows))
  return { units, rows: units * unitRows }
}

/** Whether the sum is taken in blocks, between which partial results wait in scratch memory. */
export const isBlocked = ({ depth }: Pick<ContractionPlan, 'depth'>): boolean => depth.block < depth.innerSize

const atLeast = (least: number, size: number): number => Math.max(least, Math.floor(size))

/** The plan of a contraction. */
export const planContraction = (nest: Nest, contraction: Contraction, fused: boolean): ContractionPlan => {
  const { rows: rowLoops, columns, batch, rowLoop, columnLoop, left } = contraction
  const depth = depthOf(nest, contraction)
  const [rowCount, columnCount] = [nest.outer[rowLoop], nest.outer[columnLoop]]
  const scattered = left.strides[rowLoop] === 1 && left.strides[depth.inner] > 1
  const packsRows = scattered && depth.total >= worthPacking && rowCount >= 4 && columnCount >= 32
  const tile = chooseTile(rowCount, columnCount, fused)
  const wide = tile.vectors * 4
  const panels = Math.min(Math.ceil(columnCount / wide), atLeast(1, panelBytes / (depth.total * wide * bytes)))
  const rows = tile.rows * atLeast(1, rowBytes / (depth.total * tile.rows * bytes))
  const tileSize = tile.rows * wide * bytes
  const panelSize = panels * depth.total * wide * bytes
  const rowSize = packsRows ? Math.min(rows, rowCount) * depth.total * bytes : 0
  const cut = cutOf(nest, contraction)
  const chunk = isBlocked({ depth }) ? chunkOf(nest, contraction, cut, tile) : { units: undefined, rows: 0 }
  const partialSize = chunk.rows * panels * wide * bytes
  return {
    nest,
    contraction,
    tile,
    depth,
    cut,
    chunk,
    scratch: {
      tile: 0,
      panels: tileSize,
      rows: tileSize + panelSize,
      partial: tileSize + panelSize + rowSize,
      size: tileSize + panelSize + rowSize + partialSize,
    },
    panels,
    rows,
    packsRows,
    otherRows: rowLoops.filter(loop => loop !== rowLoop),
    outside: [...batch, ...columns.filter(loop => loop !== columnLoop)],
  }
}
