// Reductions whose lanes hold neighbouring results: each runs over all terms, several vectors of results at a time.

import type { Reduction } from '../../../../language/expression.ts'
import type { Nest, ReductionPart } from '../../../../loops/nest.ts'
import { bytesAt, counterName, lanesAlong, outputStores, type Pointers, pointersFor, type Written } from '../loops.ts'
import { declare, evaluate, type Known, unchanging, type Writer } from '../point.ts'
import { rowFunction, vectorRow } from '../rows.ts'
import { get, lanesPerVector, plus, range, repeat, set, type Text, whole } from '../text.ts'
import type { Arithmetic } from '../vector.ts'
import { accumulators, combine, startOf } from './accumulate.ts'

/** Which instructions of a part change along none of its own loops: they are computed before those. */
const steady = ({ body }: ReductionPart, outer: number): readonly boolean[] =>
  unchanging(body, ({ strides }) => strides.slice(outer).every(stride => stride === 0))

/** One part's loops around what is done at each of their turns. */
const partLoops = (
  writer: Writer,
  label: string,
  part: ReductionPart,
  outer: number,
  pointers: Pointers,
  turn: readonly Text[],
): readonly Text[] => {
  const loops = range(part.loops.length)
  const all = range(outer + part.loops.length)
  for (const at of loops) declare(writer, counterName(outer + at), 'i32')
  const last = part.loops.length - 1
  if (last < 0) return [...pointers.lines(all), ...turn]
  const row = [
    set(counterName(outer + last), whole(0)),
    ...pointers.lines(all),
    ...repeat(`${label}_${last}`, counterName(outer + last), part.loops[last], [
      ...turn,
      ...pointers.advance(outer + last, 1),
    ]),
  ]
  return loops
    .slice(0, last)
    .reverse()
    .reduce<readonly Text[]>(
      (inner, at) => repeat(`${label}_${at}`, counterName(outer + at), part.loops[at], inner),
      row,
    )
}

/** What every part of the function is written with. */
interface Across {
  readonly writer: Writer
  readonly nest: Nest
  readonly operation: Reduction
  readonly parts: readonly ReductionPart[]
  /** The loop whose neighbouring turns share a vector. */
  readonly loop: number
  readonly pointers: Pointers
  readonly target: string
}

const accumulator = ({ writer }: Across, vector: number): string => declare(writer, `a${vector}`, 'v128')

/** Accumulates one part into `count` vectors of results, of the last one `valid` lanes. */
const accumulatePart = (context: Across, part: ReductionPart, index: number, count: number, valid: number) => {
  const { writer, operation, nest, loop } = context
  const depth = nest.outer.length
  const pointers = pointersFor(writer, `r${index}_`, part.body)
  const lanes = lanesAlong(loop, pointers, depth + part.loops.length, '')
  const fixed = steady(part, depth)
  const vectors = range(count)
  const laneChoice = (vector: number) => ({
    turns: vector * lanesPerVector,
    valid: vector === count - 1 ? valid : lanesPerVector,
  })
  const before = vectors.map(vector =>
    evaluate(writer, `s${vector}_`, part.body, lanes, { chosen: position => fixed[position], ...laneChoice(vector) }),
  )
  const turn = vectors.flatMap(vector => {
    const known: Known = position => (fixed[position] ? before[vector].value(position) : undefined)
    const { lines, value } = evaluate(writer, 't', part.body, lanes, { known, ...laneChoice(vector) })
    const own = accumulator(context, vector)
    return [...lines, set(own, combine(operation, get(own), value(part.body.length - 1)!))]
  })
  const zeroed = range(part.loops.length).map(at => set(declare(writer, counterName(depth + at), 'i32'), whole(0)))
  const steadily = [
    ...zeroed,
    ...pointers.lines(range(depth + part.loops.length)),
    ...before.flatMap(({ lines }) => lines),
  ]
  return [
    ...(fixed.some(Boolean) ? steadily : []),
    ...partLoops(writer, `part${index}_${count}_${valid}`, part, depth, pointers, turn),
  ]
}

/** What is computed of `count` vectors of results, and their storing; of the last vector `valid` lanes count. */
const finishVectors = (context: Across, count: number, valid: number): readonly Text[] => {
  const { writer, nest, loop, pointers, target } = context
  const { body, output, outer } = nest
  return range(count).flatMap(vector => {
    const turns = vector * lanesPerVector
    const own = vector === count - 1 ? valid : lanesPerVector
    const lanes = lanesAlong(loop, pointers, outer.length, get(accumulator(context, vector)))
    const { lines, value } = evaluate(writer, 'v', body, lanes, { turns, valid: own })
    const result = declare(writer, 'result', 'v128')
    const stored = outputStores(output, loop, target, get(result), turns, own)
    return [...lines, set(result, value(body.length - 1)!), ...stored]
  })
}

/** The whole way of some vectors of results. */
const reduceVectors = (context: Across, count: number, valid: number): readonly Text[] => {
  const { nest, operation, parts, pointers, target } = context
  const everywhere = range(nest.outer.length)
  return [
    ...range(count).map(vector => set(accumulator(context, vector), startOf(operation))),
    ...parts.flatMap((part, index) => accumulatePart(context, part, index, count, valid)),
    ...pointers.lines(everywhere),
    set(target, plus(get('out'), bytesAt({ ...nest.output, offset: 0 }, everywhere))),
    ...finishVectors(context, count, valid),
  ]
}

/** Lanes across results. */
export const across = (name: string, inputs: number, nest: Nest, loop: number, arithmetic: Arithmetic): Written => {
  const { outer, body } = nest
  const { operation, parts } = nest.reduction!
  const writer: Writer = { locals: new Map(), arithmetic }
  const pointers = pointersFor(writer, 'p', body)
  const context: Across = { writer, nest, operation, parts, loop, pointers, target: declare(writer, 'q', 'i32') }
  return rowFunction(name, inputs, writer, outer, { loop, unroll: accumulators }, row =>
    vectorRow(
      writer,
      row,
      (count, valid) => reduceVectors(context, count, valid),
      () => [],
    ),
  )
}
