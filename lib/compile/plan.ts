// The memory plan: where each buffer of a program lives in one linear memory, from liveness. Inputs, constants and outputs
// keep their place; an intermediate buffer takes a place from its writer to its last reader, and an element-wise kernel may
// write over an input that nobody reads again. Carried state is updated in place where no later step needs the old value;
// the rest is copied back at the end of the run. Offsets and sizes count float32 elements.

import { counter, sameIndex } from './affine.ts'
import type { Instruction, Kernel, Load } from './kernel.ts'
import { length, type Program } from './program.ts'

/** A buffer's life in steps: written at `from` (-1 before the run), last read at `to` (the step count after the run). */
export interface Life {
  readonly from: number
  readonly to: number
}

export interface Plan {
  /** The place of each buffer. */
  readonly offsets: readonly number[]
  /** Elements in all. */
  readonly size: number
  /** Elements of the buffers that outlive a run: inputs, constants, outputs. */
  readonly persistent: number
  /** State that could not be updated in place: copied after the last step. */
  readonly copies: readonly { readonly from: number; readonly to: number }[]
  readonly lives: readonly Life[]
}

/** Places are multiples of this many elements: a cache line. */
const alignment = 16

const aligned = (size: number): number => Math.ceil(size / alignment) * alignment

const loadsOf = (instructions: readonly Instruction[]): readonly Load[] =>
  instructions.flatMap(instruction =>
    instruction.kind === 'load' ? [instruction] : instruction.kind === 'inside' ? loadsOf(instruction.value) : [],
  )

/** Inputs of a kernel that it reads only at the element that it writes, so that the output may take their place. */
export const overwritable = ({ loops, inputs, reduction, body }: Kernel): readonly number[] => {
  const inner = new Set(loadsOf(reduction?.body ?? []).map(load => load.input))
  const outer = loadsOf(body)
  const atOutput = ({ at }: Load) => at.every((index, axis) => sameIndex(index, counter(axis, loops[axis])))
  return inputs.flatMap((sizes, input) => {
    const alike = sizes.length === loops.length && sizes.every((size, axis) => size === loops[axis])
    const own = outer.filter(load => load.input === input)
    return alike && !inner.has(input) && own.every(atOutput) ? [input] : []
  })
}

const livesOf = ({ buffers, steps, inputs, outputs, constants }: Program): readonly Life[] => {
  const end = steps.length
  const from = buffers.map(() => -1)
  const to = buffers.map(() => -1)
  steps.forEach((step, at) => {
    from[step.output] = at
    for (const buffer of step.inputs) to[buffer] = at
  })
  const lasting = [...Object.values(inputs), ...Object.values(outputs), ...constants.map(({ buffer }) => buffer)]
  for (const buffer of lasting) to[buffer] = end
  return buffers.map((_, buffer) => ({ from: from[buffer], to: Math.max(to[buffer], from[buffer]) }))
}

interface Gap {
  readonly offset: number
  readonly size: number
}

/** Free places, kept disjoint, sorted and joined; the last one has no end. */
const memory = (start: number) => {
  let gaps: readonly Gap[] = [{ offset: start, size: Number.POSITIVE_INFINITY }]
  let top = start
  const take = (size: number): number => {
    const fitting = gaps.filter(gap => gap.size >= size)
    const gap = fitting.reduce((best, other) => (other.size < best.size ? other : best))
    const rest = { offset: gap.offset + size, size: gap.size - size }
    gaps = gaps.flatMap(other => (other === gap ? (rest.size > 0 ? [rest] : []) : [other]))
    top = Math.max(top, gap.offset + size)
    return gap.offset
  }
  const give = (offset: number, size: number): void => {
    const sorted = [...gaps, { offset, size }].sort((left, right) => left.offset - right.offset)
    const joined: Gap[] = []
    for (const gap of sorted) {
      const last = joined[joined.length - 1]
      if (last !== undefined && last.offset + last.size === gap.offset)
        joined[joined.length - 1] = { offset: last.offset, size: last.size + gap.size }
      else joined.push(gap)
    }
    gaps = joined
  }
  return { take, give, top: () => top }
}

/** Whether the new value of carried state may be written where the old one is: nothing reads the old one afterwards. */
const inPlace = (program: Program, lives: readonly Life[], lastRead: readonly number[], name: string): boolean => {
  const input = program.inputs[name]
  const written = lives[program.outputs[name]].from
  if (input === undefined || written < 0 || lastRead[input] > written) return false
  const { kernel, inputs } = program.steps[written]
  const positions = inputs.flatMap((buffer, position) => (buffer === input ? [position] : []))
  const fine = overwritable(program.kernels[kernel])
  return positions.every(position => fine.includes(position))
}

/** The memory plan of a program. */
export const plan = (program: Program): Plan => {
  const { buffers, steps, kernels, inputs, outputs, carried, constants } = program
  const lives = livesOf(program)
  const sizes = buffers.map(buffer => aligned(length(buffer)))
  const offsets = buffers.map(() => -1)
  const lastRead = buffers.map(() => -1)
  steps.forEach((step, at) => {
    for (const buffer of step.inputs) lastRead[buffer] = at
  })

  let persistent = 0
  const settle = (buffer: number): void => {
    if (offsets[buffer] >= 0) return
    offsets[buffer] = persistent
    persistent += sizes[buffer]
  }
  Object.values(inputs).forEach(settle)
  constants.forEach(({ buffer }) => settle(buffer))
  const moving = carried.filter(name => inputs[name] !== undefined && outputs[name] !== inputs[name])
  const updated = moving.filter(name => inPlace(program, lives, lastRead, name))
  for (const name of updated) offsets[outputs[name]] = offsets[inputs[name]]
  Object.values(outputs).forEach(settle)

  const space = memory(persistent)
  const free = (buffer: number): void => space.give(offsets[buffer], sizes[buffer])
  const passing = (buffer: number): boolean => lives[buffer].from >= 0 && lives[buffer].to < steps.length
  steps.forEach(({ kernel, inputs: reads, output }, at) => {
    const ending = [...new Set(reads)].filter(buffer => passing(buffer) && lives[buffer].to === at)
    const reusable = overwritable(kernels[kernel])
    const heir = passing(output)
      ? ending.find(
          buffer =>
            sizes[buffer] === sizes[output] &&
            reads.every((read, position) => read !== buffer || reusable.includes(position)),
        )
      : undefined
    if (heir !== undefined) offsets[output] = offsets[heir]
    else if (passing(output)) offsets[output] = space.take(sizes[output])
    for (const buffer of ending) if (buffer !== heir) free(buffer)
    if (passing(output) && lives[output].to === at) free(output)
  })
  return {
    offsets,
    size: space.top(),
    persistent,
    copies: moving.filter(name => !updated.includes(name)).map(name => ({ from: outputs[name], to: inputs[name] })),
    lives,
  }
}
