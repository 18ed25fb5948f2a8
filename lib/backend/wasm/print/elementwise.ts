// From an element-wise nest to a function. Lanes run along the loop that makes most accesses contiguous
// (`lane-choice.ts`); values that do not change along it are computed once a row.
//
//   output[i0, i1] = input0[i0, i1] * exp(input1[i0])    lanes along loop 1; the exponential once for each turn of 0

import { accessesOf, unchanging } from '../../../loops/accesses.ts'
import type { Nest } from '../../../loops/nest.ts'
import type { Code } from '../code/statement.ts'
import { lanesPerVector } from '../code/value.ts'
import type { Arithmetic } from '../code/vector.ts'
import { type Bank, bankOf } from '../frame/bank.ts'
import { type Frame, frameOf } from '../frame/frame.ts'
import type { Written } from '../frame/kernel-function.ts'
import { cheapestLoop, unrollFor } from '../frame/lane-choice.ts'
import { evaluate, evaluateChosen, type Known, outputStores } from '../frame/lanes.ts'
import { outputPointer, type Pointer, type Pointers, pointersFor } from '../frame/pointers.ts'
import { rowFunction, validLanes, vectorRow } from '../frame/rows.ts'

/** A row of an element-wise kernel while it is written. */
interface Elementwise {
  readonly frame: Frame
  readonly nest: Nest
  /** The loop whose neighbouring turns share a vector. */
  readonly loop: number
  readonly pointers: Pointers
  readonly target: Pointer
  readonly bank: Bank
}

/** Computes and stores `count` vectors, of the last one `valid` lanes. */
const computeVectors = (
  { frame, nest, loop, pointers, target, bank }: Elementwise,
  known: Known,
  count: number,
  valid: number,
): Code =>
  validLanes(count, valid).flatMap((own, vector) => {
    const place = { valid: own, turns: vector * lanesPerVector }
    const { code, value } = evaluate(frame, nest.body, { loop, pointers }, { bank, known, ...place })
    return [...code, ...outputStores(nest.output, loop, target.address, value, place)]
  })

/** A kernel without reduction. */
export const elementwise = (name: string, inputs: number, nest: Nest, arithmetic: Arithmetic): Written => {
  const { outer, output, body } = nest
  const frame = frameOf(nest, inputs, arithmetic)
  const loop = cheapestLoop([output, output, ...accessesOf(body)], outer, 0)
  const pointers = pointersFor(frame, body, 'p')
  const target = outputPointer(frame, output)
  const context: Elementwise = { frame, nest, loop, pointers, target, bank: bankOf('v') }
  const fixed = unchanging(body, ({ strides }) => strides[loop] === 0)
  const once = evaluateChosen(frame, body, { loop, pointers }, { bank: bankOf('f') }, position => fixed[position])
  const turn = (count: number, valid: number): Code => computeVectors(context, once.known, count, valid)
  const advance = (turns: number): Code => [...pointers.advance(loop, turns), ...target.advance(loop, turns)]
  return rowFunction(name, frame, outer, { loop, unroll: unrollFor(body) }, row => [
    ...pointers.point,
    ...target.point,
    ...once.code,
    ...vectorRow(frame, row, turn, advance),
  ])
}
