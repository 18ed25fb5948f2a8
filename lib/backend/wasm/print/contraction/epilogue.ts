// What is computed of a contraction's sums in the same kernel: a bias, a GELU, a residual. Short epilogues are written out for each
// vector of a tile and stay in registers; long ones go through scratch memory, so that their code is written once.

import { bytesAt, counterName, lanesAlong, outputStores, pointersFor } from '../loops.ts'
import { declare, evaluate, type Lanes, type Writer } from '../point.ts'
import { bytes, get, lanesPerVector, load, loopWhile, plus, range, set, store, type Text, whole } from '../text.ts'
import type { ContractionPlan } from './blocking.ts'

/** Epilogues of more instructions than this go through memory. */
const shortEpilogue = 8

/** A tile while it is written: what its labels begin with, and how many rows and columns of it there are. */
export interface Tiling {
  readonly label: string
  readonly rows: number
  readonly columns: number
}

/** Vectors in a row of a tile. */
export const vectorsOf = ({ columns }: Pick<Tiling, 'columns'>): number => Math.ceil(columns / lanesPerVector)

/** The local that holds a vector of the tile's sums. */
export const accumulator = (row: number, vector: number): string => `a${row}_${vector}`

/** Pointers of the epilogue's inputs, and statements that point them and `target` at the element that the counters say. */
const placeEpilogue = (writer: Writer, { nest }: ContractionPlan) => {
  const pointers = pointersFor(writer, 'e', nest.body)
  const everywhere = range(nest.outer.length)
  declare(writer, 'target', 'i32')
  const target = plus(get('out'), bytesAt({ ...nest.output, offset: 0 }, everywhere))
  return { pointers, lines: [...pointers.lines(everywhere), set('target', target)] }
}

/** Lanes of a row further down than the counters say. */
const downRows = (first: Lanes, rowLoop: number, rows: number): Lanes => ({
  ...first,
  address: access => {
    const { base, offset } = first.address(access)
    return { base, offset: offset + rows * access.strides[rowLoop] * bytes }
  },
  ramp: index => first.ramp({ ...index, offset: index.offset + rows * index.strides[rowLoop] }),
})

/** The epilogue in registers, written out for each vector of the tile. */
const finishInRegisters = (writer: Writer, plan: ContractionPlan, tiling: Tiling): readonly Text[] => {
  const { nest, contraction } = plan
  const { rowLoop, columnLoop } = contraction
  const { rows, columns } = tiling
  const { pointers, lines } = placeEpilogue(writer, plan)
  const finish = (row: number, vector: number): readonly Text[] => {
    const first = lanesAlong(columnLoop, pointers, nest.outer.length, get(accumulator(row, vector)))
    const lanes = downRows(first, rowLoop, row)
    const [turns, valid] = [vector * lanesPerVector, Math.min(lanesPerVector, columns - vector * lanesPerVector)]
    const { lines: computed, value } = evaluate(writer, 'v', nest.body, lanes, { turns, valid })
    const result = declare(writer, 'result', 'v128')
    const output = { ...nest.output, offset: nest.output.offset + row * nest.output.strides[rowLoop] }
    return [
      ...computed,
      set(result, value(nest.body.length - 1)!),
      ...outputStores(output, columnLoop, 'target', get(result), turns, valid),
    ]
  }
  return [...lines, ...range(rows).flatMap(row => range(vectorsOf(tiling)).flatMap(vector => finish(row, vector)))]
}

/** The tile's results in scratch memory, row by row, and `tile` pointing at the first. */
const saveTile = (writer: Writer, { scratch }: ContractionPlan, tiling: Tiling): readonly Text[] => {
  const vectors = vectorsOf(tiling)
  const saved = range(tiling.rows).flatMap(row =>
    range(vectors).map(vector =>
      store(get('scratch'), get(accumulator(row, vector)), scratch.tile + (row * vectors + vector) * 16),
    ),
  )
  return [...saved, set(declare(writer, 'tile', 'i32'), get('scratch'))]
}

/** The epilogue from memory: the tile is put into scratch and finished row by row, vector by vector. */
const finishFromScratch = (writer: Writer, plan: ContractionPlan, tiling: Tiling): readonly Text[] => {
  const { nest, contraction, scratch } = plan
  const { rowLoop, columnLoop } = contraction
  const { label, rows, columns } = tiling
  const placed = placeEpilogue(writer, plan)
  const [row, column] = [counterName(rowLoop), counterName(columnLoop)]
  for (const local of ['row0', 'column0', 'rowEnd', 'columnEnd']) declare(writer, local, 'i32')
  const save = saveTile(writer, plan, tiling)
  const lanes = lanesAlong(columnLoop, placed.pointers, nest.outer.length, load(get('tile'), scratch.tile))
  const result = declare(writer, 'result', 'v128')
  const compute = (valid: number): readonly Text[] => {
    const { lines, value } = evaluate(writer, 'v', nest.body, lanes, { valid })
    return [
      ...placed.lines,
      ...lines,
      set(result, value(nest.body.length - 1)!),
      ...outputStores(nest.output, columnLoop, 'target', get(result), 0, valid),
      set('tile', plus(get('tile'), whole(16))),
    ]
  }
  const rest = columns % lanesPerVector
  const full = columns - rest
  const across = [
    set(column, get('column0')),
    set('columnEnd', plus(get('column0'), whole(full))),
    ...(full === 0
      ? []
      : loopWhile(`${label}_across`, column, get('columnEnd'), whole(lanesPerVector), compute(lanesPerVector))),
    ...(rest === 0 ? [] : compute(rest)),
  ]
  return [
    ...save,
    set('row0', get(row)),
    set('column0', get(column)),
    set('rowEnd', plus(get(row), whole(rows))),
    ...loopWhile(`${label}_down`, row, get('rowEnd'), whole(1), across),
    set(row, get('row0')),
    set(column, get('column0')),
  ]
}

/** What is computed of a tile's sums and written. */
export const finishTile = (writer: Writer, plan: ContractionPlan, tiling: Tiling): readonly Text[] =>
  (plan.nest.body.length <= shortEpilogue ? finishInRegisters : finishFromScratch)(writer, plan, tiling)
