// Programs as text for a person: the steps, the kernels and the memory plan.
//
//   1: b3 (row 4) = kernel 1 (b2)                    showSchedule
//   b3 (row 4) at 96, steps 1 to 2                   showPlan

import { showKernel } from '../loops/show-kernel.ts'
import type { MemoryPlan } from './memory-plan.ts'
import type { Buffer, Program } from './program.ts'

const showBuffer = ({ axes, sizes }: Buffer): string =>
  axes.map((axis, at) => `${axis} ${sizes[at]}`).join(', ') || 'scalar'

const namesOf = (program: Program): ReadonlyMap<number, string> =>
  new Map([
    ...program.constants.map(({ buffer }): [number, string] => [buffer, 'constant']),
    ...Object.entries(program.outputs).map(([name, buffer]): [number, string] => [buffer, `-> ${name}`]),
    ...Object.entries(program.inputs).map(([name, buffer]): [number, string] => [buffer, name]),
  ])

/** One line a step: `12: b40 (batch 4, token 17) = kernel 7 (b3, b12)`. */
export const showSchedule = (program: Program): string => {
  const names = namesOf(program)
  const lines = program.steps.map(({ kernel, inputs, output }, at) => {
    const read = inputs.map(buffer => names.get(buffer) ?? `b${buffer}`).join(', ')
    const name = names.has(output) ? ` ${names.get(output)}` : ''
    return `${at}: b${output} (${showBuffer(program.buffers[output])}) = kernel ${kernel} (${read})${name}`
  })
  return lines.join('\n')
}

/** Every kernel, numbered. */
export const showKernels = (program: Program): string =>
  program.kernels.map((kernel, at) => `kernel ${at}\n${showKernel(kernel)}`).join('\n\n')

/** A line for each buffer, its place and its life, and the size of it all. */
export const showPlan = (program: Program, { offsets, lives, size, persistent, copies }: MemoryPlan): string => {
  const lines = program.buffers.map(
    (buffer, at) => `b${at} (${showBuffer(buffer)}) at ${offsets[at]}, steps ${lives[at].from} to ${lives[at].to}`,
  )
  return [...lines, `${size} elements, ${persistent} of them persistent; ${copies.length} copies after each run`].join(
    '\n',
  )
}
