// Packing the left factor, only where its summed elements lie far apart in memory. The rows of a tile are copied depth
// after depth, tile after tile. Packing reads along rows, which then lie next to each other in memory; a tile alone
// would fetch a cache line for a few floats of it.
//
//   left[depth, row], tiles of 4:    tile 0, depth 0: rows 0..3 | tile 0, depth 1: rows 0..3 | ...
//                                    tile 1, depth 0: rows 4..7 | ...

import type { Bounds } from '../../code/bounds.ts'
import { cursor } from '../../code/cursor.ts'
import { copyFloat, loadVector, storeVector } from '../../code/load-store.ts'
import { type Code, loopWhile, set, unrolled } from '../../code/statement.ts'
import { bytesPerFloat, bytesPerVector, type I32, type Local, lanesPerVector } from '../../code/value.ts'
import { type Context, counting, overOuterSum, placeOf } from './context.ts'

/** Copies neighbouring floats: vectors, then one by one. */
const copyFloats = (count: number, to: I32, from: I32, offset: number): Code => {
  const vectors = Math.floor(count / lanesPerVector)
  return [
    ...unrolled(vectors, at => storeVector(to, loadVector(from, offset + at * bytesPerVector), at * bytesPerVector)),
    ...unrolled(count % lanesPerVector, at => {
      const place = (vectors * lanesPerVector + at) * bytesPerFloat
      return copyFloat(to, place, from, offset + place)
    }),
  ]
}

/** Packs rows for some depths of the innermost sum, and all of the others, to an address. */
export const packRows = (context: Context, rows: Bounds, depth: Bounds, to: I32): Code => {
  const { contraction, depth: sum, tile } = context.plan
  const { left: factor, rowLoop } = contraction
  const tileBytes = tile.rows * bytesPerFloat
  const [line, packedLine, source, packed] = ['line', 'packed_line', 'source', 'packed'].map(cursor)
  const copyLine = (row: Local<'i32'>): Code => [
    set(row, rows.from),
    source.start(line.address),
    packed.start(packedLine.address),
    loopWhile(row, rows.to, tile.rows, () => [
      ...copyFloats(tile.rows, packed.address, source.address, factor.offset * bytesPerFloat),
      source.move(tileBytes),
      packed.move(sum.total * tileBytes),
    ]),
  ]
  return [
    packedLine.start(to),
    ...overOuterSum(context, outer => {
      const { counter, inner } = counting(outer, sum.inner)
      const { counter: row, inner: inRow } = counting(inner, rowLoop)
      return [
        set(counter, depth.from),
        set(row, rows.from),
        line.start(placeOf(inRow, factor)),
        loopWhile(counter, depth.to, 1, () => [
          ...copyLine(row),
          line.move(factor.strides[sum.inner] * bytesPerFloat),
          packedLine.move(tileBytes),
        ]),
      ]
    }),
  ]
}
