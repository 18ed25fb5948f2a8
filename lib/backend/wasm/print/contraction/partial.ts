// Sums that are taken in blocks of depth. In the first block a tile begins at 0; in every later one it goes on from its
// partial results, which waited in scratch memory. After the last block the tile is finished. Partial results lie row
// after row, a row being as wide as all panels that are packed together.
//
//   if (first block) sums = 0 else sums = partial
//   sums += this block
//   if (more blocks) partial = sums else finish

import { loadVector, storeVector } from '../../code/load-store.ts'
import { type Code, set, unrolled, when } from '../../code/statement.ts'
import {
  below,
  bytesPerFloat,
  bytesPerVector,
  get,
  type I32,
  isZero,
  local,
  minus,
  plus,
  scaled,
  whole,
} from '../../code/value.ts'
import { splat } from '../../code/vector.ts'
import { isBlocked } from './blocking.ts'
import type { Context } from './context.ts'
import { type TilePlace, vectorsIn } from './tile-place.ts'

/** Bytes between the partial results of neighbouring rows: all panels that are packed together. */
const rowStride = ({ plan }: Context): number => plan.panels * plan.tile.columns * bytesPerFloat

/** A row loop's turns in a block of units, and the turn that it has come to among them. */
const turnInBlock = ({ frame, plan, units }: Context, loop: number): { readonly turns: number; readonly turn: I32 } => {
  const { nest, unit, unitBlock, tile, contraction } = plan
  const turn = get(frame.counters[loop])
  const step =
    unit.of === 'loop' && unit.loop === loop ? 1 : unit.of === 'rows' && contraction.rowLoop === loop ? tile.rows : 0
  if (unitBlock.units === undefined || step === 0) return { turns: nest.outer[loop], turn }
  return { turns: unitBlock.units * step, turn: minus(turn, scaled(units.from, step)) }
}

/**
 * The address of the partial results of a tile's first row: rows are numbered over all row loops, columns within the
 * panels.
 */
const placeOfPartial = (context: Context, { packed }: TilePlace): I32 => {
  const { frame, plan } = context
  const { otherRows, contraction, scratch } = plan
  const row = [...otherRows, contraction.rowLoop].reduce<I32>((total, loop) => {
    const { turns, turn } = turnInBlock(context, loop)
    return plus(scaled(total, turns), turn)
  }, whole(0))
  const first = plus(plus(frame.scratch, whole(scratch.partial)), scaled(row, rowStride(context)))
  return plus(first, scaled(minus(get(frame.counters[contraction.columnLoop]), packed.columns.from), bytesPerFloat))
}

/** A tile whose sums begin at 0 or at its partial results, and are finished or wait again. */
export const carryPartial = (context: Context, tile: TilePlace, sum: Code, finish: Code): Code => {
  const { plan, registers } = context
  const { from, to } = tile.packed.depth
  const forEach = (code: (row: number, vector: number) => Code): Code =>
    unrolled(tile.rows, row => unrolled(vectorsIn(tile.packed.width), vector => code(row, vector)))
  const zero = forEach((row, vector) => [set(registers.sums[row][vector], splat(0))])
  if (!isBlocked(plan.depth)) return [...zero, ...sum, ...finish]
  const partial = local('i32', 'partial')
  const offset = (row: number, vector: number): number => row * rowStride(context) + vector * bytesPerVector
  const load = forEach((row, vector) => [
    set(registers.sums[row][vector], loadVector(get(partial), offset(row, vector))),
  ])
  const store = forEach((row, vector) =>
    storeVector(get(partial), get(registers.sums[row][vector]), offset(row, vector)),
  )
  return [
    set(partial, placeOfPartial(context, tile)),
    when(isZero(from), zero, load),
    ...sum,
    when(below(to, whole(plan.depth.innerSize)), store, finish),
  ]
}
