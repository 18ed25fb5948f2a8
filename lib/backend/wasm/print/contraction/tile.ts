// The code of one tile of a contraction: the innermost loop, in which sums stay in registers. The left factor is read
// where it lies, one float for all lanes at a time, so the memory order of its rows does not matter.
//
//   at each depth, for 4 rows by 2 vectors:   panel0 = v128 of the panel; panel1 = the next
//     left = float of row 0 in all lanes;     sum0_0 += left * panel0; sum0_1 += left * panel1;     rows 1 to 3 alike

import { type Cursor, cursor } from '../../code/cursor.ts'
import { loadSplat, loadVector } from '../../code/load-store.ts'
import { branch, type Code, type Label, loopWhile, type Statement, set, unrolled } from '../../code/statement.ts'
import { bytesPerFloat, bytesPerVector, get, type I32, isZero } from '../../code/value.ts'
import { multiplyAdd } from '../../code/vector.ts'
import { type Context, counting, overOuterSum, placeOf } from './context.ts'
import { finishTile } from './epilogue.ts'
import { carryPartial } from './partial.ts'
import { type TilePlace, vectorsIn } from './tile-place.ts'

/** Rows whose floats of the left factor are in registers at once. */
const rowsTogether = 2

/**
 * A test that never holds, which ends a block of code. V8 (its TurboFan) moves all loads of such a block to its top;
 * without these tests a tile's loads would push its results out of the registers.
 */
const endBlock = (end: Label, { address }: Cursor): Statement => branch(end, isZero(address))

/**
 * One depth: a row of the panel times a float of each row of the left factor, `offsetOf(row)` bytes after where `left`
 * is.
 */
const multiply = (
  { frame, registers }: Context,
  { rows, packed }: TilePlace,
  left: Cursor,
  panel: Cursor,
  offsetOf: (row: number) => number,
  end: Label,
): Code => {
  const vectors = vectorsIn(packed.width)
  const add = multiplyAdd(frame.arithmetic)
  const row = (at: number): Code => [
    set(registers.left, loadSplat(left.address, offsetOf(at))),
    ...unrolled(vectors, vector => {
      const sum = registers.sums[at][vector]
      return [set(sum, add(get(registers.left), get(registers.panel[vector]), get(sum)))]
    }),
    ...((at + 1) % rowsTogether === 0 ? [endBlock(end, panel)] : []),
  ]
  const loads = unrolled(vectors, vector => [
    set(registers.panel[vector], loadVector(panel.address, vector * bytesPerVector)),
  ])
  return [...loads, ...unrolled(rows, row)]
}

/** Adds the part of the sum that is packed. */
const accumulate = (context: Context, tile: TilePlace): Code => {
  const { contraction, depth, tile: whole } = context.plan
  const { left: factor, rowLoop } = contraction
  const isPacked = tile.left !== undefined
  const [left, panel] = [cursor('left'), cursor('panel')]
  const stride = (isPacked ? whole.rows : factor.strides[depth.inner]) * bytesPerFloat
  const offsetOf = (row: number): number =>
    (isPacked ? row : factor.offset + row * factor.strides[rowLoop]) * bytesPerFloat
  const start = (at: I32 | undefined): Code => (at === undefined ? [] : [left.start(at)])
  return [
    panel.start(tile.panel),
    ...start(tile.left),
    ...overOuterSum(context, outer => {
      const { counter, inner } = counting(outer, depth.inner)
      return [
        set(counter, tile.packed.depth.from),
        ...start(isPacked ? undefined : placeOf(inner, factor)),
        loopWhile(counter, tile.packed.depth.to, 1, end => [
          ...multiply(context, tile, left, panel, offsetOf, end),
          left.move(stride),
          panel.move(vectorsIn(tile.packed.width) * bytesPerVector),
        ]),
      ]
    }),
  ]
}

/** One tile, from its sum to its results. */
export const tileCode = (context: Context, tile: TilePlace): Code =>
  carryPartial(context, tile, accumulate(context, tile), finishTile(context, tile))
