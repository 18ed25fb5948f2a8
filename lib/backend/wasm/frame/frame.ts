// The frame of a kernel function: its parameters as values, and a counter for each loop of its nest. The outer loops
// are numbered first, then the loops of a reduction's parts, all of which use the same counters in turn. An affine
// address is the sum of its strides times these counters; its constant part goes into the loads and stores themselves.
//
//   input1[8 * i0 + i1 + 3]    begins, without the 3, at  in1 + 32 * c0 + 4 * c1  bytes

import { makeBy } from 'fp-ts/lib/ReadonlyArray.js'
import type { Affine, Nest } from '../../../loops/nest.ts'
import { type Code, type Function, loopWhile, repeatWith, set } from '../code/statement.ts'
import { bytesPerFloat, get, type I32, type Local, local, plus, scaled, whole } from '../code/value.ts'
import type { Arithmetic } from '../code/vector.ts'

/** A kernel function while it is written. */
export interface Frame {
  /**
   * All that the function is given, in order: the addresses of its inputs and its output, its scratch memory, its
   * range.
   */
  readonly parameters: readonly Local<'i32'>[]
  /** Byte addresses of the inputs. */
  readonly inputs: readonly I32[]
  /** The byte address of the output. */
  readonly output: I32
  /** The byte address of memory that only the calling thread uses. */
  readonly scratch: I32
  /** The units to do: from this one to before `to`. */
  readonly from: I32
  readonly to: I32
  /** One for each loop, outer loops first. */
  readonly counters: readonly Local<'i32'>[]
  readonly arithmetic: Arithmetic
}

/** A frame with so many inputs and loops. */
export const frameWith = (inputs: number, loops: number, arithmetic: Arithmetic): Frame => {
  const sources = makeBy(inputs, at => local('i32', `in${at}`))
  const [output, scratch, from, to] = ['out', 'scratch', 'from', 'to'].map(hint => local('i32', hint))
  return {
    parameters: [...sources, output, scratch, from, to],
    inputs: sources.map(get),
    output: get(output),
    scratch: get(scratch),
    from: get(from),
    to: get(to),
    counters: makeBy(loops, at => local('i32', `c${at}`)),
    arithmetic,
  }
}

/** The frame of a nest that reads so many inputs. */
export const frameOf = ({ outer, reduction }: Nest, inputs: number, arithmetic: Arithmetic): Frame => {
  const inner = Math.max(0, ...(reduction?.parts ?? []).map(({ loops }) => loops.length))
  return frameWith(inputs, outer.length + inner, arithmetic)
}

const along = ({ counters }: Frame, strides: readonly number[], start: number): I32 =>
  strides.reduce<I32>((total, stride, loop) => plus(total, scaled(get(counters[loop]), stride)), whole(start))

/** The address that the counters have come to, in bytes: the sum of stride * counter, without the constant part. */
export const bytesAt = (frame: Frame, { strides }: Affine): I32 =>
  along(
    frame,
    strides.map(stride => stride * bytesPerFloat),
    0,
  )

/** The value of an affine index where the counters have come to. */
export const indexAt = (frame: Frame, { offset, strides }: Affine): I32 => along(frame, strides, offset)

/** Code for every turn of some loops of the frame, given with their sizes, the first one outermost. */
export const everyTurn = (
  { counters }: Frame,
  loops: readonly (readonly [loop: number, size: number])[],
  body: Code,
): Code => loops.reduceRight<Code>((inner, [loop, size]) => repeatWith(counters[loop], size, inner), body)

/** Code for those turns of a loop that are the function's range. */
export const everyUnit = ({ counters, from, to }: Frame, loop: number, body: Code): Code => [
  set(counters[loop], from),
  loopWhile(counters[loop], to, 1, () => body),
]

/** A function of the frame that does what the code says. */
export const functionIn = ({ parameters }: Frame, name: string, body: Code): Function => ({
  name,
  parameters,
  result: undefined,
  body,
})
