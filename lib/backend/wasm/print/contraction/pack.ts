// Packing: the factors of a contraction copied to where the inner loop reads them in a row. A panel of the right factor has as
// many columns as a tile has lanes for each summed element; the left factor is packed, the rows of a tile at a time, only where
// its summed elements lie far apart. Whatever the memory order of a factor, this is the only place where it matters, so nothing
// is ever transposed as a whole.

import { counterName } from '../loops.ts'
import { declare, type Writer } from '../point.ts'
import {
  bytes,
  get,
  lanesPerVector,
  load,
  loadApart,
  loopWhile,
  plus,
  range,
  set,
  shuffle,
  store,
  type Text,
  whole,
} from '../text.ts'
import type { ContractionPlan } from './blocking.ts'
import { aroundInnerSum, placeOf } from './sum.ts'

const lanes = range(lanesPerVector)

/** Four vectors as the rows of a square become its columns. */
const transpose = (writer: Writer): readonly Text[] => {
  const name = (letter: string, lane: number): string => declare(writer, `${letter}${lane}`, 'v128')
  const x = lanes.map(lane => get(name('x', lane)))
  const y = lanes.map(lane => get(name('y', lane)))
  return [
    set(name('y', 0), shuffle(x[0], x[1], [0, 4, 1, 5])),
    set(name('y', 1), shuffle(x[2], x[3], [0, 4, 1, 5])),
    set(name('y', 2), shuffle(x[0], x[1], [2, 6, 3, 7])),
    set(name('y', 3), shuffle(x[2], x[3], [2, 6, 3, 7])),
    set(name('x', 0), shuffle(y[0], y[1], [0, 1, 4, 5])),
    set(name('x', 1), shuffle(y[0], y[1], [2, 3, 6, 7])),
    set(name('x', 2), shuffle(y[2], y[3], [0, 1, 4, 5])),
    set(name('x', 3), shuffle(y[2], y[3], [2, 3, 6, 7])),
  ]
}

/** Packs `columns` columns, from the one that the counters point at, to `panelAt`, from `depthFrom` to `depthTo` of the sum. */
export const packPanel = (writer: Writer, plan: ContractionPlan, label: string, columns: number): readonly Text[] => {
  const { contraction, depth } = plan
  const { right, columnLoop, summed } = contraction
  const { inner, innerSize } = depth
  const vectors = Math.ceil(columns / 4)
  const [columnStride, innerStride] = [right.strides[columnLoop] * bytes, right.strides[inner] * bytes]
  const rowBytes = vectors * 16
  for (const local of ['source', 'panel', 'limit']) declare(writer, local, 'i32')
  for (const loop of summed) declare(writer, counterName(loop), 'i32')
  const validIn = (vector: number): number => Math.min(4, columns - vector * 4)
  const across = range(vectors)

  const oneRow: readonly Text[] = across.map(vector => {
    const from = right.offset * bytes + vector * 4 * columnStride
    const value =
      right.strides[columnLoop] === 1
        ? load(get('source'), from)
        : loadApart(get('source'), from, columnStride, validIn(vector))
    return store(get('panel'), value, vector * 16)
  })
  const fourRows: readonly Text[] = across.flatMap(vector => [
    ...lanes.map(lane => {
      const column = vector * 4 + (lane < validIn(vector) ? lane : 0)
      return set(declare(writer, `x${lane}`, 'v128'), load(get('source'), right.offset * bytes + column * columnStride))
    }),
    ...transpose(writer),
    ...lanes.map(lane => store(get('panel'), get(`x${lane}`), lane * rowBytes + vector * 16)),
  ])
  const steps = (name: string, rows: number, body: readonly Text[]): readonly Text[] => [
    set('limit', plus(get('depthTo'), whole(1 - rows))),
    ...loopWhile(`${label}_${name}`, counterName(inner), get('limit'), whole(rows), [
      ...body,
      set('source', plus(get('source'), whole(rows * innerStride))),
      set('panel', plus(get('panel'), whole(rows * rowBytes))),
    ]),
  ]
  const transposed = right.strides[columnLoop] !== 1 && right.strides[inner] === 1 && innerSize >= 4
  const row = [
    set(counterName(inner), get('depthFrom')),
    set('source', placeOf(plan, right)),
    ...(transposed ? steps('square', 4, fourRows) : []),
    ...steps('row', 1, oneRow),
  ]
  return [set('panel', get('panelAt')), ...aroundInnerSum(plan, label, row)]
}

/** Copies neighbouring floats: vectors, then one by one. */
const copyFloats = (count: number, to: string, from: string, offset: number): readonly Text[] => {
  const vectors = Math.floor(count / 4)
  return [
    ...range(vectors).map(at => store(get(to), load(get(from), offset + at * 16), at * 16)),
    ...range(count % 4).map(at => {
      const place = (vectors * 4 + at) * bytes
      return `(i32.store offset=${place} ${get(to)} (i32.load offset=${offset + place} ${get(from)}))`
    }),
  ]
}

/**
 * Packs the rows from `firstRow` to `endRow` behind one another, a tile's together, from `depthFrom` to `depthTo` of the sum.
 * The factor is read along its rows, which lie next to one another: a tile alone would visit a cache line for each few floats.
 */
export const packRows = (writer: Writer, plan: ContractionPlan, label: string): readonly Text[] => {
  const { contraction, depth, tile, scratch } = plan
  const { left, rowLoop } = contraction
  const { inner } = depth
  const row = counterName(rowLoop)
  for (const local of ['line', 'source', 'packedLine', 'packed']) declare(writer, local, 'i32')
  const line = [
    set(row, get('firstRow')),
    set('source', get('line')),
    set('packed', get('packedLine')),
    ...loopWhile(`${label}_tile`, row, get('endRow'), whole(tile.rows), [
      ...copyFloats(tile.rows, 'packed', 'source', left.offset * bytes),
      set('source', plus(get('source'), whole(tile.rows * bytes))),
      set('packed', plus(get('packed'), whole(depth.total * tile.rows * bytes))),
    ]),
  ]
  const lines = [
    set(counterName(inner), get('depthFrom')),
    set(row, get('firstRow')),
    set('line', placeOf(plan, left)),
    ...loopWhile(`${label}_line`, counterName(inner), get('depthTo'), whole(1), [
      ...line,
      set('line', plus(get('line'), whole(left.strides[inner] * bytes))),
      set('packedLine', plus(get('packedLine'), whole(tile.rows * bytes))),
    ]),
  ]
  return [set('packedLine', plus(get('scratch'), whole(scratch.rows))), ...aroundInnerSum(plan, label, lines)]
}
