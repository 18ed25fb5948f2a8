// One tile of a contraction: the inner loop, whose results stay in registers, and between blocks of the sum in scratch memory.
// The left factor is read where it lies, one float for all lanes at a time, so its memory order does not matter.

import { counterName } from '../loops.ts'
import { declare, type Writer } from '../point.ts'
import {
  bytes,
  get,
  load,
  loadSplat,
  loopWhile,
  plus,
  range,
  scaled,
  set,
  splat,
  store,
  type Text,
  whole,
} from '../text.ts'
import { multiplyAdd } from '../vector.ts'
import { type ContractionPlan, isBlocked } from './blocking.ts'
import { accumulator, finishTile, type Tiling, vectorsOf } from './epilogue.ts'
import { aroundInnerSum, placeOf } from './sum.ts'

/** How a tile reads its left factor: where it lies, or packed. */
export type LeftFactor = 'direct' | 'packed'

/** Rows whose floats of the left factor are in registers at once. */
const rowsTogether = 2

/**
 * A test that never holds, which ends a block of code. V8 (its TurboFan) moves all loads of a block to its top; without these
 * tests a tile's loads would push its results out of the registers.
 */
const endBlock = (out: string): Text => `(br_if $${out} (i32.eqz ${get('panel')}))`

/** The inner loop over one tile, from `depthFrom` to `depthTo` of the innermost sum. */
const innerLoop = (writer: Writer, plan: ContractionPlan, tiling: Tiling, from: LeftFactor): readonly Text[] => {
  const { contraction, depth, tile } = plan
  const { label, rows } = tiling
  const vectors = vectorsOf(tiling)
  const { left, rowLoop } = contraction
  const packed = from === 'packed'
  const innerStride = packed ? tile.rows * bytes : left.strides[depth.inner] * bytes
  const rowOffset = (row: number): number => (packed ? row : left.offset + row * left.strides[rowLoop]) * bytes
  const inner = counterName(depth.inner)
  const loop = `${label}_inner`
  for (const local of ['source', 'panel']) declare(writer, local, 'i32')
  const multiplyRow = (row: number): readonly Text[] => [
    set(declare(writer, 's', 'v128'), loadSplat(get('source'), rowOffset(row))),
    ...range(vectors).map(vector => {
      const own = accumulator(row, vector)
      return set(own, multiplyAdd(writer.arithmetic)(get('s'), get(`b${vector}`), get(own)))
    }),
    ...((row + 1) % rowsTogether === 0 ? [endBlock(`${loop}_end`)] : []),
  ]
  const row = [
    set(inner, get('depthFrom')),
    ...(packed ? [] : [set('source', placeOf(plan, left))]),
    ...loopWhile(loop, inner, get('depthTo'), whole(1), [
      ...range(vectors).map(vector => set(declare(writer, `b${vector}`, 'v128'), load(get('panel'), vector * 16))),
      ...range(rows).flatMap(multiplyRow),
      set('source', plus(get('source'), whole(innerStride))),
      set('panel', plus(get('panel'), whole(vectors * 16))),
    ]),
  ]
  return [
    set('panel', get('panelAt')),
    ...(packed ? [set('source', get('rowsAt'))] : []),
    ...aroundInnerSum(plan, label, row),
  ]
}

/** Bytes between the partial results of neighbouring rows: all panels that are packed together. */
const partialStride = ({ panels, tile }: ContractionPlan): number => panels * tile.vectors * 16

/** A row loop's turns in a chunk, and the turn within it. */
const withinChunk = ({ nest, cut, chunk, tile, contraction }: ContractionPlan, loop: number) => {
  const counter = get(counterName(loop))
  const unit =
    cut.by === 'loop' && cut.loop === loop ? 1 : cut.by === 'rows' && contraction.rowLoop === loop ? tile.rows : 0
  if (chunk.units === undefined || unit === 0) return { turns: nest.outer[loop], turn: counter }
  return { turns: chunk.units * unit, turn: `(i32.sub ${counter} ${scaled(get('chunkFrom'), unit)})` }
}

/** Where the partial results of the tile's first row wait: rows are numbered over all row loops, columns within the panels. */
const partialAddress = (plan: ContractionPlan): Text => {
  const { otherRows, contraction, scratch } = plan
  const row = [...otherRows, contraction.rowLoop].reduce((total, loop) => {
    const { turns, turn } = withinChunk(plan, loop)
    return plus(scaled(total, turns), turn)
  }, whole(0))
  const column = scaled(`(i32.sub ${get(counterName(contraction.columnLoop))} ${get('firstColumn')})`, bytes)
  return plus(plus(plus(get('scratch'), whole(scratch.partial)), scaled(row, partialStride(plan))), column)
}

/** One tile, from its sum to its results. */
export const tileLines = (writer: Writer, plan: ContractionPlan, tiling: Tiling, from: LeftFactor): readonly Text[] => {
  const { depth } = plan
  const cells = range(tiling.rows).flatMap(row => range(vectorsOf(tiling)).map(vector => ({ row, vector })))
  const zero = cells.map(({ row, vector }) => set(declare(writer, accumulator(row, vector), 'v128'), splat(0)))
  const sum = innerLoop(writer, plan, tiling, from)
  const finish = finishTile(writer, plan, tiling)
  if (!isBlocked(plan)) return [...zero, ...sum, ...finish]
  declare(writer, 'partial', 'i32')
  const at = (row: number, vector: number): number => row * partialStride(plan) + vector * 16
  return [
    set('partial', partialAddress(plan)),
    `(if (i32.eqz ${get('depthFrom')}) (then`,
    ...zero,
    ') (else',
    ...cells.map(({ row, vector }) => set(accumulator(row, vector), load(get('partial'), at(row, vector)))),
    '))',
    ...sum,
    `(if (i32.lt_s ${get('depthTo')} ${whole(depth.innerSize)}) (then`,
    ...cells.map(({ row, vector }) => store(get('partial'), get(accumulator(row, vector)), at(row, vector))),
    ') (else',
    ...finish,
    '))',
  ]
}
