// Reductions along lanes: the lanes of a vector hold neighbouring terms of one result. Several accumulators run at
// once, and are combined at the end in a fixed order.
//
//   output[i0] = sum over i1 of input0[i0, i1]        lanes along loop 1; sixteen terms at a turn, in four accumulators

import { makeBy } from 'fp-ts/lib/ReadonlyArray.js'
import { accessesOf } from '../../../../loops/accesses.ts'
import type { Nest, ReductionPart } from '../../../../loops/nest.ts'
import { storeLane } from '../../code/load-store.ts'
import { type Code, type Statement, set } from '../../code/statement.ts'
import { bytesPerFloat, get, type Local, lanesPerVector, local, type V128, whole } from '../../code/value.ts'
import { type Arithmetic, choose, shuffle, wholes } from '../../code/vector.ts'
import { accumulators, combine, startOf } from '../../frame/accumulate.ts'
import { type Bank, bankOf } from '../../frame/bank.ts'
import { everyTurn, type Frame, frameOf, functionIn } from '../../frame/frame.ts'
import type { Written } from '../../frame/kernel-function.ts'
import { cheapestLoop } from '../../frame/lane-choice.ts'
import { evaluate } from '../../frame/lanes.ts'
import { outputPointer, pointersFor } from '../../frame/pointers.ts'
import { everyTurnOfRange, type Row, validLanes, vectorRow } from '../../frame/rows.ts'

/** The first lanes of a vector, and `otherwise` in the others. */
const firstLanes = (count: number, value: V128, otherwise: V128): V128 =>
  count === lanesPerVector
    ? value
    : choose(wholes(makeBy(lanesPerVector, lane => (lane < count ? -1 : 0))), value, otherwise)

/** The function while it is written. */
interface Along {
  readonly frame: Frame
  readonly nest: Nest
  readonly sums: readonly Local<'v128'>[]
  /** The locals of the parts' turns. */
  readonly bank: Bank
}

/** Adds the first lanes of a vector of terms to a sum. */
const accumulate = ({ nest, sums }: Along, vector: number, terms: V128, valid: number): Statement => {
  const { operation } = nest.reduction!
  const kept = firstLanes(valid, terms, startOf(operation))
  return set(sums[vector], combine(operation)(get(sums[vector]), kept))
}

/** Accumulates a part of one term. */
const accumulateOne = (context: Along, { body }: ReductionPart, index: number): Code => {
  const { frame, bank } = context
  const pointers = pointersFor(frame, body, `r${index}_`)
  const { code, value } = evaluate(frame, body, { loop: undefined, pointers }, { bank })
  return [...pointers.point, ...code, accumulate(context, 0, value, 1)]
}

/** Accumulates a part, its loop of cheapest lanes innermost. */
const accumulateMany = (context: Along, { loops, body }: ReductionPart, index: number): Code => {
  const { frame, nest, bank } = context
  const depth = nest.outer.length
  const pointers = pointersFor(frame, body, `r${index}_`)
  const loop = cheapestLoop(accessesOf(body), loops, depth)
  const turn = (count: number, valid: number): Code =>
    validLanes(count, valid).flatMap((own, vector) => {
      const copy = { bank, turns: vector * lanesPerVector, valid: own }
      const { code, value } = evaluate(frame, body, { loop, pointers }, copy)
      return [...code, accumulate(context, vector, value, own)]
    })
  const size = loops[loop - depth]
  const row: Row = { loop, end: whole(size), size, unroll: accumulators }
  const vectors = vectorRow(frame, row, turn, turns => pointers.advance(loop, turns))
  return everyTurn(
    frame,
    loops.map((size, at) => [depth + at, size] as const).filter(([at]) => at !== loop),
    [set(frame.counters[loop], whole(0)), ...pointers.point, ...vectors],
  )
}

/** The accumulators, and then the lanes of one, combined in a fixed order; every lane of the first has the result. */
const gatherLanes = ({ nest, sums }: Along): Code => {
  const [first, second, third, fourth] = sums
  const into = (sum: Local<'v128'>, other: V128): Statement =>
    set(sum, combine(nest.reduction!.operation)(get(sum), other))
  const turned = (lanes: readonly number[]): V128 => shuffle(get(first), get(first), lanes)
  return [
    into(first, get(second)),
    into(third, get(fourth)),
    into(first, get(third)),
    into(first, turned([2, 3, 0, 1])),
    into(first, turned([1, 0, 3, 2])),
  ]
}

/** Computes one result from the gathered sum and stores it. */
const finish = ({ frame, nest, sums }: Along): Code => {
  const { body, output } = nest
  const pointers = pointersFor(frame, body, 'p')
  const target = outputPointer(frame, output)
  const lanes = { loop: undefined, pointers, accumulated: get(sums[0]) }
  const { code, value } = evaluate(frame, body, lanes, { bank: bankOf('v') })
  return [
    ...pointers.point,
    ...target.point,
    ...code,
    ...storeLane(target.address, value, 0, output.offset * bytesPerFloat),
  ]
}

/** A reduction with lanes along terms: one result at a time. */
export const along = (name: string, inputs: number, nest: Nest, arithmetic: Arithmetic): Written => {
  const frame = frameOf(nest, inputs, arithmetic)
  const context: Along = { frame, nest, sums: makeBy(accumulators, at => local('v128', `a${at}`)), bank: bankOf('t') }
  const { operation, parts } = nest.reduction!
  const each = [
    ...context.sums.map(sum => set(sum, startOf(operation))),
    ...parts.flatMap((part, index) => (part.loops.length === 0 ? accumulateOne : accumulateMany)(context, part, index)),
    ...gatherLanes(context),
    ...finish(context),
  ]
  return {
    function: functionIn(frame, name, everyTurnOfRange(frame, [...nest.outer.keys()], nest.outer, each)),
    units: nest.outer[0],
    unitLoop: 0,
    unitSize: 1,
  }
}
