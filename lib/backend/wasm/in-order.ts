// Whether a step goes through its buffers in order, unit after unit, where each unit stays within its own equal part of
// the buffer. If one step writes a buffer in order and another reads it in order, the second can follow the first unit
// by unit, and no thread waits for another.
//
//   out[i, j] = x[i, j] + 1 by rows i: both in order.    out[i, j] = x[j, i]: written in order, x not read in order.

import { bufferLength, type Program, type Step } from '../../compile/program.ts'
import type { Affine } from '../../loops/nest.ts'
import type { KernelFunction } from './frame/kernel-function.ts'

/** How a step goes through its buffers. */
export interface Passage {
  /** The units that it goes by; 0 if nothing is known, and then nothing is in order. */
  readonly units: number
  /** Whether it writes its output in order. */
  readonly writes: boolean
  /** Whether all that it reads of an input, given by its position, is read in order. */
  readonly reads: (input: number) => boolean
}

const unknown: Passage = { units: 0, writes: false, reads: () => false }

/** Whether the turns of `unitLoop` cover a buffer of `size` elements in order, each within its own part of it. */
const coversInOrder = (affine: Affine, loops: readonly number[], unitLoop: number, size: number): boolean => {
  const stride = affine.strides[unitLoop]
  if (affine.offset < 0 || affine.strides.some(own => own < 0)) return false
  if (stride === 0 || stride * loops[unitLoop] !== size) return false
  const furthest = affine.strides.reduce(
    (total, own, loop) => (loop === unitLoop ? total : total + own * (loops[loop] - 1)),
    affine.offset,
  )
  return furthest < stride
}

/** How a step whose kernel has these functions goes through its buffers. */
export const passageOf = (program: Program, step: Step, functions: readonly KernelFunction[]): Passage => {
  const [{ nest, units, unitLoop, unitSize }] = functions
  if (functions.length > 1 || nest === undefined || nest.outer.length === 0) return unknown
  if (nest.outer[unitLoop] % unitSize !== 0) return unknown
  const covers = (affine: Affine, loops: readonly number[], buffer: number): boolean =>
    coversInOrder(affine, loops, unitLoop, bufferLength(program.buffers[buffer]))
  const parts = nest.reduction?.parts ?? []
  const bodies = [
    { loops: nest.outer, body: nest.body },
    ...parts.map(part => ({ loops: [...nest.outer, ...part.loops], body: part.body })),
  ]
  return {
    units,
    writes: covers(nest.output, nest.outer, step.output),
    reads: input =>
      bodies.every(({ loops, body }) =>
        body.every(
          instruction =>
            instruction.kind !== 'load' ||
            instruction.access.input !== input ||
            covers(instruction.access, loops, step.inputs[input]),
        ),
      ),
  }
}
