// The inputs of a kernel that its output may be written over: those of which each element is read at no turn but the
// one that writes the output's element in the same place. An input of the reduction is not among them, because the
// reduction reads it at many turns.
//
//   output[i0, i1] = add(input0[i0, i1], input1[i1, i0])        may be written over        input0

import { counter } from './affine.ts'
import { sameIndex } from './indices.ts'
import { type Kernel, type Load, loadsOf } from './kernel.ts'

/** The inputs of a kernel, by position, whose place its output may take. */
export const overwritable = ({ loops, inputs, reduction, body }: Kernel): readonly number[] => {
  const reduced = new Set(loadsOf(reduction?.body ?? []).map(({ input }) => input))
  const loads = loadsOf(body)
  const atOutput = ({ at }: Load) => at.every((index, axis) => sameIndex(index, counter(axis, loops[axis])))
  return inputs.flatMap((sizes, input) => {
    const alike = sizes.length === loops.length && sizes.every((size, axis) => size === loops[axis])
    const own = loads.filter(load => load.input === input)
    return alike && !reduced.has(input) && own.every(atOutput) ? [input] : []
  })
}
