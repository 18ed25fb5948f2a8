// What a step must keep in memory, and what it takes. The state and the batch must be there; so must the activations
// that the backward pass reads. Here those are the intermediate buffers that a step on the way to the loss writes
// (student, teacher and loss) and a step that is not on that way, but on the way to the next state, reads. Nothing that
// is computed twice counts.

import { compiler } from '../../lib/index.ts'

const float = 4

/** Bytes. */
export interface Account {
  /** All state, once. */
  readonly state: number
  /** What each run is given. */
  readonly batch: number
  /** Activations that the backward pass reads. */
  readonly kept: number
  /** What the memory plan takes with steps one after the other. */
  readonly plan: number
}

const bytesOf = ({ buffers }: compiler.Program, buffer: number): number =>
  float * buffers[buffer].sizes.reduce((total, size) => total * size, 1)

/** The steps that some buffers need. */
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

/** The account of a program whose outputs are state and, named `loss`, a loss; what else it is given is the batch. */
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
