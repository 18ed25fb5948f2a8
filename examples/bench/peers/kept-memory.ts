// The memory that a training step cannot do without, beside the memory that its plan takes. The state and the batch
// must be there, and so must the activations that the backward pass reads: those are the intermediate buffers that a
// kernel on the way to the loss writes (of student, teacher and loss) and that a kernel which is not on that way, but
// on the way to the next state, reads. A value that is computed twice instead of being kept does not count.

import { compiler } from '../../../lib/index.ts'

const float = 4

/** Memory of a step, in bytes. */
export interface Account {
  /** All state, once. */
  readonly state: number
  /** The input of each run. */
  readonly batch: number
  /** Activations that the backward pass reads. */
  readonly kept: number
  /** The memory plan's size, with kernels one after the other. */
  readonly plan: number
}

const bytesOf = ({ buffers }: compiler.Program, buffer: number): number =>
  float * buffers[buffer].sizes.reduce((total, size) => total * size, 1)

/** The program's steps that some of its buffers depend on. */
const needed = ({ steps }: compiler.Program, wanted: readonly number[]): ReadonlySet<number> => {
  const buffers = new Set(wanted)
  const found = new Set<number>()
  for (let at = steps.length - 1; at >= 0; at -= 1)
    if (buffers.has(steps[at].output)) {
      found.add(at)
      for (const input of steps[at].inputs) buffers.add(input)
    }
  return found
}

/** The account of a program whose outputs are a state and `loss`; inputs that are not carried on are the batch. */
export const accountOf = (program: compiler.Program, loss: string): Account => {
  const { steps, inputs, outputs, carried } = program
  const sum = (buffers: Iterable<number>): number => {
    let total = 0
    for (const buffer of new Set(buffers)) total += bytesOf(program, buffer)
    return total
  }
  const states = carried.map(name => outputs[name])
  const forward = needed(program, [outputs[loss]])
  const written = new Set([...forward].map(step => steps[step].output))
  const lasting = new Set(Object.values(outputs))
  const backward = [...needed(program, states)].filter(step => !forward.has(step))
  const read = backward.flatMap(step => steps[step].inputs)
  return {
    state: sum(states),
    batch: sum(Object.entries(inputs).flatMap(([name, buffer]) => (carried.includes(name) ? [] : [buffer]))),
    kept: sum(read.filter(buffer => written.has(buffer) && !lasting.has(buffer))),
    plan: float * compiler.planMemory(program).size,
  }
}
