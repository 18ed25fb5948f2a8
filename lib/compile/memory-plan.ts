// The memory plan: from a program, and the time of each step, to the place of each buffer in one linear memory. Inputs,
// constants and outputs keep their places. Any other buffer has a place from the step that writes it to the last one
// that reads it, and an element-wise kernel may write its output over an input that no later step reads. State is
// updated in place where no later step needs the old value, and copied back after the last step where one does.
// Executors plan memory, not the compiler, because only they know which steps run side by side. Places and sizes count
// float32 elements:
//
//   b2 (row 4, class 3) at 80, steps 0 to 2          written by step 0, last read by step 2
//   b4 (row 4, class 3) at 80, steps 2 to 4          step 2 writes it over b2, element by element

import { overwritable } from '../loops/overwritable.ts'
import { freeFrom, givePlace, takePlace } from './free-space.ts'
import { endOf, type Life, livesOf, stepTimes, type Times, type Uses, usesOf } from './lives.ts'
import { bufferLength, type Program } from './program.ts'

/** The places of all buffers in one linear memory. */
export interface MemoryPlan {
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

/** A program and what its places follow from. */
interface Planning {
  readonly program: Program
  readonly times: Times
  readonly lives: readonly Life[]
  readonly uses: Uses
  /** Elements of each buffer's place. */
  readonly sizes: readonly number[]
}

/**
 * Whether a step may write over one of its inputs: it reads it at the element that it writes, and every other reader
 * is done at an earlier time.
 */
const mayOverwrite = ({ program, times, uses }: Planning, step: number, buffer: number): boolean => {
  const { kernel, inputs } = program.steps[step]
  const fine = overwritable(program.kernels[kernel])
  const own = inputs.every((read, position) => read !== buffer || fine.includes(position))
  return own && uses.readers[buffer].every(reader => reader === step || times[reader] < times[step])
}

/**
 * Gives places to what outlives a run; state that is updated in place has that of its input. Returns where they end.
 */
const placeLasting = ({ program, sizes }: Planning, updated: readonly string[], offsets: number[]): number => {
  const { inputs, outputs, constants } = program
  let end = 0
  const settle = (buffer: number): void => {
    if (offsets[buffer] >= 0) return
    offsets[buffer] = end
    end += sizes[buffer]
  }
  Object.values(inputs).forEach(settle)
  constants.forEach(({ buffer }) => settle(buffer))
  for (const name of updated) offsets[outputs[name]] = offsets[inputs[name]]
  Object.values(outputs).forEach(settle)
  return end
}

/** Whether a buffer lives between two steps of a run. */
const passes = ({ lives, times }: Planning, buffer: number): boolean =>
  lives[buffer].from >= 0 && lives[buffer].to < endOf(times)

/** The passing buffer whose place the output of a step may take over, since the step is its last reader. */
const heirloom = (planning: Planning, step: number, inherited: ReadonlySet<number>): number | undefined => {
  const { program, times, lives, sizes } = planning
  const { inputs, output } = program.steps[step]
  return [...new Set(inputs)].find(
    buffer =>
      passes(planning, buffer) &&
      !inherited.has(buffer) &&
      lives[buffer].to === times[step] &&
      sizes[buffer] === sizes[output] &&
      mayOverwrite(planning, step, buffer),
  )
}

/** The passing buffers whose last reader, or whose writer if nothing reads them, is this step. */
const endingAt = (planning: Planning, step: number): readonly number[] => {
  const { program, times, lives, uses } = planning
  const { inputs, output } = program.steps[step]
  return [...inputs, output].filter(
    buffer =>
      passes(planning, buffer) &&
      lives[buffer].to === times[step] &&
      uses.readers[buffer].every(reader => reader <= step),
  )
}

/** Gives places from `start` on to the buffers between steps, step by step. Returns where they end. */
const placePassing = (planning: Planning, start: number, offsets: number[]): number => {
  const { program, times, sizes } = planning
  let gaps = freeFrom(start)
  let top = start
  const place = (size: number): number => {
    const { offset, left } = takePlace(gaps, size)
    gaps = left
    top = Math.max(top, offset + size)
    return offset
  }
  const inherited = new Set<number>()
  let ended = new Set<number>()
  program.steps.forEach(({ output }, step) => {
    if (step > 0 && times[step] > times[step - 1]) {
      for (const buffer of ended)
        if (!inherited.has(buffer)) gaps = givePlace(gaps, { offset: offsets[buffer], size: sizes[buffer] })
      ended = new Set()
    }
    if (passes(planning, output)) {
      const taken = heirloom(planning, step, inherited)
      if (taken !== undefined) inherited.add(taken)
      offsets[output] = taken === undefined ? place(sizes[output]) : offsets[taken]
    }
    for (const buffer of endingAt(planning, step)) ended.add(buffer)
  })
  return top
}

/**
 * The memory plan of a program. Steps of one time may run side by side: they never share memory but element by
 * element.
 */
export const planMemory = (program: Program, times: Times = stepTimes(program)): MemoryPlan => {
  const { buffers, inputs, outputs, carried } = program
  const lives = livesOf(program, times)
  const sizes = buffers.map(buffer => aligned(bufferLength(buffer)))
  const planning: Planning = { program, times, lives, sizes, uses: usesOf(program) }
  const moving = carried.filter(name => inputs[name] !== undefined && outputs[name] !== inputs[name])
  const updated = moving.filter(name => mayOverwrite(planning, planning.uses.writer[outputs[name]], inputs[name]))
  const offsets = buffers.map(() => -1)
  const persistent = placeLasting(planning, updated, offsets)
  const size = placePassing(planning, persistent, offsets)
  return {
    offsets,
    size,
    persistent,
    copies: moving.filter(name => !updated.includes(name)).map(name => ({ from: outputs[name], to: inputs[name] })),
    lives,
  }
}
