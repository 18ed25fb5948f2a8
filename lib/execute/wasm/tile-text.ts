// One tile of a contraction: the inner loop, whose results stay in registers, and the epilogue that writes them. The left factor
// is read where it lies, one float for all lanes at a time, so its memory order does not matter.

import { type ContractionPlan, isBlocked } from './contraction-plan.ts'
import { bytesAt, counterName, lanesAlong, outputStores, type Pointers, pointersFor } from './loops-text.ts'
import { declare, evaluate, type Lanes, type Writer } from './point.ts'
import { aroundInnerSum, placeOf } from './sum-text.ts'
import { bytes, get, load, loadSplat, loopWhile, plus, scaled, set, splat, store, type Text, whole } from './text.ts'
import { multiplyAdd } from './vector-text.ts'

/** Epilogues of more instructions than this go through memory, so that their code is written once and not for each vector. */
const shortEpilogue = 8

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at)

const accumulator = (row: number, vector: number): string => `a${row}_${vector}`

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
const innerLoop = (
  writer: Writer,
  plan: ContractionPlan,
  label: string,
  rows: number,
  vectors: number,
  from: LeftFactor,
): readonly Text[] => {
  const { contraction, depth, tile } = plan
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

interface Placed {
  readonly pointers: Pointers
  /** Statements that point the epilogue's inputs and the output at the tile's first element. */
  readonly lines: readonly Text[]
}

const placeEpilogue = (writer: Writer, { nest }: ContractionPlan): Placed => {
  const pointers = pointersFor(writer, 'e', nest.body)
  const everywhere = range(nest.outer.length)
  declare(writer, 'target', 'i32')
  const target = plus(get('out'), bytesAt({ ...nest.output, offset: 0 }, everywhere))
  return { pointers, lines: [...pointers.lines(everywhere), set('target', target)] }
}

/** The epilogue in registers, written out for each vector of the tile. */
const epilogueInRegisters = (
  writer: Writer,
  plan: ContractionPlan,
  rows: number,
  vectors: number,
  columns: number,
): readonly Text[] => {
  const { nest, contraction } = plan
  const { rowLoop, columnLoop } = contraction
  const { pointers, lines } = placeEpilogue(writer, plan)
  const finish = (row: number, vector: number): readonly Text[] => {
    const first = lanesAlong(columnLoop, pointers, nest.outer.length, get(accumulator(row, vector)))
    const lanes: Lanes = {
      ...first,
      address: access => {
        const { base, offset } = first.address(access)
        return { base, offset: offset + row * access.strides[rowLoop] * bytes }
      },
      ramp: index => first.ramp({ ...index, offset: index.offset + row * index.strides[rowLoop] }),
    }
    const { lines: computed, value } = evaluate(writer, 'v', nest.body, lanes, { turns: vector * 4 })
    const result = declare(writer, 'result', 'v128')
    const output = { ...nest.output, offset: nest.output.offset + row * nest.output.strides[rowLoop] }
    return [
      ...computed,
      set(result, value(nest.body.length - 1)!),
      ...outputStores(output, columnLoop, 'target', get(result), vector * 4, Math.min(4, columns - vector * 4)),
    ]
  }
  return [...lines, ...range(rows).flatMap(row => range(vectors).flatMap(vector => finish(row, vector)))]
}

/** The epilogue from memory: the tile is put into scratch and finished row by row, vector by vector. */
const epilogueFromScratch = (
  writer: Writer,
  plan: ContractionPlan,
  label: string,
  rows: number,
  vectors: number,
  columns: number,
): readonly Text[] => {
  const { nest, contraction, scratch } = plan
  const { rowLoop, columnLoop } = contraction
  const placed = placeEpilogue(writer, plan)
  const [row, column] = [counterName(rowLoop), counterName(columnLoop)]
  for (const local of ['tile', 'row0', 'column0', 'rowEnd', 'columnEnd']) declare(writer, local, 'i32')
  const saved = range(rows).flatMap(at =>
    range(vectors).map(vector =>
      store(get('scratch'), get(accumulator(at, vector)), scratch.tile + (at * vectors + vector) * 16),
    ),
  )
  const lanes = lanesAlong(columnLoop, placed.pointers, nest.outer.length, load(get('tile'), scratch.tile))
  const { lines, value } = evaluate(writer, 'v', nest.body, lanes)
  const result = declare(writer, 'result', 'v128')
  const compute = (valid: number): readonly Text[] => [
    ...placed.lines,
    ...lines,
    set(result, value(nest.body.length - 1)!),
    ...outputStores(nest.output, columnLoop, 'target', get(result), 0, valid),
    set('tile', plus(get('tile'), whole(16))),
  ]
  const full = Math.floor(columns / 4)
  const rest = columns % 4
  const across = [
    set(column, get('column0')),
    set('columnEnd', plus(get('column0'), whole(full * 4))),
    ...(full === 0 ? [] : loopWhile(`${label}_across`, column, get('columnEnd'), whole(4), compute(4))),
    ...(rest === 0 ? [] : compute(rest)),
  ]
  return [
    ...saved,
    set('tile', get('scratch')),
    set('row0', get(row)),
    set('column0', get(column)),
    set('rowEnd', plus(get(row), whole(rows))),
    ...loopWhile(`${label}_down`, row, get('rowEnd'), whole(1), across),
    set(row, get('row0')),
    set(column, get('column0')),
  ]
}

/** Bytes between the partial results of neighbouring rows: all panels that are packed together. */
const partialStride = ({ panels, tile }: ContractionPlan): number => panels * tile.vectors * 16

/** Where the partial results of the tile's first row wait: rows are numbered over all row loops, columns within the panels. */
const partialAddress = (plan: ContractionPlan): Text => {
  const { nest, otherRows, contraction, scratch } = plan
  const number = otherRows.reduce(
    (total, loop) => plus(scaled(total, nest.outer[loop]), get(counterName(loop))),
    whole(0),
  )
  const row = plus(scaled(number, nest.outer[contraction.rowLoop]), get(counterName(contraction.rowLoop)))
  const column = scaled(`(i32.sub ${get(counterName(contraction.columnLoop))} ${get('firstColumn')})`, bytes)
  return plus(plus(plus(get('scratch'), whole(scratch.partial)), scaled(row, partialStride(plan))), column)
}

/** One tile of `rows` rows and `columns` columns, from its sum to its results. */
export const tileLines = (
  writer: Writer,
  plan: ContractionPlan,
  label: string,
  rows: number,
  columns: number,
  from: LeftFactor,
): readonly Text[] => {
  const vectors = Math.ceil(columns / 4)
  const { depth, nest } = plan
  const cells = range(rows).flatMap(row => range(vectors).map(vector => ({ row, vector })))
  const zero = cells.map(({ row, vector }) => set(declare(writer, accumulator(row, vector), 'v128'), splat(0)))
  const sum = innerLoop(writer, plan, label, rows, vectors, from)
  const finish =
    nest.body.length <= shortEpilogue
      ? epilogueInRegisters(writer, plan, rows, vectors, columns)
      : epilogueFromScratch(writer, plan, label, rows, vectors, columns)
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
