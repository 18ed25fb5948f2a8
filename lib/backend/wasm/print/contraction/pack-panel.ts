// Packing the right factor: a panel of it, which has as many columns as a tile, is copied so that the inner loop reads
// it from one end to the other. This is the only place where the memory order of the factor matters, so nothing is ever
// transposed as a whole. Where the last vector has more lanes than there are columns, an existing column fills the
// others, whose results are never used.
//
//   right[depth, column], 8 wide:    depth 0: columns 0..7 | depth 1: columns 0..7 | ...

import { makeBy } from 'fp-ts/lib/ReadonlyArray.js'
import type { Access } from '../../../../loops/nest.ts'
import { once } from '../../code/bounds.ts'
import { type Cursor, cursor } from '../../code/cursor.ts'
import { loadApart, loadVector, storeVector } from '../../code/load-store.ts'
import { type Code, loopWhile, set, unrolled } from '../../code/statement.ts'
import {
  bytesPerFloat,
  bytesPerVector,
  get,
  type I32,
  type Local,
  lanesPerVector,
  local,
  plus,
  whole,
} from '../../code/value.ts'
import { shuffle } from '../../code/vector.ts'
import { type Context, counting, overOuterSum, placeOf } from './context.ts'
import { type Packed, vectorsIn } from './tile-place.ts'

/** How a panel is copied. */
interface Copying {
  readonly source: Cursor
  readonly target: Cursor
  readonly factor: Access
  readonly width: number
  /** Bytes between neighbouring columns of the factor. */
  readonly columnStride: number
}

/** Locals to transpose four vectors: the vectors, and the pairs of rows on the way to columns. */
interface Square {
  readonly vectors: readonly Local<'v128'>[]
  readonly pairs: readonly Local<'v128'>[]
}

const squareOf = (): Square => {
  const four = (hint: string): readonly Local<'v128'>[] => makeBy(lanesPerVector, at => local('v128', `${hint}${at}_`))
  return { vectors: four('row'), pairs: four('pair') }
}

/** Four vectors, the rows of a square, become its columns. */
const transpose = ({ vectors, pairs }: Square): Code => {
  const [x, y] = [vectors.map(get), pairs.map(get)]
  return [
    set(pairs[0], shuffle(x[0], x[1], [0, 4, 1, 5])),
    set(pairs[1], shuffle(x[2], x[3], [0, 4, 1, 5])),
    set(pairs[2], shuffle(x[0], x[1], [2, 6, 3, 7])),
    set(pairs[3], shuffle(x[2], x[3], [2, 6, 3, 7])),
    set(vectors[0], shuffle(y[0], y[1], [0, 1, 4, 5])),
    set(vectors[1], shuffle(y[0], y[1], [2, 3, 6, 7])),
    set(vectors[2], shuffle(y[2], y[3], [0, 1, 4, 5])),
    set(vectors[3], shuffle(y[2], y[3], [2, 3, 6, 7])),
  ]
}

const validIn = (vector: number, width: number): number => Math.min(lanesPerVector, width - vector * lanesPerVector)

/** Copies the panel's columns at one depth. */
const copyDepth = ({ source, target, factor, width, columnStride }: Copying): Code =>
  unrolled(vectorsIn(width), vector => {
    const from = factor.offset * bytesPerFloat + vector * lanesPerVector * columnStride
    const value =
      columnStride === bytesPerFloat
        ? loadVector(source.address, from)
        : loadApart(source.address, from, columnStride, validIn(vector, width))
    return storeVector(target.address, value, vector * bytesPerVector)
  })

/** Copies the panel's columns at four depths that lie next to one another in every column. */
const copySquares = ({ source, target, factor, width, columnStride }: Copying, square: Square): Code => {
  const rowBytes = vectorsIn(width) * bytesPerVector
  return unrolled(vectorsIn(width), vector => [
    ...square.vectors.map((own, lane) => {
      const column = vector * lanesPerVector + (lane < validIn(vector, width) ? lane : 0)
      return set(own, loadVector(source.address, factor.offset * bytesPerFloat + column * columnStride))
    }),
    ...transpose(square),
    ...square.vectors.flatMap((own, depth) =>
      storeVector(target.address, get(own), depth * rowBytes + vector * bytesPerVector),
    ),
  ])
}

/** Packs the panel whose first column the counters point at, for the depths of the block, to an address. */
export const packPanel = (context: Context, { depth, width }: Packed, to: I32): Code => {
  const { contraction, depth: sum } = context.plan
  const { right: factor, columnLoop } = contraction
  const [columnStride, depthStride] = [columnLoop, sum.inner].map(loop => factor.strides[loop] * bytesPerFloat)
  const copying: Copying = { source: cursor('source'), target: cursor('packed'), factor, width, columnStride }
  const { source, target } = copying
  const squares = columnStride !== bytesPerFloat && depthStride === bytesPerFloat && sum.innerSize >= 4
  return [
    target.start(to),
    ...overOuterSum(context, outer => {
      const { counter, inner } = counting(outer, sum.inner)
      const atOnce = (depths: number, copy: Code): Code =>
        once('limit', { from: get(counter), to: plus(depth.to, whole(1 - depths)) }, ({ to: limit }) => [
          loopWhile(counter, limit, depths, () => [
            ...copy,
            source.move(depths * depthStride),
            target.move(depths * vectorsIn(width) * bytesPerVector),
          ]),
        ])
      return [
        set(counter, depth.from),
        source.start(placeOf(inner, factor)),
        ...(squares ? atOnce(4, copySquares(copying, squareOf())) : []),
        ...atOnce(1, copyDepth(copying)),
      ]
    }),
  ]
}
