// The meaning of a program: from a program and its inputs to its outputs, by interpreting its kernels one step after
// the other, with an array for every buffer and no memory plan. It is slow, and serves as what faster ways of running a
// program are compared with.

import { runKernel } from '../loops/interpret.ts'
import { bufferLength, type Program } from './program.ts'

/** The outputs of a program, in the memory order of their buffers. */
export const interpret = (
  program: Program,
  inputs: ReadonlyMap<string, ArrayLike<number>>,
): Readonly<Record<string, ArrayLike<number>>> => {
  const memory: ArrayLike<number>[] = program.buffers.map(buffer => new Float64Array(bufferLength(buffer)))
  for (const { buffer, values } of program.constants) memory[buffer] = values
  for (const name in program.inputs) memory[program.inputs[name]] = inputs.get(name)!
  const kernels = program.kernels.map(runKernel)
  for (const { kernel, inputs: reads, output } of program.steps)
    kernels[kernel](
      reads.map(buffer => memory[buffer]),
      memory[output] as Float64Array,
    )
  return Object.fromEntries(Object.entries(program.outputs).map(([name, buffer]) => [name, memory[buffer]]))
}
