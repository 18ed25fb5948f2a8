// Reductions as WebAssembly functions, in two ways. Across: lanes hold neighbouring results, and each runs over all terms.
// Along: lanes hold neighbouring terms of one result, in several accumulators that are combined at the end in a fixed order.
// Either way the order of summation depends on the kernel only, never on how many threads share it.

import type { Reduction } from '../../language/expression.ts'
import {
  bytesAt,
  cheapestLoop,
  counterName,
  elementRow,
  gathered,
  laneCost,
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
  widened,
} from './loops-text.ts'
import type { Affine, Nest, ReductionPart } from './nest.ts'
import { accessesOf, declare, evaluate, type Known, type Lanes, type Writer } from './point.ts'
import { bytes, functionText, get, plus, repeat, set, splat, type Text, whole } from './text.ts'
import type { Arithmetic } from './vector-text.ts'

const startOf = (operation: Reduction): Text => splat(operation === 'sum' ? 0 : Number.NEGATIVE_INFINITY)

const combine = (operation: Reduction, left: Text, right: Text): Text =>
  `(${operation === 'sum' ? 'f32x4.add' : 'f32x4.max'} ${left} ${right})`

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at)

/** Accumulators of independent results or terms at once: enough to hide the latency of an addition. */
const accumulators = 4

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
const across = (name: string, inputs: number, nest: Nest, loop: number, arithmetic: Arithmetic): Written => {
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
const along = (name: string, inputs: number, nest: Nest, arithmetic: Arithmetic): Written => {
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

/** A kernel with a reduction that is no contraction. */
export const reduction = (name: string, inputs: number, given: Nest, arithmetic: Arithmetic): Written => {
  const nest = given.outer.length === 0 ? widened(given) : given
  const accesses = nest.reduction!.parts.flatMap(part => accessesOf(part.body))
  const loop = cheapestLoop([nest.output, ...accesses], nest.outer, 0)
  const acrossCost = laneCost([...accesses], loop, nest.outer[loop])
  const alongCosts = nest.reduction!.parts.map(part => {
    if (part.loops.length === 0) return Number.POSITIVE_INFINITY
    const own = accessesOf(part.body)
    const best = cheapestLoop(own, part.loops, nest.outer.length)
    return laneCost(own, best, part.loops[best - nest.outer.length])
  })
  return Math.max(...alongCosts) < acrossCost
    ? along(name, inputs, nest, arithmetic)
    : across(name, inputs, nest, loop, arithmetic)
}
