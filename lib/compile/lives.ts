// The life of each buffer of a program: from the step that writes it to the last step that reads it. Inputs and
// constants are there before the run, at time -1. They and the outputs are there after the run, at one more than the
// last time.
//
//   0: b2 = kernel 0 (x, w)      1: b3 = kernel 1 (b2)      2: b4 = kernel 2 (b2, b3) -> y
//   x, w from -1 to 3            b2 from 0 to 2             b3 from 1 to 2             b4 from 2 to 3

import type { Program } from './program.ts'

/** Times from which and to which a buffer holds something that is needed: written at `from`, last read at `to`. */
export interface Life {
  readonly from: number
  readonly to: number
}

/** The time of each step: its place in the order, unless steps run side by side and share one. */
export type Times = readonly number[]

/** Every step at a time of its own. */
export const stepTimes = ({ steps }: Program): Times => steps.map((_, at) => at)

/** The time after the last step. */
export const endOf = (times: Times): number => (times.length === 0 ? 0 : times[times.length - 1] + 1)

/** The life of each buffer. */
export const livesOf = ({ buffers, steps, inputs, outputs, constants }: Program, times: Times): readonly Life[] => {
  const end = endOf(times)
  const from = buffers.map(() => -1)
  const to = buffers.map(() => -1)
  steps.forEach((step, at) => {
    from[step.output] = times[at]
    for (const buffer of step.inputs) to[buffer] = times[at]
  })
  const lasting = [...Object.values(inputs), ...Object.values(outputs), ...constants.map(({ buffer }) => buffer)]
  for (const buffer of lasting) to[buffer] = end
  return buffers.map((_, buffer) => ({ from: from[buffer], to: Math.max(to[buffer], from[buffer]) }))
}

/** The step that writes each buffer, or -1, and those that read it. */
export interface Uses {
  readonly writer: readonly number[]
  readonly readers: readonly (readonly number[])[]
}

/** The uses of each buffer. */
export const usesOf = ({ buffers, steps }: Program): Uses => {
  const writer = buffers.map(() => -1)
  const readers: number[][] = buffers.map(() => [])
  steps.forEach((step, at) => {
    writer[step.output] = at
    for (const buffer of new Set(step.inputs)) readers[buffer].push(at)
  })
  return { writer, readers }
}
