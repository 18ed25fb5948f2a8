// From a block of instructions to code that computes it for four neighbouring elements at once, one in each lane. Lanes
// run along one loop of the nest. An access that does not move along that loop loads one float into all lanes; one that
// moves by single elements loads a vector; any other is gathered float by float.
//
//   v1 = v0 * 2        becomes  (local.set $v1 (f32x4.mul (local.get $v0) (v128.const f32x4 2 2 2 2)))

import type { Access, Affine, NestInstruction } from '../../../loops/nest.ts'
import { loadApart, loadSplat, loadVector, storeFirst, storeLane } from '../code/load-store.ts'
import { type Code, type Statement, set, unrolled } from '../code/statement.ts'
import { bytesPerFloat, get, type I32, lanesPerVector, type V128 } from '../code/value.ts'
import { add, floats, splat, spread, toFloat } from '../code/vector.ts'
import type { Bank } from './bank.ts'
import { type Frame, indexAt } from './frame.ts'
import type { Pointers } from './pointers.ts'
import { spellings } from './vector-spelling.ts'

/** The place of the four lanes of a block. */
export interface Lanes {
  /** The loop along which they run; undefined for a single element in all lanes. */
  readonly loop: number | undefined
  readonly pointers: Pointers
  /** The result of the nest's reduction, for blocks that use it. */
  readonly accumulated?: V128
}

/** Values of instructions that are computed already, by their position. */
export type Known = readonly (V128 | undefined)[]

/** One of the copies of a block. */
export interface Copy {
  readonly bank: Bank
  /** The turns from the place of the pointers to the first lane of this copy. */
  readonly turns?: number
  /**
   * How many of its lanes count. The other lanes read elements that exist, except that a contiguous vector is read
   * whole.
   */
  readonly valid?: number
  readonly known?: Known
}

/** How far apart neighbouring lanes lie, in elements. */
const strideAlong = (affine: Affine, loop: number | undefined): number =>
  loop === undefined ? 0 : affine.strides[loop]

const loaded = (access: Access, { loop, pointers }: Lanes, { turns = 0, valid = lanesPerVector }: Copy): V128 => {
  const { base, offset } = pointers.at(access)
  const stride = strideAlong(access, loop)
  const start = offset + turns * stride * bytesPerFloat
  if (stride === 0) return loadSplat(base, start)
  return stride === 1 ? loadVector(base, start) : loadApart(base, start, stride * bytesPerFloat, valid)
}

const ramp = (frame: Frame, index: Affine, { loop }: Lanes, { turns = 0 }: Copy): V128 => {
  const stride = strideAlong(index, loop)
  const first = spread(toFloat(indexAt(frame, index)))
  return stride === 0 ? first : add(first, floats([0, 1, 2, 3].map(lane => (turns + lane) * stride)))
}

/** Code, and the value that it leaves. */
export interface Computed {
  readonly code: Code
  readonly value: V128
}

/** Writes one instruction, given the values of earlier ones. */
const computeOne =
  (frame: Frame, lanes: Lanes, copy: Copy) =>
  (instruction: NestInstruction, position: number, earlier: Known): Computed => {
    const own = copy.bank.value(position)
    const kept = (value: V128, before: Code = []): Computed => ({ code: [...before, set(own, value)], value: get(own) })
    switch (instruction.kind) {
      case 'literal':
        return { code: [], value: splat(instruction.value) }
      case 'accumulated':
        return { code: [], value: lanes.accumulated! }
      case 'load':
        return kept(loaded(instruction.access, lanes, copy))
      case 'ramp':
        return kept(ramp(frame, instruction.index, lanes, copy))
      case 'apply': {
        const [x, y, w] = instruction.operands.map(operand => earlier[operand]!)
        const { before, value } = spellings[instruction.operation](
          frame.arithmetic,
          copy.bank.temporaries(position),
          x,
          y,
          w,
        )
        return kept(value, before)
      }
    }
  }

/** Computes the chosen instructions of a block; what they use is chosen or known. */
export const evaluateChosen = (
  frame: Frame,
  body: readonly NestInstruction[],
  lanes: Lanes,
  copy: Copy,
  isChosen: (position: number) => boolean,
): { readonly code: Code; readonly known: Known } => {
  const compute = computeOne(frame, lanes, copy)
  const known = [...(copy.known ?? [])]
  const code: Statement[] = []
  body.forEach((instruction, position) => {
    if (known[position] !== undefined || !isChosen(position)) return
    const computed = compute(instruction, position, known)
    code.push(...computed.code)
    known[position] = computed.value
  })
  return { code, known }
}

/** Computes a block: its value is that of its last instruction. */
export const evaluate = (frame: Frame, body: readonly NestInstruction[], lanes: Lanes, copy: Copy): Computed => {
  const { code, known } = evaluateChosen(frame, body, lanes, copy, () => true)
  return { code, value: known[body.length - 1]! }
}

/**
 * Stores the first lanes of a vector that begins `turns` turns of `loop` after where `pointer` points; it is a local.
 */
export const outputStores = (
  output: Affine,
  loop: number,
  pointer: I32,
  value: V128,
  { turns = 0, valid = lanesPerVector }: Pick<Copy, 'turns' | 'valid'>,
): Code => {
  const stride = output.strides[loop] ?? 1
  const start = (output.offset + turns * stride) * bytesPerFloat
  if (stride === 1 || valid === 1) return storeFirst(valid, pointer, value, start)
  return unrolled(valid, lane => storeLane(pointer, value, lane, start + lane * stride * bytesPerFloat))
}
