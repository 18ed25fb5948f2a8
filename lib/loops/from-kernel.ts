// From a kernel to loop nests, in which every index is an offset plus a stride for each loop. Paddings are removed by
// cutting loops where they begin and end, and divisions, which merged axes leave behind, by splitting loops. A kernel
// that cannot be brought into this form has no nest, and a target prints it element by element.
//
//   kernel  ->  draft  ->  drafts without paddings, a box of the output each  ->  without divisions  ->  nests

import { withoutDivisions } from './division.ts'
import { allOrNone, type Block, type Draft, draftOf, type Plain } from './flat.ts'
import { type Index, stridesOf } from './indices.ts'
import type { Kernel, KernelReduction, Loop } from './kernel.ts'
import type { Affine, Nest, NestInstruction, ReductionPart } from './nest.ts'
import { withoutPaddings } from './padding.ts'

const affine = (index: Index, loops: readonly Loop[]): Affine => {
  const strides = stridesOf(index)!
  return { offset: index.constant, strides: loops.map(({ number }) => strides.get(number) ?? 0) }
}

const inLoops =
  (loops: readonly Loop[]) =>
  (instruction: Plain): NestInstruction => {
    switch (instruction.kind) {
      case 'load':
        return { kind: 'load', access: { input: instruction.input, ...affine(instruction.address, loops) } }
      case 'ramp':
        return { kind: 'ramp', index: affine(instruction.index, loops) }
      default:
        return instruction
    }
  }

const sizesOf = (loops: readonly Loop[]): readonly number[] => loops.map(({ size }) => size)

const partIn =
  (outer: readonly Loop[]) =>
  ({ loops, instructions }: Block<Plain>): ReductionPart => ({
    loops: sizesOf(loops),
    body: instructions.map(inLoops([...outer, ...loops])),
  })

const nestOf = ({ element, address, parts }: Draft<Plain>, reduction: KernelReduction | undefined): Nest => ({
  outer: sizesOf(element.loops),
  output: affine(address, element.loops),
  reduction: reduction && { operation: reduction.operation, parts: parts.map(partIn(element.loops)) },
  body: element.instructions.map(inLoops(element.loops)),
})

/** The nests of a kernel, each of which writes a box of its output; undefined where an index cannot be made affine. */
export const nestsOf = (kernel: Kernel): readonly Nest[] | undefined => {
  const drafts = allOrNone(withoutPaddings(draftOf(kernel))?.map(withoutDivisions) ?? [undefined])
  return drafts?.map(draft => nestOf(draft, kernel.reduction))
}
