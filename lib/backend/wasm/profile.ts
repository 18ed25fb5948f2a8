// The time that each kernel of a program took: times of steps go in, and one row for each kernel comes out, with what
// it computes and moves. State that is copied after the steps has a row of its own.
//
//   contraction   2080 x 768 / 192    12 steps    310.2 ms    7.4e9 operations    94 MB

import type { MemoryPlan } from '../../compile/memory-plan.ts'
import { bufferLength, type Program, type Step } from '../../compile/program.ts'
import type { KernelTime } from '../../execute/kernel-time.ts'
import { product } from '../../numeric/whole-numbers.ts'
import { bytesPerFloat } from './code/value.ts'
import type { KernelFunction } from './frame/kernel-function.ts'

/** Bytes of some buffers, each counted once. */
const bytesOf = ({ buffers }: Program, touched: readonly number[]): number =>
  touched.reduce((total, buffer) => total + bytesPerFloat * bufferLength(buffers[buffer]), 0)

/** One step of a kernel as if it were all. */
const timeOf = (
  program: Program,
  functions: readonly KernelFunction[],
  { kernel, inputs, output }: Step,
  milliseconds: number,
): KernelTime => {
  const { loops, reduction } = program.kernels[kernel]
  const { kind } = functions[0]
  return {
    kind,
    sizes: [loops, ...(reduction === undefined ? [] : [reduction.loops])].map(sizes => sizes.join(' x ')).join(' / '),
    steps: 1,
    milliseconds,
    operations: kind === 'contraction' ? 2 * product(loops) * product(reduction?.loops ?? []) : 0,
    bytes: bytesOf(program, [output, ...inputs]),
  }
}

const together = (one: KernelTime, other: KernelTime): KernelTime => ({
  ...one,
  steps: one.steps + other.steps,
  milliseconds: one.milliseconds + other.milliseconds,
  operations: one.operations + other.operations,
  bytes: one.bytes + other.bytes,
})

const copying = (program: Program, { copies }: MemoryPlan, milliseconds: number): KernelTime => ({
  kind: 'copy',
  sizes: 'of state that cannot be updated in place',
  steps: copies.length,
  milliseconds,
  operations: 0,
  bytes: bytesOf(
    program,
    copies.flatMap(({ from, to }) => [from, to]),
  ),
})

/** The kernels of a program, the longest first, from the times of its steps in order and of its copies. */
export const profileOf = (
  program: Program,
  plan: MemoryPlan,
  functions: readonly (readonly KernelFunction[])[],
  times: readonly number[],
): readonly KernelTime[] => {
  const found = new Map<number, KernelTime>()
  program.steps.forEach((step, at) => {
    const { kernel } = step
    const own = timeOf(program, functions[kernel], step, times[at])
    const before = found.get(kernel)
    found.set(kernel, before === undefined ? own : together(before, own))
  })
  const copies = plan.copies.length === 0 ? [] : [copying(program, plan, times[program.steps.length])]
  return [...found.values(), ...copies].sort((left, right) => right.milliseconds - left.milliseconds)
}
