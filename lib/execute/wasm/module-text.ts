// The module of a program: its kernels' functions, and one function a stage that runs a thread's share of it. Threads meet at a
// barrier after each stage. Buffer addresses are constants, so nothing is passed but the thread's number.

import type { Plan } from '../../compile/plan.ts'
import { length, type Program } from '../../compile/program.ts'
import type { KernelFunction } from './function.ts'
import type { Stage, Strand, Work } from './stages.ts'
import { bytes, functionText, get, loopWhile, plus, scaled, set, type Text, whole } from './text.ts'

/** Byte addresses: how many threads have arrived, the barrier's turn, then scratch for each thread, then the buffers. */
export interface Memory {
  readonly scratchAt: number
  readonly scratchSize: number
  readonly buffersAt: number
  /** Bytes in all, with room for vectors that read beyond the last element. */
  readonly size: number
}

const arrivedAt = 0
const turnAt = 64
const controlSize = 128
const cacheLine = 64
const slack = 4096

/** Turns of a waiting thread's loop before it goes to sleep: about a tenth of a millisecond, for to be woken takes half of that. */
const patience = 65536

/** Bytes that a strand should touch before it goes on to its next block: part of a second-level cache. */
const blockBytes = 512 * 1024

const upTo = (size: number, unit: number): number => Math.ceil(size / unit) * unit

/** Where everything lies in memory. */
export const layOutMemory = (plan: Plan, functions: readonly KernelFunction[], threads: number): Memory => {
  const scratchSize = upTo(Math.max(cacheLine, ...functions.map(({ scratch }) => scratch)), cacheLine)
  const buffersAt = controlSize + scratchSize * threads
  return { scratchAt: controlSize, scratchSize, buffersAt, size: buffersAt + plan.size * bytes + slack }
}

/** The byte address of a buffer. */
export const addressOf = (plan: Plan, memory: Memory, buffer: number): number =>
  memory.buffersAt + plan.offsets[buffer] * bytes

const atomic = (operation: string, ...operands: readonly Text[]): Text => `(${operation} ${operands.join(' ')})`

/** All threads wait for the last one; who waits long goes to sleep. */
const barrier = (): Text =>
  functionText(
    'barrier',
    ['threads'],
    new Map([
      ['turn', 'i32'],
      ['spins', 'i32'],
    ]),
    [
      `(if (i32.le_s ${get('threads')} ${whole(1)}) (then return))`,
      set('turn', atomic('i32.atomic.load', whole(turnAt))),
      `(if (i32.eq ${atomic('i32.atomic.rmw.add', whole(arrivedAt), whole(1))} (i32.sub ${get('threads')} ${whole(1)})) (then`,
      atomic('i32.atomic.store', whole(arrivedAt), whole(0)),
      `(drop ${atomic('i32.atomic.rmw.add', whole(turnAt), whole(1))})`,
      `(drop ${atomic('memory.atomic.notify', whole(turnAt), get('threads'))})`,
      'return))',
      set('spins', whole(0)),
      '(loop $wait',
      `(if (i32.ne ${atomic('i32.atomic.load', whole(turnAt))} ${get('turn')}) (then return))`,
      set('spins', plus(get('spins'), whole(1))),
      `(if (i32.gt_u ${get('spins')} ${whole(patience)}) (then`,
      `(drop ${atomic('memory.atomic.wait32', whole(turnAt), get('turn'), '(i64.const -1)')})))`,
      '(br $wait)',
      ')',
    ],
  )

/** floor(units * part / threads) */
const share = (units: number, part: Text): Text => `(i32.div_u ${scaled(part, units)} ${get('threads')})`

const strandBytes = ({ works, units }: Strand, program: Program): number =>
  works.reduce((total, { step }) => {
    const { inputs, output } = program.steps[step]
    const large = [output, ...inputs].map(buffer => length(program.buffers[buffer]) * bytes)
    return total + large.reduce((sum, size) => sum + size, 0) / units
  }, 0)

const callsOf = (
  program: Program,
  plan: Plan,
  memory: Memory,
  { step, functions }: Work,
  from: Text,
  to: Text,
  units: number,
): readonly Text[] => {
  const { inputs, output } = program.steps[step]
  const addresses = [...inputs, output].map(buffer => whole(addressOf(plan, memory, buffer)))
  return functions.map(({ name, units: own }) => {
    const range =
      own % units === 0
        ? [scaled(from, own / units), scaled(to, own / units)]
        : [share(own, get('thread')), share(own, plus(get('thread'), whole(1)))]
    return `(call $${name} ${addresses.join(' ')} ${get('scratch')} ${range.join(' ')})`
  })
}

const strandLines = (program: Program, plan: Plan, memory: Memory, strand: Strand): readonly Text[] => {
  const { works, units } = strand
  const calls = (from: Text, to: Text): readonly Text[] =>
    works.flatMap(work => callsOf(program, plan, memory, work, from, to, units))
  const shares = [set('from', share(units, get('thread'))), set('to', share(units, plus(get('thread'), whole(1))))]
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

const stageText = (program: Program, plan: Plan, memory: Memory, stage: Stage, at: number): Text => {
  const locals = new Map(['scratch', 'from', 'to', 'end'].map((name): [string, string] => [name, 'i32']))
  return functionText(`stage${at}`, ['thread', 'threads'], locals, [
    set('scratch', plus(whole(memory.scratchAt), scaled(get('thread'), memory.scratchSize))),
    ...stage.flatMap(strand => strandLines(program, plan, memory, strand)),
    `(call $barrier ${get('threads')})`,
  ])
}

/** State that could not be updated in place goes back to where it is read; the first thread copies. */
const copies = (program: Program, plan: Plan, memory: Memory): Text =>
  functionText('copies', ['thread', 'threads'], new Map(), [
    `(if (i32.eqz ${get('thread')}) (then`,
    ...plan.copies.map(({ from, to }) => {
      const [source, target] = [from, to].map(buffer => whole(addressOf(plan, memory, buffer)))
      return `(memory.copy ${target} ${source} ${whole(length(program.buffers[from]) * bytes)})`
    }),
    '))',
    `(call $barrier ${get('threads')})`,
  ])

/** The module's text: it imports its memory, and exports each stage, the copies, and `run`, which does all of them. */
export const moduleText = (
  program: Program,
  plan: Plan,
  memory: Memory,
  functions: readonly KernelFunction[],
  stages: readonly Stage[],
  pages: number,
  shared: boolean,
): Text => {
  const names = [...stages.map((_, at) => `stage${at}`), 'copies']
  const run = functionText(
    'run',
    ['thread', 'threads'],
    new Map(),
    names.map(name => `(call $${name} ${get('thread')} ${get('threads')})`),
  )
  return [
    '(module',
    `(import "env" "memory" (memory ${pages} ${pages}${shared ? ' shared' : ''}))`,
    ...functions.map(({ text }) => text),
    ...(shared ? [barrier()] : ['(func $barrier (param $threads i32))']),
    ...stages.map((stage, at) => stageText(program, plan, memory, stage, at)),
    copies(program, plan, memory),
    run,
    ...[...names, 'run'].map(name => `(export "${name}" (func $${name}))`),
    ')',
  ].join('\n')
}
