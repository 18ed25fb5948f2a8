// Drafts: kernels on their way to loop nests. In a draft an input is read at one address, not at an index for each
// axis; the address of the element that is written stands beside the blocks; paddings are still there. Each loop has a
// number that no other loop of the draft has, so that another index can be put for its counter everywhere.
//
//   input0[i0, i1 + -1] of a 4 x 8 buffer        becomes        input0 at 8*i0 + i1 + -1

import { counter, flatten, substitute } from './affine.ts'
import type { Index } from './indices.ts'
import {
  type Accumulated,
  type Apply,
  type Instruction,
  type Kernel,
  type Literal,
  type Loop,
  outputLoops,
  type Ramp,
  reducedLoops,
} from './kernel.ts'

/** Reads an element of an input buffer, by its address in elements. */
export interface FlatLoad {
  readonly kind: 'load'
  readonly input: number
  readonly address: Index
}

/** An instruction that computes something at every turn. */
export type Plain = FlatLoad | Literal | Ramp | Apply | Accumulated

/** `value` where 0 <= index < size, else 0. */
export interface Padding {
  readonly kind: 'inside'
  readonly index: Index
  readonly size: number
  readonly value: readonly Flat[]
}

/** A kernel's instruction with flat addresses. */
export type Flat = Plain | Padding

/** Instructions in loops of their own. */
export interface Block<I extends Flat> {
  readonly loops: readonly Loop[]
  readonly instructions: readonly I[]
}

/**
 * Output loops with the block that computes the element, its address, and the parts of the reduction inside those
 * loops.
 */
export interface Draft<I extends Flat> {
  readonly element: Block<I>
  readonly address: Index
  readonly parts: readonly Block<I>[]
}

const flat =
  (kernel: Kernel) =>
  (instruction: Instruction): Flat => {
    switch (instruction.kind) {
      case 'load': {
        const { input, at } = instruction
        return { kind: 'load', input, address: flatten(kernel.inputs[input], at) }
      }
      case 'inside':
        return { ...instruction, value: instruction.value.map(flat(kernel)) }
      default:
        return instruction
    }
  }

/** A kernel with flat addresses; its reduction, if it has one, is one part. */
export const draftOf = (kernel: Kernel): Draft<Flat> => {
  const loops = outputLoops(kernel)
  const { reduction, body } = kernel
  return {
    element: { loops, instructions: body.map(flat(kernel)) },
    address: flatten(
      kernel.loops,
      loops.map(({ number, size }) => counter(number, size)),
    ),
    parts:
      reduction === undefined ? [] : [{ loops: reducedLoops(kernel), instructions: reduction.body.map(flat(kernel)) }],
  }
}

/** The list, if nothing in it is undefined. */
export const allOrNone = <T>(list: readonly (T | undefined)[]): readonly T[] | undefined => {
  const found = list.filter(one => one !== undefined)
  return found.length === list.length ? found : undefined
}

/** An index to put for a loop's counter. */
export type Replace = (loop: number, size: number) => Index

/** An instruction with other indices for the counters. */
export const rewrite =
  (replace: Replace) =>
  (instruction: Plain): Plain => {
    switch (instruction.kind) {
      case 'load':
        return { ...instruction, address: substitute(instruction.address, replace) }
      case 'ramp':
        return { ...instruction, index: substitute(instruction.index, replace) }
      default:
        return instruction
    }
  }

/** The indices of all blocks. */
export const indicesOf = ({ element, address, parts }: Draft<Plain>): readonly Index[] => [
  address,
  ...[element, ...parts].flatMap(({ instructions }) => instructions.flatMap(indicesOfInstruction)),
]

const indicesOfInstruction = (instruction: Plain): readonly Index[] => {
  if (instruction.kind === 'load') return [instruction.address]
  return instruction.kind === 'ramp' ? [instruction.index] : []
}
