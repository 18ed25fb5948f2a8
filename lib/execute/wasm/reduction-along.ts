// Reductions whose lanes hold neighbouring terms of one result, in several accumulators that are combined at the end in a fixed
// order.

import { accumulators, combine, range, startOf } from './accumulate.ts'
import {
  bytesAt,
  cheapestLoop,
  counterName,
  elementRow,
  lanesAlong,
  lanesPerVector,
  outerLoops,
  parametersOf,
  pointersFor,
  type Row,
  vectorRow,
  type Written,
} from './loops-text.ts'
import type { Nest, ReductionPart } from './nest.ts'
import { accessesOf, declare, evaluate, type Lanes, type Writer } from './point.ts'
import { bytes, functionText, get, plus, repeat, set, type Text, whole } from './text.ts'
import type { Arithmetic } from './vector-text.ts'

/** Lanes 0, 1, ... of a vector hold their value, the others the start of the reduction. */
const firstLanes = (count: number, value: Text, otherwise: Text): Text => {
  const mask = `(v128.const i32x4 ${range(4)
    .map(lane => (lane < count ? -1 : 0))
    .join(' ')})`
  return `(v128.bitselect ${value} ${otherwise} ${mask})`
}

const shuffled = (value: Text, lanes: readonly number[]): Text =>
  `(i8x16.shuffle ${lanes.flatMap(lane => [0, 1, 2, 3].map(byte => lane * 4 + byte)).join(' ')} ${value} ${value})`

/** Lanes along terms: one result at a time. */
export const along = (name: string, inputs: number, nest: Nest, arithmetic: Arithmetic): Written => {
  const { outer, output, body } = nest
  const { operation, parts } = nest.reduction!
  const writer: Writer = { locals: new Map(), arithmetic }
  for (const at of range(outer.length)) declare(writer, counterName(at), 'i32')
  const outerPointers = pointersFor(writer, 'p', body)
  const target = declare(writer, 'q', 'i32')
  const names = range(accumulators).map(at => declare(writer, `a${at}`, 'v128'))
  const [total] = names

  const reduce = (part: ReductionPart, index: number): readonly Text[] => {
    const pointers = pointersFor(writer, `r${index}_`, part.body)
    const loops = outer.length + part.loops.length
    const chosen = cheapestLoop(accessesOf(part.body), part.loops, outer.length)
    const before = range(part.loops.length).filter(at => outer.length + at !== chosen)
    for (const at of range(part.loops.length)) declare(writer, counterName(outer.length + at), 'i32')
    const lanes: Lanes = lanesAlong(chosen, pointers, loops, '')
    const add = (vector: number, valid: number, alongLoop = chosen): readonly Text[] => {
      const own = alongLoop < 0 ? lanesAlong(-1, pointers, loops, '') : lanes
      const { lines, value } = evaluate(writer, 't', part.body, own, { turns: vector * lanesPerVector })
      const term = value(part.body.length - 1)!
      const kept = valid === 4 ? term : firstLanes(valid, term, startOf(operation))
      return [...lines, set(names[vector], combine(operation, get(names[vector]), kept))]
    }
    const turn = (count: number, valid: number): readonly Text[] =>
      range(count).flatMap(vector => add(vector, vector === count - 1 ? valid : 4))
    const size = part.loops[chosen - outer.length]
    const row: Row = { loop: chosen, end: whole(size), size, unroll: accumulators }
    const advance = (turns: number): readonly Text[] => pointers.advance(chosen, turns)
    const scattered = accessesOf(part.body).some(access => access.strides[chosen] > 1)
    const vectors = scattered
      ? [
          ...vectorRow(writer, row, (count, valid) => (valid === 4 ? turn(count, 4) : []), advance),
          ...elementRow(writer, row, () => add(0, 1, -1), advance),
        ]
      : vectorRow(writer, row, turn, advance)
    const inner = [set(counterName(chosen), whole(0)), ...pointers.lines(range(loops)), ...vectors]
    return before
      .reverse()
      .reduce<readonly Text[]>(
        (lines, at) => repeat(`part${index}_${at}`, counterName(outer.length + at), part.loops[at], lines),
        inner,
      )
  }

  const gatherLanes = [
    set(names[0], combine(operation, get(names[0]), get(names[1]))),
    set(names[2], combine(operation, get(names[2]), get(names[3]))),
    set(total, combine(operation, get(names[0]), get(names[2]))),
    set(total, combine(operation, get(total), shuffled(get(total), [2, 3, 0, 1]))),
    set(total, combine(operation, get(total), shuffled(get(total), [1, 0, 3, 2]))),
  ]
  const lanes = lanesAlong(-1, outerPointers, outer.length, get(total))
  const { lines: epilogue, value } = evaluate(writer, 'v', body, lanes)
  const everywhere = range(outer.length)
  const each = [
    ...names.map(accumulator => set(accumulator, startOf(operation))),
    ...parts.flatMap((part, index) => (part.loops.length === 0 ? single(part, index) : reduce(part, index))),
    ...gatherLanes,
    ...outerPointers.lines(everywhere),
    set(target, plus(get('out'), bytesAt({ ...output, offset: 0 }, everywhere))),
    ...epilogue,
    `(v128.store32_lane offset=${output.offset * bytes} 0 ${get(target)} ${value(body.length - 1)})`,
  ]
  function single(part: ReductionPart, index: number): readonly Text[] {
    const pointers = pointersFor(writer, `r${index}_`, part.body)
    const { lines, value: term } = evaluate(writer, 't', part.body, lanesAlong(-1, pointers, outer.length, ''))
    const kept = firstLanes(1, term(part.body.length - 1)!, startOf(operation))
    return [...pointers.lines(range(outer.length)), ...lines, set(total, combine(operation, get(total), kept))]
  }
  return {
    text: functionText(name, parametersOf(inputs), writer.locals, outerLoops(everywhere, outer, each)),
    units: outer[0],
    unitLoop: 0,
    unitSize: 1,
  }
}
