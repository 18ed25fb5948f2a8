// The code that computes results from a contraction's sums in the same kernel: a bias, a GELU, a residual. A short
// epilogue is written out for each vector of a tile and stays in registers. A long one is written once, in a loop over
// sums that were saved to scratch memory.
//
//   short:  for each vector of the tile:  result = sum0_0 + bias; store result
//   long:   store all sums; for each saved row: for each saved vector: v0 = load; ... v20 = ...; store v20

import { type Affine, readdressed } from '../../../../loops/nest.ts'
import { once } from '../../code/bounds.ts'
import { type Cursor, cursor } from '../../code/cursor.ts'
import { loadVector, storeVector } from '../../code/load-store.ts'
import { type Code, loopWhile, set, unrolled } from '../../code/statement.ts'
import { bytesPerVector, get, lanesPerVector, plus, whole } from '../../code/value.ts'
import { evaluate, outputStores } from '../../frame/lanes.ts'
import { outputPointer, pointersFor } from '../../frame/pointers.ts'
import { type Context, counting, overBounds } from './context.ts'
import { type TilePlace, vectorsIn } from './tile-place.ts'

/** Epilogues of more instructions than this go through memory. */
const shortEpilogue = 8

/** Pointers of the epilogue's inputs and its output, and the code that points them where the counters have come to. */
const pointersAt = ({ frame, plan }: Context) => {
  const pointers = pointersFor(frame, plan.nest.body, 'e')
  const target = outputPointer(frame, plan.nest.output)
  return { pointers, target: target.address, point: [...pointers.point, ...target.point] }
}

/** The epilogue in registers, written out for each vector of the tile. */
const finishInRegisters = (context: Context, { rows, packed }: TilePlace): Code => {
  const { frame, plan, registers } = context
  const { nest, contraction } = plan
  const { rowLoop, columnLoop } = contraction
  const { pointers, target, point } = pointersAt(context)
  const finish = (row: number, vector: number): Code => {
    const turns = vector * lanesPerVector
    const copy = { bank: registers.values, turns, valid: Math.min(lanesPerVector, packed.width - turns) }
    const down = <T extends Affine>(affine: T): T => ({
      ...affine,
      offset: affine.offset + row * affine.strides[rowLoop],
    })
    const lanes = { loop: columnLoop, pointers, accumulated: get(registers.sums[row][vector]) }
    const { code, value } = evaluate(frame, readdressed(nest.body, down), lanes, copy)
    return [...code, ...outputStores(down(nest.output), columnLoop, target, value, copy)]
  }
  return [...point, ...unrolled(rows, row => unrolled(vectorsIn(packed.width), vector => finish(row, vector)))]
}

/** Stores a tile's sums in scratch memory, row by row. */
const save = ({ frame, plan, registers }: Context, { rows, packed }: TilePlace): Code => {
  const vectors = vectorsIn(packed.width)
  return unrolled(rows, row =>
    unrolled(vectors, vector =>
      storeVector(
        frame.scratch,
        get(registers.sums[row][vector]),
        plan.scratch.tile + (row * vectors + vector) * bytesPerVector,
      ),
    ),
  )
}

/** The epilogue of one row of a saved tile; `saved` moves along it. */
const finishRow = (context: Context, saved: Cursor, width: number): Code => {
  const { nest, contraction, scratch } = context.plan
  const { columnLoop } = contraction
  const { counter, inner } = counting(context, columnLoop)
  const { pointers, target, point } = pointersAt(inner)
  const lanes = { loop: columnLoop, pointers, accumulated: loadVector(saved.address, scratch.tile) }
  const finish = (valid: number): Code => {
    const { code, value } = evaluate(inner.frame, nest.body, lanes, { bank: context.registers.values, valid })
    const stored = outputStores(nest.output, columnLoop, target, value, { valid })
    return [...point, ...code, ...stored, saved.move(bytesPerVector)]
  }
  const rest = width % lanesPerVector
  const first = get(context.frame.counters[columnLoop])
  const wide = { from: first, to: plus(first, whole(width - rest)) }
  return [
    ...once('column', wide, ({ from, to }) => [
      set(counter, from),
      ...(rest === width ? [] : [loopWhile(counter, to, lanesPerVector, () => finish(lanesPerVector))]),
    ]),
    ...(rest === 0 ? [] : finish(rest)),
  ]
}

/** The epilogue from memory: all sums are saved and finished row by row, vector by vector. */
const finishFromScratch = (context: Context, tile: TilePlace): Code => {
  const { frame, plan } = context
  const { rowLoop } = plan.contraction
  const saved = cursor('saved')
  const first = get(frame.counters[rowLoop])
  return [
    ...save(context, tile),
    saved.start(frame.scratch),
    ...once('row', { from: first, to: plus(first, whole(tile.rows)) }, rows =>
      overBounds(context, rowLoop, rows, 1, inRow => finishRow(inRow, saved, tile.packed.width)),
    ),
  ]
}

/** The code that computes a tile's results from its sums and stores them. */
export const finishTile = (context: Context, tile: TilePlace): Code =>
  context.plan.nest.body.length <= shortEpilogue ? finishInRegisters(context, tile) : finishFromScratch(context, tile)
