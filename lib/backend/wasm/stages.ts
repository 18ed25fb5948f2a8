// Stages: steps between which threads need not meet. A stage is cut into parts of each step's units; where a step reads only
// rows that the same part has just written, it follows in the same strand and the two run block by block, while the rows are in
// the cache. Steps that do not depend on each other may share a stage too. Numbers never depend on any of this.

import { bufferLength, type Program, type Step } from '../../compile/program.ts'
import type { Affine } from '../../loops/nest.ts'
import { commonDivisor } from '../../numeric/whole-numbers.ts'
import type { KernelFunction } from './print/function.ts'

/** A step in a strand, with its functions. */
export interface Work {
  readonly step: number
  readonly functions: readonly KernelFunction[]
}

/** Steps that run one after the other over the same units. */
export interface Strand {
  readonly works: readonly Work[]
  /**
   * How many units the parts share. In a strand of several works, the units of each work's function are a multiple of them.
   */
  readonly units: number
}

/** Strands between two meetings of all threads. */
export type Stage = readonly Strand[]

/** Fewer units than this in a strand would leave threads idle. */
const enoughUnits = 8

/** Whether unit after unit covers a buffer of `size` elements in order, each staying within its own part. */
const coversInOrder = (affine: Affine, sizes: readonly number[], unitLoop: number, size: number): boolean => {
  const stride = affine.strides[unitLoop]
  if (stride <= 0 || stride * sizes[unitLoop] !== size || affine.offset < 0) return false
  const reach = affine.strides.reduce(
    (total, own, loop) => (loop === unitLoop || total < 0 || own < 0 ? total : total + own * (sizes[loop] - 1)),
    affine.offset,
  )
  return affine.strides.every(own => own >= 0) && reach < stride
}

interface Alignment {
  readonly units: number
  /** Whether the output is written in order, and which inputs are read in order, unit by unit. */
  readonly output: boolean
  readonly input: (input: number) => boolean
}

const unaligned: Alignment = { units: 0, output: false, input: () => false }

const alignmentOf = (program: Program, step: Step, functions: readonly KernelFunction[]): Alignment => {
  const [{ nest, units, unitLoop, unitSize }] = functions
  if (functions.length > 1 || nest === undefined || nest.outer.length === 0) return unaligned
  if (nest.outer[unitLoop] % unitSize !== 0) return unaligned
  const blocks = [
    { loops: nest.outer, body: nest.body },
    ...(nest.reduction?.parts ?? []).map(part => ({ loops: [...nest.outer, ...part.loops], body: part.body })),
  ]
  const size = (buffer: number): number => bufferLength(program.buffers[buffer])
  return {
    units,
    output: coversInOrder(nest.output, nest.outer, unitLoop, size(step.output)),
    input: input =>
      blocks.every(({ loops, body }) =>
        body.every(
          instruction =>
            instruction.kind !== 'load' ||
            instruction.access.input !== input ||
            coversInOrder(instruction.access, loops, unitLoop, size(step.inputs[input])),
        ),
      ),
  }
}

/** A strand while it grows, with the buffers that it writes, and of each whether in order, unit by unit. */
interface Growing {
  readonly works: readonly Work[]
  readonly units: number
  readonly written: ReadonlyMap<number, boolean>
}

/** The strand of one step. */
const alone = (step: Step, work: Work, { units, output }: Alignment): Growing => ({
  works: [work],
  units: units > 0 ? units : Math.max(...work.functions.map(own => own.units)),
  written: new Map([[step.output, output]]),
})

/** Strands that a step reads and the step itself as one strand: its parts must be the same for all of them. */
const joined = (strands: readonly Growing[], own: Growing, units: number): Growing => ({
  works: [...strands.flatMap(({ works }) => works), ...own.works].sort((left, right) => left.step - right.step),
  units,
  written: new Map([...strands, own].flatMap(({ written }) => [...written])),
})

/**
 * The units at which a step can follow, part by part, the strands that write what it reads; 0 if it cannot. All that it reads of
 * them must have been written in order, and be read in order.
 */
const followingUnits = (step: Step, { units, input }: Alignment, strands: readonly Growing[]): number => {
  const inOrder = step.inputs.every((buffer, position) =>
    strands.every(({ written }) => !written.has(buffer) || (written.get(buffer) && input(position))),
  )
  const shared = strands.reduce((common, strand) => commonDivisor(common, strand.units), units)
  return inOrder && units > 0 && shared >= enoughUnits ? shared : 0
}

/** The stages of a program whose kernels are these functions. */
export const stagesOf = (program: Program, functions: readonly (readonly KernelFunction[])[]): readonly Stage[] => {
  const stages: Stage[] = []
  let current: readonly Growing[] = []
  program.steps.forEach((step, at) => {
    const work: Work = { step: at, functions: functions[step.kernel] }
    const alignment = alignmentOf(program, step, work.functions)
    const own = alone(step, work, alignment)
    const read = current.filter(({ written }) => step.inputs.some(buffer => written.has(buffer)))
    const units = read.length === 0 ? own.units : followingUnits(step, alignment, read)
    if (units === 0) {
      stages.push(current)
      current = [own]
    } else current = [...current.filter(strand => !read.includes(strand)), joined(read, own, units)]
  })
  return current.length === 0 ? stages : [...stages, current]
}

/** One stage for each step, as for a profile. */
export const separateStages = (program: Program, functions: readonly (readonly KernelFunction[])[]): readonly Stage[] =>
  program.steps.map(({ kernel }, step) => {
    const own = functions[kernel]
    return [{ works: [{ step, functions: own }], units: Math.max(...own.map(({ units }) => units)) }]
  })

/** The stage of each step, as times for the memory plan. */
export const timesOf = (stages: readonly Stage[], steps: number): readonly number[] => {
  const times = new Array<number>(steps).fill(0)
  stages.forEach((stage, time) => {
    for (const { works } of stage) for (const { step } of works) times[step] = time
  })
  return times
}
