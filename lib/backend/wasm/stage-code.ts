// From a stage to the WebAssembly function that does it (words: `stages.ts`): for each chunk that the thread takes, the
// chunk's share of every strand, as calls of the kernels' functions. The addresses of buffers are constants of the
// code; only the thread's number is passed.
//
//   thread 1 of 2, a strand of one step with 100 units, 4 chunks, chunk 2:
//   kernel0_0(1088, 1488, scratch of thread 1, 50, 75)

import type { MemoryPlan } from '../../compile/memory-plan.ts'
import { bufferLength, type Program } from '../../compile/program.ts'
import { type Bounds, inBlocks, once } from './code/bounds.ts'
import { type Code, call, type Function, functionOf, perform, set } from './code/statement.ts'
import { bytesPerFloat, get, type I32, local, minus, plus, quotient, scaled, whole } from './code/value.ts'
import { addressOf, type MemoryMap } from './memory-map.ts'
import { chunksOf, shared } from './sharing.ts'
import type { Stage, Strand, StrandStep } from './stages.ts'

/** A program with its places in memory. */
export interface Placed {
  readonly program: Program
  readonly plan: MemoryPlan
  readonly memory: MemoryMap
}

/** The arguments of a chunk's code: its number, and the address of the thread's scratch memory. */
interface Chunk {
  readonly chunk: I32
  readonly scratch: I32
}

/** Bytes that the steps of a strand should touch in a block: a part of a second-level cache. */
const blockBytes = 512 * 1024

/** Units before a chunk: floor(units * chunk / chunks), without that product, which may need more than 32 bits. */
const unitsBefore = (chunks: number, units: number, chunk: I32): I32 => {
  const [each, left] = [Math.floor(units / chunks), units % chunks]
  const own = scaled(chunk, each)
  return left === 0 ? own : plus(own, quotient(scaled(chunk, left), chunks))
}

/** A chunk's share of so many units. */
const shareOf = ({ memory }: Placed, units: number, chunk: I32): Bounds => {
  const chunks = chunksOf(memory.sharing)
  return { from: unitsBefore(chunks, units, chunk), to: unitsBefore(chunks, units, plus(chunk, whole(1))) }
}

/** Units of a strand whose rows stay in the cache together. */
const unitsInBlock = ({ steps, units }: Strand, { program }: Placed): number => {
  const bytes = steps.reduce((total, { step }) => {
    const { inputs, output } = program.steps[step]
    const touched = [output, ...inputs].map(buffer => bufferLength(program.buffers[buffer]) * bytesPerFloat)
    return total + touched.reduce((sum, size) => sum + size, 0) / units
  }, 0)
  return Math.max(1, Math.floor(blockBytes / bytes))
}

/**
 * Calls of a step's functions for some of the strand's units; a function that has others does the chunk's share of its
 * own.
 */
const callsOf = (placed: Placed, { step, functions }: StrandStep, { chunk, scratch }: Chunk, units: number) => {
  const { program, plan, memory } = placed
  const { inputs, output } = program.steps[step]
  const addresses = [...inputs, output].map(buffer => whole(addressOf(plan, memory, buffer)))
  return ({ from, to }: Bounds): Code =>
    functions.map(own => {
      const times = own.units / units
      const bounds = Number.isInteger(times)
        ? { from: scaled(from, times), to: scaled(to, times) }
        : shareOf(placed, own.units, chunk)
      return call(own.function, ...addresses, scratch, bounds.from, bounds.to)
    })
}

const strandCode = (placed: Placed, strand: Strand, chunk: Chunk): Code => {
  const { steps, units } = strand
  const calls = steps.map(step => callsOf(placed, step, chunk, units))
  const run = (bounds: Bounds): Code => calls.flatMap(callsIn => callsIn(bounds))
  const own = shareOf(placed, units, chunk.chunk)
  return steps.length === 1 ? run(own) : inBlocks('block', own, unitsInBlock(strand, placed), run)
}

/** A function in which each thread does its chunks of one stage. */
const sharedFunction = ({ memory }: Placed, name: string, at: number, codeOf: (chunk: Chunk) => Code): Function =>
  functionOf(name, ['thread', 'earlier'], undefined, (thread, earlier) => {
    const scratch = local('i32', 'scratch')
    return [
      set(scratch, plus(whole(memory.scratchAt), scaled(thread, memory.scratchSize))),
      ...shared(memory.sharing, at, { thread, earlier }, chunk => codeOf({ chunk, scratch: get(scratch) })),
    ]
  })

/** Stage `at` of a run. */
export const stageFunction = (placed: Placed, stage: Stage, name: string, at: number): Function =>
  sharedFunction(placed, name, at, chunk => stage.flatMap(strand => strandCode(placed, strand, chunk)))

/** The last stage of a run: state that could not be updated in place goes back to where it is read. */
export const copyFunction = (placed: Placed, name: string, at: number): Function =>
  sharedFunction(placed, name, at, ({ chunk }) =>
    placed.plan.copies.flatMap(({ from, to }) => {
      const place = (buffer: number, first: I32): I32 =>
        plus(whole(addressOf(placed.plan, placed.memory, buffer)), scaled(first, bytesPerFloat))
      return once('copied', shareOf(placed, bufferLength(placed.program.buffers[from]), chunk), bounds => [
        perform(
          'memory.copy',
          place(to, bounds.from),
          place(from, bounds.from),
          scaled(minus(bounds.to, bounds.from), bytesPerFloat),
        ),
      ])
    }),
  )
