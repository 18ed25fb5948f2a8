// Stages: steps between which threads need not meet. A stage is cut into parts of each step's units; where a step reads only
// rows that the same part has just written, it follows in the same strand and the two run block by block, while the rows are in
// the cache. Steps that do not depend on each other may share a stage too. Numbers never depend on any of this.

import { length, type Program, type Step } from '../../compile/program.ts'
import type { Affine } from './nest/nest.ts'
import type { KernelFunction } from './print/function.ts'

/** A step in a strand, with its functions. */
export interface Work {
  readonly step: number
  readonly functions: readonly KernelFunction[]
}

/** Steps that run one after the other over the same units. */
export interface Strand {
  readonly works: readonly Work[]
  /** How many units the parts share; each function's own units are a multiple. */
  readonly units: number
}

/** Strands between two meetings of all threads. */
export type Stage = readonly Strand[]

/** Fewer units than this in a strand would leave threads idle. */
const enoughUnits = 8

const divisor = (left: number, right: number): number => (right === 0 ? left : divisor(right, left % right))

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
  const size = (buffer: number): number => length(program.buffers[buffer])
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

/** A strand while it grows. */
interface Growing {
  readonly works: Work[]
  units: number
}

/** The stages of a program whose kernels are these functions. */
export const stagesOf = (program: Program, functions: readonly (readonly KernelFunction[])[]): readonly Stage[] => {
  const stages: Growing[][] = []
  let current: Growing[] = []
  let written = new Map<number, { readonly strand: Growing; readonly ordered: boolean }>()
  const begin = (): void => {
    if (current.length > 0) stages.push(current)
    current = []
    written = new Map()
  }
  program.steps.forEach((step, at) => {
    const own = functions[step.kernel]
    const alignment = alignmentOf(program, step, own)
    const work: Work = { step: at, functions: own }
    const fresh = [...new Set(step.inputs)].filter(buffer => written.has(buffer))
    const producers = fresh.map(buffer => written.get(buffer)!)
    const inOrder = fresh.every(buffer =>
      step.inputs.every((read, position) => read !== buffer || alignment.input(position)),
    )
    const strands = [...new Set(producers.map(({ strand }) => strand))]
    const shared = strands.reduce((units, strand) => divisor(units, strand.units), alignment.units)
    const follows = producers.every(({ ordered }) => ordered) && inOrder && shared >= enoughUnits
    if (fresh.length > 0 && !follows) begin()
    if (fresh.length > 0 && follows) {
      for (const strand of strands) strand.units = shared
      const last = strands.reduce((later, strand) =>
        current.indexOf(strand) > current.indexOf(later) ? strand : later,
      )
      last.works.push(work)
      written.set(step.output, { strand: last, ordered: alignment.output })
      return
    }
    const units = alignment.units > 0 ? alignment.units : Math.max(...own.map(({ units }) => units))
    const strand: Growing = { works: [work], units }
    current.push(strand)
    written.set(step.output, { strand, ordered: alignment.output })
  })
  begin()
  return stages
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
