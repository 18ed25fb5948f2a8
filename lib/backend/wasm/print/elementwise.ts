// Element-wise kernels as WebAssembly functions. Lanes run along the loop that makes most accesses contiguous; what does not
// change along it is computed once a row.

import type { Nest } from '../../../loops/nest.ts'
import { cheapestLoop, unrollFor } from './lane-choice.ts'
import { bytesAt, lanesAlong, outputStores, type Pointers, pointersFor, type Written } from './loops.ts'
import { accessesOf, declare, evaluate, type Known, unchanging, type Writer } from './point.ts'
import { rowFunction, vectorRow } from './rows.ts'
import { bytes, get, lanesPerVector, plus, range, set, type Text, whole } from './text.ts'
import type { Arithmetic } from './vector.ts'

/** What every part of the function is written with. */
interface Elementwise {
  readonly writer: Writer
  readonly nest: Nest
  /** The loop whose neighbouring turns share a vector. */
  readonly loop: number
  readonly pointers: Pointers
  readonly target: string
}

/** Points all pointers at the first element of a row. */
const startRow = ({ nest, pointers, target }: Elementwise): readonly Text[] => {
  const everywhere = range(nest.outer.length)
  const start = plus(get('out'), bytesAt({ ...nest.output, offset: 0 }, everywhere))
  return [...pointers.lines(everywhere), set(target, start)]
}

/** Moves all pointers on along the row. */
const advanceRow =
  ({ nest, loop, pointers, target }: Elementwise) =>
  (turns: number): readonly Text[] => [
    ...pointers.advance(loop, turns),
    set(target, plus(get(target), whole(nest.output.strides[loop] * turns * bytes))),
  ]

/** Computes and stores `count` vectors, of the last one `valid` lanes. */
const computeVectors = (context: Elementwise, known: Known, count: number, valid: number): readonly Text[] => {
  const { writer, nest, loop, pointers, target } = context
  const { body, outer, output } = nest
  const lanes = lanesAlong(loop, pointers, outer.length, '')
  return range(count).flatMap(vector => {
    const turns = vector * lanesPerVector
    const own = vector === count - 1 ? valid : lanesPerVector
    const { lines, value } = evaluate(writer, 'v', body, lanes, { known, turns, valid: own })
    return [...lines, ...outputStores(output, loop, target, value(body.length - 1)!, turns, own)]
  })
}

/** A kernel without reduction. */
export const elementwise = (name: string, inputs: number, nest: Nest, arithmetic: Arithmetic): Written => {
  const { outer, output, body } = nest
  const writer: Writer = { locals: new Map(), arithmetic }
  const loop = cheapestLoop([output, output, ...accessesOf(body)], outer, 0)
  const pointers = pointersFor(writer, 'p', body)
  const context: Elementwise = { writer, nest, loop, pointers, target: declare(writer, 'q', 'i32') }
  const fixed = unchanging(body, ({ strides }) => strides[loop] === 0)
  const lanes = lanesAlong(loop, pointers, outer.length, '')
  const before = evaluate(writer, 'f', body, lanes, { chosen: position => fixed[position] })
  const known: Known = position => (fixed[position] ? before.value(position) : undefined)
  const turn = (count: number, valid: number) => computeVectors(context, known, count, valid)
  return rowFunction(name, inputs, writer, outer, { loop, unroll: unrollFor(body) }, row => [
    ...startRow(context),
    ...before.lines,
    ...vectorRow(writer, row, turn, advanceRow(context)),
  ])
}
