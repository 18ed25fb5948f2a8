// The loop program of one kernel: the form that every executor prints. Output loops run over one buffer in its memory order;
// at each turn an optional reduction runs its own loops and accumulates; then an epilogue computes the element. Index
// arithmetic (whole numbers, `affine.ts`) and value arithmetic (float32) are separate, and values are lists of instructions
// that refer to earlier ones by position. Nothing here belongs to any one executor.

import type { Reduction } from '../language/expression.ts'
import type { ScalarName } from '../language/node.ts'
import { type Index, showIndex } from './affine.ts'

/** Reads an element of an input buffer; `at` has one index for each axis of the buffer. */
export interface Load {
  readonly kind: 'load'
  readonly input: number
  readonly at: readonly Index[]
}
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
export type Instruction = Load | Literal | Ramp | Apply | Inside | Accumulated

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

/** A text that is equal for equal kernels. */
export const kernelKey = (kernel: Kernel): string => JSON.stringify(kernel)

const lines = (instructions: readonly Instruction[], prefix: string, indent: string): readonly string[] =>
  instructions.flatMap((instruction, position): readonly string[] => {
    const name = `${indent}${prefix}${position} = `
    switch (instruction.kind) {
      case 'load':
        return [`${name}input${instruction.input}[${instruction.at.map(showIndex).join(', ')}]`]
      case 'literal':
        return [`${name}${instruction.value}`]
      case 'ramp':
        return [`${name}float(${showIndex(instruction.index)})`]
      case 'apply':
        return [`${name}${instruction.operation}(${instruction.operands.map(at => `${prefix}${at}`).join(', ')})`]
      case 'accumulated':
        return [`${name}accumulated`]
      case 'inside':
        return [
          `${name}if 0 <= ${showIndex(instruction.index)} < ${instruction.size}, else 0:`,
          ...lines(instruction.value, `${prefix}${position}_`, `${indent}  `),
        ]
    }
  })

/** The kernel as a person reads it. */
export const showKernel = ({ inputs, loops, reduction, body }: Kernel): string => {
  const range = (size: number, loop: number) => `i${loop} < ${size}`
  const last = (instructions: readonly Instruction[]) => instructions.length - 1
  const inner =
    reduction === undefined
      ? []
      : [
          `  ${reduction.operation} over ${reduction.loops.map((size, at) => range(size, loops.length + at)).join(', ')}:`,
          ...lines(reduction.body, 'r', '    '),
          `    accumulate r${last(reduction.body)}`,
        ]
  return [
    ...inputs.map((sizes, at) => `input${at}: ${sizes.join(' x ') || 'scalar'}`),
    `for ${loops.map(range).join(', ') || 'one element'}:`,
    ...inner,
    ...lines(body, 'v', '  '),
    `  output[${loops.map((_, loop) => `i${loop}`).join(', ')}] = v${last(body)}`,
  ].join('\n')
}
