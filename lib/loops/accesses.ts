// The reads of a block of a loop nest, each once; and for each value of the block, whether it stays the same while some
// of its reads do. Such values are computed before a loop and not at every turn of it.
//
//   v0 = input0[i0, i1]; v1 = input1[i0]; v2 = exp(v1); v3 = v0 * v2    v1 and v2 are the same at every turn of loop 1

import type { Access, Affine, NestInstruction } from './nest.ts'

/** The distinct accesses of a block. */
export const accessesOf = (body: readonly NestInstruction[]): readonly Access[] => {
  const found = new Map<string, Access>()
  for (const instruction of body)
    if (instruction.kind === 'load') {
      const { input, offset, strides } = instruction.access
      found.set(`${input} ${offset} ${strides.join()}`, instruction.access)
    }
  return [...found.values()]
}

/** For each value of a block, whether it stays the same while the addresses and ramps that are `still` do. */
export const unchanging = (
  body: readonly NestInstruction[],
  still: (affine: Affine) => boolean,
): readonly boolean[] => {
  const fixed: boolean[] = []
  const isFixed = (instruction: NestInstruction): boolean => {
    switch (instruction.kind) {
      case 'load':
        return still(instruction.access)
      case 'ramp':
        return still(instruction.index)
      case 'apply':
        return instruction.operands.every(operand => fixed[operand])
      case 'literal':
        return true
      case 'accumulated':
        return false
    }
  }
  for (const instruction of body) fixed.push(isFixed(instruction))
  return fixed
}
