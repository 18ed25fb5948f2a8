// The module of a program: its kernels' functions, and one function a stage, in which threads share its parts. Buffer addresses
// are constants, so nothing is passed but the thread's number.

import type { MemoryPlan } from '../../compile/memory-plan.ts'
import { bufferLength, type Program } from '../../compile/program.ts'
import { mostPages } from './memories.ts'
import type { KernelFunction } from './print/function.ts'
import { bytes, functionText, get, loopWhile, plus, range, scaled, set, type Text, whole } from './print/text.ts'
import { cacheLine, inParts, partsOf, type Sharing, sharingFunctions, sharingSize } from './sharing.ts'
import type { Stage, Strand, Work } from './stages.ts'

/** Byte addresses: what threads share their work by, then scratch for each thread, then the buffers. */
export interface Memory {
  readonly sharing: Sharing | undefined
  readonly scratchAt: number
  readonly scratchSize: number
  readonly buffersAt: number
  /** Bytes in all, with room for vectors that read beyond the last element. */
  readonly size: number
}

/** Room behind the last buffer. */
const slack = 4096

/** Bytes that a strand should touch before it goes on to its next block: part of a second-level cache. */
const blockBytes = 512 * 1024

const upTo = (size: number, unit: number): number => Math.ceil(size / unit) * unit

/** Where everything lies in memory. */
export const layOutMemory = (
  plan: MemoryPlan,
  functions: readonly KernelFunction[],
  sharing: Sharing | undefined,
): Memory => {
  const scratchSize = upTo(Math.max(cacheLine, ...functions.map(({ scratch }) => scratch)), cacheLine)
  const scratchAt = cacheLine + sharingSize(sharing)
  const buffersAt = scratchAt + scratchSize * (sharing?.threads ?? 1)
  return { sharing, scratchAt, scratchSize, buffersAt, size: buffersAt + plan.size * bytes + slack }
}

/** The byte address of a buffer. */
export const addressOf = (plan: MemoryPlan, memory: Memory, buffer: number): number =>
  memory.buffersAt + plan.offsets[buffer] * bytes

/** The share of a part: floor(units * part / parts), without the product, which may be too large for 32 bits. */
const share = ({ sharing }: Memory, units: number, part: Text): Text => {
  const parts = partsOf(sharing)
  const [each, left] = [Math.floor(units / parts), units % parts]
  const own = scaled(part, each)
  return left === 0 ? own : plus(own, `(i32.div_u ${scaled(part, left)} ${whole(parts)})`)
}

const strandBytes = ({ works, units }: Strand, program: Program): number =>
  works.reduce((total, { step }) => {
    const { inputs, output } = program.steps[step]
    const large = [output, ...inputs].map(buffer => bufferLength(program.buffers[buffer]) * bytes)
    return total + large.reduce((sum, size) => sum + size, 0) / units
  }, 0)

const callsOf = (
  program: Program,
  plan: MemoryPlan,
  memory: Memory,
  { step, functions }: Work,
  from: Text,
  to: Text,
  units: number,
): readonly Text[] => {
  const { inputs, output } = program.steps[step]
  const addresses = [...inputs, output].map(buffer => whole(addressOf(plan, memory, buffer)))
  return functions.map(({ name, units: own }) => {
    const ends =
      own % units === 0
        ? [scaled(from, own / units), scaled(to, own / units)]
        : [share(memory, own, get('part')), share(memory, own, plus(get('part'), whole(1)))]
    return `(call $${name} ${addresses.join(' ')} ${get('scratch')} ${ends.join(' ')})`
  })
}

const strandLines = (program: Program, plan: MemoryPlan, memory: Memory, strand: Strand): readonly Text[] => {
  const { works, units } = strand
  const calls = (from: Text, to: Text): readonly Text[] =>
    works.flatMap(work => callsOf(program, plan, memory, work, from, to, units))
  const shares = [
    set('from', share(memory, units, get('part'))),
    set('to', share(memory, units, plus(get('part'), whole(1)))),
  ]
  if (works.length === 1) return [...shares, ...calls(get('from'), get('to'))]
  const block = Math.max(1, Math.floor(blockBytes / strandBytes(strand, program)))
  return [
    ...shares,
    ...loopWhile('blocks', 'from', get('to'), whole(block), [
      set('end', plus(get('from'), whole(block))),
      `(if (i32.gt_s ${get('end')} ${get('to')}) (then ${set('end', get('to'))}))`,
      ...calls(get('from'), get('end')),
    ]),
  ]
}

const ownLocals = ['scratch', 'from', 'to', 'end', 'part', 'tried']

const stageFunction = (memory: Memory, name: string, at: number, body: readonly Text[]): Text =>
  functionText(name, ['thread', 'first'], new Map(ownLocals.map((local): [string, string] => [local, 'i32'])), [
    set('scratch', plus(whole(memory.scratchAt), scaled(get('thread'), memory.scratchSize))),
    ...inParts(memory.sharing, at, body),
  ])

/** State that could not be updated in place goes back to where it is read. */
const copies = (program: Program, plan: MemoryPlan, memory: Memory): readonly Text[] =>
  plan.copies.flatMap(({ from, to }) => {
    const size = bufferLength(program.buffers[from])
    const [source, target] = [from, to].map(buffer => whole(addressOf(plan, memory, buffer)))
    const start = scaled(get('from'), bytes)
    return [
      set('from', share(memory, size, get('part'))),
      set('to', share(memory, size, plus(get('part'), whole(1)))),
      `(memory.copy ${plus(target, start)} ${plus(source, start)} ${scaled(`(i32.sub ${get('to')} ${get('from')})`, bytes)})`,
    ]
  })

/** The names of the functions that a run consists of, in order. */
export const namesOf = (stages: number): readonly string[] => [...range(stages).map(at => `stage${at}`), 'copies']

/**
 * The module's text: it imports its memory, and exports what a run consists of, and `run`, which does it all. Each takes the
 * thread's number and how many stages there have been in earlier runs.
 */
export const moduleText = (
  program: Program,
  plan: MemoryPlan,
  memory: Memory,
  functions: readonly KernelFunction[],
  stages: readonly Stage[],
  pages: number,
): Text => {
  const names = namesOf(stages.length)
  const bodies = [
    ...stages.map(stage => stage.flatMap(strand => strandLines(program, plan, memory, strand))),
    copies(program, plan, memory),
  ]
  const run = functionText(
    'run',
    ['thread', 'first'],
    new Map(),
    names.map(name => `(call $${name} ${get('thread')} ${get('first')})`),
  )
  return [
    '(module',
    `(import "env" "memory" (memory ${pages} ${mostPages}${memory.sharing === undefined ? '' : ' shared'}))`,
    ...functions.map(({ text }) => text),
    ...sharingFunctions(memory.sharing),
    ...names.map((name, at) => stageFunction(memory, name, at, bodies[at])),
    run,
    ...[...names, 'run'].map(name => `(export "${name}" (func $${name}))`),
    ')',
  ].join('\n')
}
