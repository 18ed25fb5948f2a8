// Where the time goes: the steps of a program with how long they took, gathered by kernel.

import { length, type Program } from '../../compile/program.ts'
import type { KernelTime } from '../kernel-time.ts'
import type { KernelFunction } from './print/function.ts'

const product = (sizes: readonly number[]): number => sizes.reduce((total, size) => total * size, 1)

/** The kernels of a program with their share of the time of its steps, the longest first. */
export const profileOf = (
  program: Program,
  functions: readonly (readonly KernelFunction[])[],
  times: readonly number[],
): readonly KernelTime[] => {
  const found = new Map<number, KernelTime>()
  program.steps.forEach(({ kernel, inputs, output }, step) => {
    const { loops, reduction } = program.kernels[kernel]
    const { kind } = functions[kernel][0]
    const before = found.get(kernel)
    const touched = [output, ...inputs].reduce((total, buffer) => total + 4 * length(program.buffers[buffer]), 0)
    const operations = kind === 'contraction' ? 2 * product(loops) * product(reduction?.loops ?? []) : 0
    found.set(kernel, {
      kernel,
      kind,
      sizes: [loops, ...(reduction === undefined ? [] : [reduction.loops])].map(sizes => sizes.join(' x ')).join(' / '),
      steps: (before?.steps ?? 0) + 1,
      milliseconds: (before?.milliseconds ?? 0) + times[step],
      operations: (before?.operations ?? 0) + operations,
      bytes: (before?.bytes ?? 0) + touched,
    })
  })
  return [...found.values()].sort((left, right) => right.milliseconds - left.milliseconds)
}
