// Pointers: cursors to the places where a block reads and where its results go. Each turn of the innermost loop moves
// them on by a constant; without them each turn would compute every address from all counters. Accesses that differ
// only in their constant part share a pointer.
//
//   input1[8 * i0 + i1 + 3]    is read at  p0 + 12;  p0 = in1 + 32 * c0 + 4 * c1,  and a turn of loop 1 adds 4 to it

import { accessesOf } from '../../../loops/accesses.ts'
import type { Access, Affine, NestInstruction } from '../../../loops/nest.ts'
import { cursor } from '../code/cursor.ts'
import type { Code } from '../code/statement.ts'
import { bytesPerFloat, type I32, plus } from '../code/value.ts'
import { bytesAt, type Frame } from './frame.ts'

/** A byte address that is moved as loops turn. */
export interface Pointer {
  readonly address: I32
  /** Points it where the counters have come to. */
  readonly point: Code
  /** Moves it on by some turns of a loop. */
  readonly advance: (loop: number, turns: number) => Code
}

const pointerInto = (frame: Frame, base: I32, affine: Affine, hint: string): Pointer => {
  const own = cursor(hint)
  return {
    address: own.address,
    point: [own.start(plus(base, bytesAt(frame, affine)))],
    advance: (loop, turns) => {
      const stride = affine.strides[loop] ?? 0
      return stride === 0 ? [] : [own.move(stride * turns * bytesPerFloat)]
    },
  }
}

/** The pointer to where results are written. */
export const outputPointer = (frame: Frame, output: Affine): Pointer => pointerInto(frame, frame.output, output, 'q')

/** Pointers to all that a block reads. */
export interface Pointers extends Omit<Pointer, 'address'> {
  /** The byte address of an access: of the pointer, and the constant part. */
  readonly at: (access: Access) => { readonly base: I32; readonly offset: number }
}

const keyOf = ({ input, strides }: Access): string => `${input} ${strides.join()}`

/** A pointer for each distinct way in which a block moves through an input. */
export const pointersFor = (frame: Frame, body: readonly NestInstruction[], hint: string): Pointers => {
  const distinct = new Map(accessesOf(body).map(access => [keyOf(access), access]))
  const pointers = new Map(
    [...distinct].map(([key, access], at) => [
      key,
      pointerInto(frame, frame.inputs[access.input], access, `${hint}${at}`),
    ]),
  )
  const all = [...pointers.values()]
  return {
    at: access => ({ base: pointers.get(keyOf(access))!.address, offset: access.offset * bytesPerFloat }),
    point: all.flatMap(({ point }) => point),
    advance: (loop, turns) => all.flatMap(({ advance }) => advance(loop, turns)),
  }
}
