// The wasm executor: a program becomes a WebAssembly SIMD module, which threads run over one shared memory that the
// memory plan lays out. State stays in that memory between runs; inputs are copied in and outputs copied out.
// `assemble.ts` lists the passes from a program to its module.

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type CompileOptions, compile, usualCompile } from '../../compile/compile.ts'
import { bufferLength, type Program } from '../../compile/program.ts'
import { type Backend, executorOf } from '../../execute/backend.ts'
import { attempting, type RunError } from '../../execute/errors.ts'
import type { Executor, Resident, Values } from '../../execute/executor.ts'
import { type Assembled, type Assembly, assemble } from './assemble.ts'
import { bytesPerFloat } from './code/value.ts'
import { type Engine, openEngine } from './engine.ts'
import { type Memories, openMemories } from './memories.ts'
import { addressOf } from './memory-map.ts'
import { openPool, type Pool } from './pool.ts'
import { profileOf } from './profile.ts'
import { type Runner, runHere, runOnPool } from './runner.ts'
import { canShare, machineThreads } from './workers.ts'

/** Options of the wasm executor. */
export interface WasmOptions {
  /** Worker threads; 'here' runs on the calling thread. As many as the machine has, if not given. */
  readonly threads?: number | 'here'
  /** False to multiply and add apart even where one instruction does both. */
  readonly fused?: boolean
  /** Whether to time every step; steps then run one by one. */
  readonly profile?: boolean
  readonly compile?: CompileOptions
}

/**
 * How programs are compiled for it: more inputs than gpu.js can bind, for there is no such limit, but registers are
 * few.
 */
export const wasmCompile: CompileOptions = { ...usualCompile, limits: { inputs: 12, nodes: 192 } }

const failed = (reason: string): RunError => ({ kind: 'failed', executor: 'wasm', reason })

/** The part of the memory that a buffer of the program is. */
type BufferView = (buffer: number) => Float32Array

/** Buffers as parts of the memory. */
const viewsOf = ({ program, plan, memory }: Assembled, { buffer: block }: WebAssembly.Memory): BufferView => {
  const numbers = new Float32Array(block)
  return buffer => {
    const start = addressOf(plan, memory, buffer) / bytesPerFloat
    return numbers.subarray(start, start + bufferLength(program.buffers[buffer]))
  }
}

/** Names with copies of what lies in their buffers; names without one are left out. */
const copiesOf = (
  names: readonly string[],
  bufferOf: (name: string) => number | undefined,
  view: BufferView,
): Values => {
  const found = new Map<string, Float32Array>()
  for (const name of names) {
    const buffer = bufferOf(name)
    if (buffer !== undefined) found.set(name, view(buffer).slice())
  }
  return found
}

/** A program in its memory. */
const residentOf = (assembled: Assembled, run: Runner['run'], view: BufferView): Resident => {
  const { program, stages, apart } = assembled
  for (const { buffer, values } of program.constants) view(buffer).set(values)
  const put = (values: Values): void => {
    for (const [name, value] of values) if (program.inputs[name] !== undefined) view(program.inputs[name]).set(value)
  }
  const reported = Object.keys(program.outputs).filter(name => !program.carried.includes(name))
  const times = stages.map(() => 0)
  return {
    holds: name => program.inputs[name] !== undefined,
    write: values => TE.fromIO(() => put(values)),
    run: values =>
      pipe(
        TE.fromIO(() => put(values)),
        TE.chain(() => attempting(failed)(() => run(apart ? stages : ['run']))),
        TE.map(taken => {
          if (apart) for (const stage of times.keys()) times[stage] += taken[stage]
          return copiesOf(reported, name => program.outputs[name], view)
        }),
      ),
    read: names => TE.fromIO(() => copiesOf(names, name => program.inputs[name] ?? program.outputs[name], view)),
    ...(apart ? { profile: () => profileOf(program, assembled.plan, assembled.functions, times) } : {}),
  }
}

const forgotten = new FinalizationRegistry<() => void>(forget => forget())

/** The engine, the threads and the memories that programs are loaded on. */
interface Host {
  readonly engine: Engine
  readonly pool: Pool | undefined
  readonly memories: Memories
}

/**
 * Loads a program. Its memory, and its place in the pool, are given back when the view of its buffers is collected as
 * garbage: after that nothing can run the program, write to it or read from it.
 */
const loadProgram = ({ engine, pool, memories }: Host, assembly: Assembly, program: Program): Resident => {
  const assembled = assemble(engine, assembly, program)
  const memory = memories.take(assembled.pages)
  const { run, forget } = pool === undefined ? runHere(assembled, memory) : runOnPool(pool, assembled, memory)
  const view = viewsOf(assembled, memory)
  forgotten.register(view, () => {
    forget()
    memories.give(memory)
  })
  return residentOf(assembled, run, view)
}

const isCount = (threads: number): boolean => Number.isInteger(threads) && threads >= 1

/** The pool that the options ask for, if threads can share memory here; else the calling thread runs alone. */
const openPoolFor = ({ threads }: WasmOptions): TE.TaskEither<RunError, Pool | undefined> => {
  if (typeof threads === 'number' && !isCount(threads))
    return TE.left(failed(`threads are a whole number of at least 1, or 'here', came ${threads}`))
  if (threads === 'here' || !canShare()) return TE.right(undefined)
  return attempting(reason => failed(`its workers did not start: ${reason}`))(async () =>
    openPool(threads ?? (await machineThreads())),
  )
}

const backendOf = (engine: Engine, pool: Pool | undefined, options: WasmOptions): Backend => {
  const fused = engine.fused && options.fused !== false
  const assembly = { threads: pool?.threads, fused, apart: options.profile === true }
  const memories = openMemories(pool !== undefined)
  const products = fused ? 'fused multiply-add' : 'no fused multiply-add'
  const threads =
    pool === undefined ? 'on the calling thread' : `${pool.threads} ${pool.threads === 1 ? 'thread' : 'threads'}`
  const load = (program: Program): TE.TaskEither<RunError, Resident> =>
    attempting(failed)(async () => loadProgram({ engine, pool, memories }, assembly, program))
  return {
    name: 'wasm',
    precision: 'float32',
    arithmetic: `wasm with ${products}`,
    description: `WebAssembly SIMD, ${threads}, ${products}`,
    prepare: graph => pipe(compile(options.compile ?? wasmCompile)(graph), E.map(load)),
    close: async () => {
      memories.close()
      await pool?.close()
    },
  }
}

/** The backend of wasm, or why it does not work here. */
export const wasmBackend = (options: WasmOptions = {}): TE.TaskEither<RunError, Backend> =>
  pipe(
    openEngine,
    TE.bindTo('engine'),
    TE.bind('pool', () => openPoolFor(options)),
    TE.map(({ engine, pool }) => backendOf(engine, pool, options)),
  )

/** The wasm executor, or why it does not work here. */
export const wasm = (options: WasmOptions = {}): TE.TaskEither<RunError, Executor> =>
  pipe(wasmBackend(options), TE.map(executorOf))
