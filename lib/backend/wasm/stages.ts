// How a program's steps are cut up for threads. Numbers never depend on it. The words, here and in the code of each
// stage:
//
//   stage    steps between two meetings of all threads
//   strand   steps of a stage, each of which reads what those before it have just written;
//            strands do not read each other
//   chunk    one of so many equal shares of a stage, of all its strands; a thread takes one chunk after another
//   unit     what a share is counted in: a turn of one loop of a kernel, or some turns
//            (a tile's rows, a panel's columns)
//   block    units that every step of a strand does before the next ones, so that they stay in the cache meanwhile
//
// A stage of two strands, on two threads with two chunks each; letters are the order in which chunk 0 is done:
//
//                       | thread 0              | thread 1              |
//                       | chunk 0   | chunk 1   | chunk 2   | chunk 3   |
//     strand   units    |0 1 2 3 4 5|6 7 8 ...  |           |           |
//              step 0   |a a d d g g|           |           |           |
//              step 1   |b b e e h h|           |           |           |   blocks of two units
//              step 3   |c c f f i i|           |           |           |
//     strand   step 2   |j j j j j j|           |           |           |   a single step needs no blocks
//                                                                       meet

import type { Program, Step } from '../../compile/program.ts'
import { commonDivisor } from '../../numeric/whole-numbers.ts'
import type { KernelFunction } from './frame/kernel-function.ts'
import { type Passage, passageOf } from './in-order.ts'

/** A step of a strand: its number in the program, and the functions of its kernel. */
export interface StrandStep {
  readonly step: number
  readonly functions: readonly KernelFunction[]
}

/** Steps that run one after the other over the same units. */
export interface Strand {
  readonly steps: readonly StrandStep[]
  /** How many units the chunks share. The number of units of each step's functions is a multiple of it. */
  readonly units: number
}

/** Strands between two meetings of all threads. */
export type Stage = readonly Strand[]

/** A strand of fewer units would leave threads idle. */
const enoughUnits = 8

/** The units of a step that does not follow others. */
const unitsOf = (functions: readonly KernelFunction[]): number => Math.max(...functions.map(({ units }) => units))

/** A strand while it grows, with the buffers that it writes, and of each whether in order. */
interface Growing extends Strand {
  readonly written: ReadonlyMap<number, boolean>
}

/** The strand of one step. */
const alone = ({ output }: Step, step: StrandStep, { units, writes }: Passage): Growing => ({
  steps: [step],
  units: units > 0 ? units : unitsOf(step.functions),
  written: new Map([[output, writes]]),
})

/** The strands that a step reads, and the strand of that step, as one. */
const joined = (strands: readonly Growing[], own: Growing, units: number): Growing => ({
  steps: [...strands, own].flatMap(({ steps }) => steps).sort((left, right) => left.step - right.step),
  units,
  written: new Map([...strands, own].flatMap(({ written }) => [...written])),
})

/**
 * Units by which a step can follow the strands that it reads, so that each chunk reads only what the same chunk has
 * written: all that it reads of them is written in order and read in order. 0 if it cannot, or in too few units.
 */
const followingUnits = (step: Step, { units, reads }: Passage, strands: readonly Growing[]): number => {
  const inOrder = step.inputs.every((buffer, position) =>
    strands.every(({ written }) => !written.has(buffer) || (written.get(buffer) && reads(position))),
  )
  const common = strands.reduce((found, strand) => commonDivisor(found, strand.units), units)
  return inOrder && units > 0 && common >= enoughUnits ? common : 0
}

/** The stages of a program whose kernels are these functions. */
export const stagesOf = (program: Program, functions: readonly (readonly KernelFunction[])[]): readonly Stage[] => {
  const stages: Stage[] = []
  let current: readonly Growing[] = []
  program.steps.forEach((step, at) => {
    const member: StrandStep = { step: at, functions: functions[step.kernel] }
    const passage = passageOf(program, step, member.functions)
    const own = alone(step, member, passage)
    const read = current.filter(({ written }) => step.inputs.some(buffer => written.has(buffer)))
    const units = read.length === 0 ? own.units : followingUnits(step, passage, read)
    if (units === 0) {
      stages.push(current)
      current = [own]
    } else current = [...current.filter(strand => !read.includes(strand)), joined(read, own, units)]
  })
  return current.length === 0 ? stages : [...stages, current]
}

/** A stage for each step, so that each can be timed. */
export const separateStages = (program: Program, functions: readonly (readonly KernelFunction[])[]): readonly Stage[] =>
  program.steps.map(({ kernel }, step) => [
    { steps: [{ step, functions: functions[kernel] }], units: unitsOf(functions[kernel]) },
  ])

/** The number of the stage of each step: the times at which the memory plan sees it run. */
export const timesOf = (stages: readonly Stage[], steps: number): readonly number[] => {
  const times = new Array<number>(steps).fill(0)
  stages.forEach((stage, time) => {
    for (const { steps: members } of stage) for (const { step } of members) times[step] = time
  })
  return times
}
