// Reductions whose lanes hold neighbouring results: each runs over all terms, several vectors of results at a time.

import { accumulators, combine, range, startOf } from './accumulate.ts'
import {
  bytesAt,
  counterName,
  elementRow,
  gathered,
  lanesAlong,
  lanesPerVector,
  outerLoops,
  outputStores,
  type Pointers,
  parametersOf,
  pointersFor,
  type Row,
  vectorRow,
  type Written,
} from './loops-text.ts'
import type { Affine, Nest, ReductionPart } from './nest.ts'
import { declare, evaluate, type Known, type Writer } from './point.ts'
import { functionText, get, plus, repeat, set, type Text, whole } from './text.ts'
import type { Arithmetic } from './vector-text.ts'

/** Which instructions of a part change along none of its own loops: they are computed before those. */
const steady = (part: ReductionPart, outer: number): readonly boolean[] => {
  const fixed: boolean[] = []
  const still = (affine: Affine): boolean => affine.strides.slice(outer).every(stride => stride === 0)
  for (const instruction of part.body)
    fixed.push(
      instruction.kind === 'load'
        ? still(instruction.access)
        : instruction.kind === 'ramp'
          ? still(instruction.index)
          : instruction.kind === 'apply'
            ? instruction.operands.every(operand => fixed[operand])
            : true,
    )
  return fixed
}

/** One part's loops around its body: `turn` is told which pointers are set. */
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

/** Lanes across results. */
export const across = (name: string, inputs: number, nest: Nest, loop: number, arithmetic: Arithmetic): Written => {
  const { outer, output, body } = nest
  const { operation, parts } = nest.reduction!
  const writer: Writer = { locals: new Map(), arithmetic }
  const others = range(outer.length).filter(at => at !== loop)
  for (const at of range(outer.length)) declare(writer, counterName(at), 'i32')
  const outerPointers = pointersFor(writer, 'p', body)
  const target = declare(writer, 'q', 'i32')
  const accumulator = (vector: number): string => declare(writer, `a${vector}`, 'v128')
  const scattered = gathered([...body, ...parts.flatMap(part => part.body)], output, loop)

  const reduce = (count: number, along: number): readonly Text[] =>
    parts.flatMap((part, index) => {
      const pointers = pointersFor(writer, `r${index}_`, part.body)
      const loops = outer.length + part.loops.length
      const lanes = lanesAlong(along, pointers, loops, '')
      const fixed = steady(part, outer.length)
      const vectors = range(count)
      const before = vectors.map(vector =>
        evaluate(writer, `s${vector}_`, part.body, lanes, {
          chosen: position => fixed[position],
          turns: vector * lanesPerVector,
        }),
      )
      const turn = vectors.flatMap(vector => {
        const known: Known = position => (fixed[position] ? before[vector].value(position) : undefined)
        const { lines, value } = evaluate(writer, 't', part.body, lanes, { known, turns: vector * lanesPerVector })
        const own = accumulator(vector)
        return [...lines, set(own, combine(operation, get(own), value(part.body.length - 1)!))]
      })
      const zeroed = range(part.loops.length).map(at =>
        set(declare(writer, counterName(outer.length + at), 'i32'), whole(0)),
      )
      const needsBefore = fixed.some(Boolean)
      return [
        ...(needsBefore ? [...zeroed, ...pointers.lines(range(loops)), ...before.flatMap(({ lines }) => lines)] : []),
        ...partLoops(writer, `part${index}_${count}_${along}`, part, outer.length, pointers, turn),
      ]
    })

  const finish = (count: number, valid: number, along: number): readonly Text[] =>
    range(count).flatMap(vector => {
      const turns = vector * lanesPerVector
      const lanes = lanesAlong(along, outerPointers, outer.length, get(accumulator(vector)))
      const { lines, value } = evaluate(writer, 'v', body, lanes, { turns })
      const result = declare(writer, 'result', 'v128')
      const stored = outputStores(output, loop, target, get(result), turns, vector === count - 1 ? valid : 4)
      return [...lines, set(result, value(body.length - 1)!), ...stored]
    })
  const everywhere = range(outer.length)
  const placed = [
    ...outerPointers.lines(everywhere),
    set(target, plus(get('out'), bytesAt({ ...output, offset: 0 }, everywhere))),
  ]
  const turn = (count: number, valid: number, along = loop): readonly Text[] => [
    ...range(count).map(vector => set(accumulator(vector), startOf(operation))),
    ...reduce(count, along),
    ...placed,
    ...finish(count, valid, along),
  ]
  const alone = others.length === 0
  const row: Row = {
    loop,
    end: alone ? get('to') : whole(outer[loop]),
    size: alone ? undefined : outer[loop],
    unroll: accumulators,
  }
  const vectors = scattered
    ? [
        ...vectorRow(
          writer,
          row,
          (count, valid) => (valid === 4 ? turn(count, 4) : []),
          () => [],
        ),
        ...elementRow(
          writer,
          row,
          () => turn(1, 1, -1),
          () => [],
        ),
      ]
    : vectorRow(writer, row, turn, () => [])
  const lines = alone
    ? [set(counterName(loop), get('from')), ...vectors]
    : outerLoops(others, outer, [set(counterName(loop), whole(0)), ...vectors])
  return {
    text: functionText(name, parametersOf(inputs), writer.locals, lines),
    units: alone ? outer[loop] : outer[others[0]],
    unitLoop: alone ? loop : others[0],
    unitSize: 1,
  }
}
