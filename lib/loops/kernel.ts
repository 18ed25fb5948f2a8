// Kernels: the loops that fill one buffer, as data that every executor can print. Output loops run over the buffer in
// its memory order. At each turn a reduction, if there is one, runs its own loops and accumulates; then the body
// computes the element. Indices (whole numbers, `affine.ts`) and values (float32) are separate; a block of values is a
// list of instructions that refer to earlier ones by position. `showKernel` prints a kernel, here sums of rows:
//
//   for i0 < 4:
//     sum over i1 < 8:
//       r0 = input0[i0, i1]
//       accumulate r0
//     v0 = accumulated
//     output[i0] = v0

import type { Reduction, ScalarName } from '../language/node.ts'
import type { Index } from './indices.ts'

/** Reads an element of an input buffer; `at` has one index for each axis of the buffer. */
export interface Load {
  readonly kind: 'load'
  readonly input: number
  readonly at: readonly Index[]
}
/** A number. */
export interface Literal {
  readonly kind: 'literal'
  readonly value: number
}
/** A whole-number index as a float. */
export interface Ramp {
  readonly kind: 'ramp'
  readonly index: Index
}
/** A scalar operation on earlier instructions. */
export interface Apply {
  readonly kind: 'apply'
  readonly operation: ScalarName
  readonly operands: readonly number[]
}
/** `value` where 0 <= index < size, else 0; the value must not be computed elsewhere. */
export interface Inside {
  readonly kind: 'inside'
  readonly index: Index
  readonly size: number
  readonly value: readonly Instruction[]
}
/** The result of the kernel's reduction. */
export interface Accumulated {
  readonly kind: 'accumulated'
}
/** One step of a block; operands refer to earlier ones by position. */
export type Instruction = Load | Literal | Ramp | Apply | Inside | Accumulated

/** A loop, by the number of its counter in indices. */
export interface Loop {
  readonly number: number
  readonly size: number
}

/** The reduction of a kernel: its loops follow the output loops in numbering; the last instruction is accumulated. */
export interface KernelReduction {
  readonly operation: Reduction
  readonly loops: readonly number[]
  readonly body: readonly Instruction[]
}

/** A kernel without names: equal kernels are equal records, and are compiled once. */
export interface Kernel {
  /** Sizes of the axes of each input buffer, in memory order. */
  readonly inputs: readonly (readonly number[])[]
  /** Sizes of the output loops, which are the axes of the output buffer in memory order. */
  readonly loops: readonly number[]
  readonly reduction: KernelReduction | undefined
  /** The last instruction is the element that is written. */
  readonly body: readonly Instruction[]
}

/** The output loops. */
export const outputLoops = ({ loops }: Kernel): readonly Loop[] => loops.map((size, number) => ({ number, size }))

/** The loops of the reduction, numbered after the output loops; none where there is no reduction. */
export const reducedLoops = ({ loops, reduction }: Kernel): readonly Loop[] =>
  (reduction?.loops ?? []).map((size, at) => ({ number: loops.length + at, size }))

/** The loads of a block, those inside paddings too. */
export const loadsOf = (block: readonly Instruction[]): readonly Load[] =>
  block.flatMap(instruction => {
    if (instruction.kind === 'load') return [instruction]
    return instruction.kind === 'inside' ? loadsOf(instruction.value) : []
  })

/** A text that is equal for equal kernels. */
export const kernelKey = (kernel: Kernel): string => JSON.stringify(kernel)
