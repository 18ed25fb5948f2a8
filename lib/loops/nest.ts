// Loop nests: kernels in the form that vector code is made from. Every address is an offset plus a stride for each
// loop, in elements, and there are no paddings.
//
//   for i0 < 4, i1 < 3: sum over i2 < 8 of input0 at 8*i0 + i2 times input1 at 3*i2 + i1
//   outer [4, 3], parts [{ loops: [8] }], accesses { input: 0, strides: [8, 0, 1] }, { input: 1, strides: [0, 1, 3] }

import type { Reduction } from '../language/expression.ts'
import type { ScalarName } from '../language/node.ts'

/** offset + the sum of stride * counter over the loops of a nest, outer ones first. */
export interface Affine {
  readonly offset: number
  readonly strides: readonly number[]
}

/** One input and the address at which it is read, in elements. */
export interface Access extends Affine {
  readonly input: number
}

/** One computation at each turn; operands are earlier instructions, by position. */
export type NestInstruction =
  | { readonly kind: 'load'; readonly access: Access }
  | { readonly kind: 'literal'; readonly value: number }
  | { readonly kind: 'ramp'; readonly index: Affine }
  | { readonly kind: 'apply'; readonly operation: ScalarName; readonly operands: readonly number[] }
  | { readonly kind: 'accumulated' }

/** A block whose addresses and ramps are all changed. */
export const readdressed = (
  body: readonly NestInstruction[],
  to: (affine: Affine) => Affine,
): readonly NestInstruction[] =>
  body.map(instruction => {
    if (instruction.kind === 'load')
      return { kind: 'load', access: { input: instruction.access.input, ...to(instruction.access) } }
    return instruction.kind === 'ramp' ? { kind: 'ramp', index: to(instruction.index) } : instruction
  })

/** Part of a reduction: its own loops, which follow the outer ones in strides. The last instruction is accumulated. */
export interface ReductionPart {
  readonly loops: readonly number[]
  readonly body: readonly NestInstruction[]
}

/** One nest writes one box of a kernel's output. */
export interface Nest {
  readonly outer: readonly number[]
  readonly output: Affine
  readonly reduction: { readonly operation: Reduction; readonly parts: readonly ReductionPart[] } | undefined
  readonly body: readonly NestInstruction[]
}
