// Reductions whose lanes hold neighbouring terms of one result, in several accumulators that are combined at the end in a fixed
// order.

import type { Reduction } from '../../../../language/expression.ts'
import type { Nest, ReductionPart } from '../../../../loops/nest.ts'
import { cheapestLoop } from '../lane-choice.ts'
import { bytesAt, counterName, lanesAlong, parametersOf, pointersFor, type Written } from '../loops.ts'
import { accessesOf, declare, evaluate, type Writer } from '../point.ts'
import { outerLoops, type Row, vectorRow } from '../rows.ts'
import {
  bytes,
  functionText,
  get,
  lanesPerVector,
  plus,
  range,
  repeat,
  set,
  shuffle,
  type Text,
  whole,
} from '../text.ts'
import type { Arithmetic } from '../vector.ts'
import { accumulators, combine, startOf } from './accumulate.ts'

/** Lanes 0, 1, ... of a vector hold their value, the others the start of the reduction. */
const firstLanes = (count: number, value: Text, otherwise: Text): Text => {
  const mask = `(v128.const i32x4 ${range(4)
    .map(lane => (lane < count ? -1 : 0))
    .join(' ')})`
  return `(v128.bitselect ${value} ${otherwise} ${mask})`
}

/** What every part of the function is written with. */
interface Along {
  readonly writer: Writer
  readonly nest: Nest
  readonly operation: Reduction
  /** The accumulators. */
  readonly names: readonly string[]
}

/** Accumulates a part of one term. */
const accumulateOne = (
  { writer, nest, operation, names }: Along,
  part: ReductionPart,
  index: number,
): readonly Text[] => {
  const depth = nest.outer.length
  const pointers = pointersFor(writer, `r${index}_`, part.body)
  const { lines, value } = evaluate(writer, 't', part.body, lanesAlong(-1, pointers, depth, ''))
  const kept = firstLanes(1, value(part.body.length - 1)!, startOf(operation))
  return [...pointers.lines(range(depth)), ...lines, set(names[0], combine(operation, get(names[0]), kept))]
}

/** Accumulates a part, its loop of cheapest lanes innermost. */
const accumulateMany = (context: Along, part: ReductionPart, index: number): readonly Text[] => {
  const { writer, nest, operation, names } = context
  const depth = nest.outer.length
  const loops = depth + part.loops.length
  const pointers = pointersFor(writer, `r${index}_`, part.body)
  const chosen = cheapestLoop(accessesOf(part.body), part.loops, depth)
  for (const at of range(part.loops.length)) declare(writer, counterName(depth + at), 'i32')
  const lanes = lanesAlong(chosen, pointers, loops, '')
  const add = (vector: number, valid: number): readonly Text[] => {
    const { lines, value } = evaluate(writer, 't', part.body, lanes, { turns: vector * lanesPerVector, valid })
    const term = value(part.body.length - 1)!
    const kept = valid === lanesPerVector ? term : firstLanes(valid, term, startOf(operation))
    return [...lines, set(names[vector], combine(operation, get(names[vector]), kept))]
  }
  const turn = (count: number, valid: number): readonly Text[] =>
    range(count).flatMap(vector => add(vector, vector === count - 1 ? valid : lanesPerVector))
  const size = part.loops[chosen - depth]
  const row: Row = { loop: chosen, end: whole(size), size, unroll: accumulators }
  const vectors = vectorRow(writer, row, turn, turns => pointers.advance(chosen, turns))
  const inner = [set(counterName(chosen), whole(0)), ...pointers.lines(range(loops)), ...vectors]
  return range(part.loops.length)
    .filter(at => depth + at !== chosen)
    .reverse()
    .reduce<readonly Text[]>(
      (lines, at) => repeat(`part${index}_${at}`, counterName(depth + at), part.loops[at], lines),
      inner,
    )
}

/** The accumulators, and then the lanes of one, combined in a fixed order; every lane of the first has the result. */
const gatherLanes = ({ operation, names }: Along): readonly Text[] => {
  const [first, second, third, fourth] = names
  const into = (name: string, other: Text): Text => set(name, combine(operation, get(name), other))
  return [
    into(first, get(second)),
    into(third, get(fourth)),
    into(first, get(third)),
    into(first, shuffle(get(first), get(first), [2, 3, 0, 1])),
    into(first, shuffle(get(first), get(first), [1, 0, 3, 2])),
  ]
}

/** Lanes along terms: one result at a time. */
export const along = (name: string, inputs: number, nest: Nest, arithmetic: Arithmetic): Written => {
  const { outer, output, body } = nest
  const { operation, parts } = nest.reduction!
  const writer: Writer = { locals: new Map(), arithmetic }
  for (const at of range(outer.length)) declare(writer, counterName(at), 'i32')
  const pointers = pointersFor(writer, 'p', body)
  const target = declare(writer, 'q', 'i32')
  const names = range(accumulators).map(at => declare(writer, `a${at}`, 'v128'))
  const context: Along = { writer, nest, operation, names }
  const reduced = parts.flatMap((part, index) =>
    (part.loops.length === 0 ? accumulateOne : accumulateMany)(context, part, index),
  )
  const lanes = lanesAlong(-1, pointers, outer.length, get(names[0]))
  const { lines: epilogue, value } = evaluate(writer, 'v', body, lanes)
  const everywhere = range(outer.length)
  const each = [
    ...names.map(accumulator => set(accumulator, startOf(operation))),
    ...reduced,
    ...gatherLanes(context),
    ...pointers.lines(everywhere),
    set(target, plus(get('out'), bytesAt({ ...output, offset: 0 }, everywhere))),
    ...epilogue,
    `(v128.store32_lane offset=${output.offset * bytes} 0 ${get(target)} ${value(body.length - 1)})`,
  ]
  return {
    text: functionText(name, parametersOf(inputs), writer.locals, outerLoops(everywhere, outer, each)),
    units: outer[0],
    unitLoop: 0,
    unitSize: 1,
  }
}
