// Reductions across lanes: the lanes of a vector hold neighbouring results, each of which runs over all terms, several
// vectors of results at a time.
//
//   output[i0] = sum over i1 of input0[i1, i0]        lanes along loop 0: four neighbouring columns are summed at once

import { makeBy } from 'fp-ts/lib/ReadonlyArray.js'
import { unchanging } from '../../../../loops/accesses.ts'
import type { Nest, ReductionPart } from '../../../../loops/nest.ts'
import { type Code, repeatWith, set } from '../../code/statement.ts'
import { get, type Local, lanesPerVector, local, whole } from '../../code/value.ts'
import type { Arithmetic } from '../../code/vector.ts'
import { accumulators, combine, startOf } from '../../frame/accumulate.ts'
import { type Bank, bankOf } from '../../frame/bank.ts'
import { everyTurn, type Frame, frameOf } from '../../frame/frame.ts'
import type { Written } from '../../frame/kernel-function.ts'
import { evaluate, evaluateChosen, outputStores } from '../../frame/lanes.ts'
import { outputPointer, type Pointer, type Pointers, pointersFor } from '../../frame/pointers.ts'
import { rowFunction, validLanes, vectorRow } from '../../frame/rows.ts'

/** A part of the reduction while it is written. */
interface Part extends ReductionPart {
  readonly pointers: Pointers
  /** Which values change along none of the part's own loops: they are computed before those, for each vector. */
  readonly fixed: readonly boolean[]
}

/** The locals of the blocks: of parts before their loops, for each vector, of their turns, and of results. */
interface Banks {
  readonly before: readonly Bank[]
  readonly turn: Bank
  readonly result: Bank
}

/** The function while it is written. */
interface Across {
  readonly frame: Frame
  readonly nest: Nest
  /** The loop whose neighbouring turns share a vector. */
  readonly loop: number
  readonly parts: readonly Part[]
  readonly sums: readonly Local<'v128'>[]
  readonly pointers: Pointers
  readonly target: Pointer
  readonly banks: Banks
  readonly result: Local<'v128'>
}

const partOf = (frame: Frame, { loops, body }: ReductionPart, index: number, outer: number): Part => ({
  loops,
  body,
  pointers: pointersFor(frame, body, `r${index}_`),
  fixed: unchanging(body, ({ strides }) => strides.slice(outer).every(stride => stride === 0)),
})

/** A part's loops around the code of each of their turns; pointers are moved on along the innermost one only. */
const partLoops = (frame: Frame, { loops, pointers }: Part, outer: number, turn: Code): Code => {
  if (loops.length === 0) return [...pointers.point, ...turn]
  const last = loops.length - 1
  const counter = frame.counters[outer + last]
  const row = [
    set(counter, whole(0)),
    ...pointers.point,
    ...repeatWith(counter, loops[last], [...turn, ...pointers.advance(outer + last, 1)]),
  ]
  return everyTurn(
    frame,
    loops.slice(0, -1).map((size, at) => [outer + at, size]),
    row,
  )
}

/** Accumulates one part into `count` vectors of results, of the last one `valid` lanes. */
const accumulatePart = ({ frame, nest, loop, sums, banks }: Across, part: Part, count: number, valid: number): Code => {
  const { loops, body, pointers, fixed } = part
  const depth = nest.outer.length
  const vectors = validLanes(count, valid).map((own, vector) => ({ valid: own, turns: vector * lanesPerVector }))
  const before = vectors.map((place, vector) => {
    const copy = { bank: banks.before[vector], ...place }
    return evaluateChosen(frame, body, { loop, pointers }, copy, position => fixed[position])
  })
  const turn = vectors.flatMap((place, vector) => {
    const copy = { bank: banks.turn, known: before[vector].known, ...place }
    const { code, value } = evaluate(frame, body, { loop, pointers }, copy)
    return [...code, set(sums[vector], combine(nest.reduction!.operation)(get(sums[vector]), value))]
  })
  const once = [
    ...loops.map((_, at) => set(frame.counters[depth + at], whole(0))),
    ...pointers.point,
    ...before.flatMap(({ code }) => code),
  ]
  return [...(fixed.some(Boolean) ? once : []), ...partLoops(frame, part, depth, turn)]
}

/** Computes results from `count` vectors of sums, of the last one `valid` lanes, and stores them. */
const finishVectors = (context: Across, count: number, valid: number): Code => {
  const { frame, nest, loop, sums, pointers, target, banks, result } = context
  return validLanes(count, valid).flatMap((own, vector) => {
    const place = { valid: own, turns: vector * lanesPerVector }
    const lanes = { loop, pointers, accumulated: get(sums[vector]) }
    const { code, value } = evaluate(frame, nest.body, lanes, { bank: banks.result, ...place })
    const stores = outputStores(nest.output, loop, target.address, get(result), place)
    return [...code, set(result, value), ...stores]
  })
}

/** The whole way of some vectors of results. */
const reduceVectors = (context: Across, count: number, valid: number): Code => {
  const { nest, parts, sums, pointers, target } = context
  return [
    ...sums.slice(0, count).map(sum => set(sum, startOf(nest.reduction!.operation))),
    ...parts.flatMap(part => accumulatePart(context, part, count, valid)),
    ...pointers.point,
    ...target.point,
    ...finishVectors(context, count, valid),
  ]
}

/** A reduction with lanes across results. */
export const across = (name: string, inputs: number, nest: Nest, loop: number, arithmetic: Arithmetic): Written => {
  const frame = frameOf(nest, inputs, arithmetic)
  const context: Across = {
    frame,
    nest,
    loop,
    parts: nest.reduction!.parts.map((part, index) => partOf(frame, part, index, nest.outer.length)),
    sums: makeBy(accumulators, vector => local('v128', `a${vector}`)),
    pointers: pointersFor(frame, nest.body, 'p'),
    target: outputPointer(frame, nest.output),
    banks: {
      before: makeBy(accumulators, vector => bankOf(`s${vector}_`)),
      turn: bankOf('t'),
      result: bankOf('v'),
    },
    result: local('v128', 'result'),
  }
  return rowFunction(name, frame, nest.outer, { loop, unroll: accumulators }, row =>
    vectorRow(
      frame,
      row,
      (count, valid) => reduceVectors(context, count, valid),
      () => [],
    ),
  )
}
