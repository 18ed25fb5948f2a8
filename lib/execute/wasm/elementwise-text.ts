// Element-wise kernels as WebAssembly functions. Lanes run along the loop that makes most accesses contiguous; what does not
// change along it is computed once a row.

import {
  bytesAt,
  cheapestLoop,
  counterName,
  elementRow,
  gathered,
  lanesAlong,
  lanesPerVector,
  outerLoops,
  outputStores,
  parametersOf,
  pointersFor,
  type Row,
  unrollFor,
  vectorRow,
  type Written,
  widened,
} from './loops-text.ts'
import type { Nest } from './nest.ts'
import { accessesOf, declare, evaluate, invariants, type Known, type Lanes, type Writer } from './point.ts'
import { bytes, functionText, get, plus, set, type Text, whole } from './text.ts'
import type { Arithmetic } from './vector-text.ts'

/** A kernel without reduction. */
export const elementwise = (name: string, inputs: number, nest: Nest, arithmetic: Arithmetic): Written => {
  const { outer, output, body } = nest
  const writer: Writer = { locals: new Map(), arithmetic }
  if (outer.length === 0) return elementwise(name, inputs, widened(nest), arithmetic)
  const loop = cheapestLoop([output, output, ...accessesOf(body)], outer, 0)
  const others = outer.map((_, at) => at).filter(at => at !== loop)
  for (const at of others) declare(writer, counterName(at), 'i32')
  const pointers = pointersFor(writer, 'p', body)
  const target = declare(writer, 'q', 'i32')
  const fixed = invariants(body, loop)
  const along = (vector: boolean): Lanes => lanesAlong(vector ? loop : -1, pointers, outer.length, '')
  const before = evaluate(writer, 'f', body, along(true), { chosen: position => fixed[position] })
  const known: Known = position => (fixed[position] ? before.value(position) : undefined)
  const last = body.length - 1
  const turn = (count: number, valid: number): readonly Text[] =>
    Array.from({ length: count }, (_, vector) => vector).flatMap(vector => {
      const turns = vector * lanesPerVector
      const { lines, value } = evaluate(writer, 'v', body, along(true), { known, turns })
      return [...lines, ...outputStores(output, loop, target, value(last)!, turns, vector === count - 1 ? valid : 4)]
    })
  const single = (): readonly Text[] => {
    const { lines, value } = evaluate(writer, 'v', body, along(false), { known })
    return [...lines, ...outputStores(output, loop, target, value(last)!, 0, 1)]
  }
  const advance = (turns: number): readonly Text[] => [
    ...pointers.advance(loop, turns),
    set(target, plus(get(target), whole((output.strides[loop] ?? 0) * turns * bytes))),
  ]
  const alone = others.length === 0
  const row: Row = {
    loop,
    end: alone ? get('to') : whole(outer[loop]),
    size: alone ? undefined : outer[loop],
    unroll: unrollFor(body),
  }
  const start = (from: Text): readonly Text[] => [
    set(declare(writer, counterName(loop), 'i32'), from),
    ...pointers.lines(outer.map((_, at) => at)),
    set(
      target,
      plus(
        get('out'),
        bytesAt(
          { ...output, offset: 0 },
          outer.map((_, at) => at),
        ),
      ),
    ),
    ...before.lines,
  ]
  const scatter = gathered(body, output, loop)
  const fullVectors = (): readonly Text[] =>
    vectorRow(writer, row, (count, valid) => (valid === 4 ? turn(count, 4) : []), advance)
  const vectors = scatter
    ? [...fullVectors(), ...elementRow(writer, row, single, advance)]
    : vectorRow(writer, row, turn, advance)
  const lines = alone
    ? [...start(get('from')), ...vectors]
    : outerLoops(others, outer, [...start(whole(0)), ...vectors])
  return {
    text: functionText(name, parametersOf(inputs), writer.locals, lines),
    units: alone ? outer[loop] : outer[others[0]],
    unitLoop: alone ? loop : others[0],
    unitSize: 1,
  }
}
