// The wasm executor: programs as WebAssembly SIMD modules, run by threads over one shared memory that the memory plan lays out.
// State stays in that memory between runs; modules are kept by their text, so the same program is assembled once a process.

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type Plan, plan } from '../../compile/plan.ts'
import { compile, type Graph, length, type Options, type Program, usual } from '../../compile/program.ts'
import { type RunError, reasonOf } from '../errors.ts'
import { admit, type Executor, graphInputs, type Loaded, type Values } from '../executor.ts'
import { type Engine, engine } from './engine.ts'
import { functionsOf, type KernelFunction } from './function.ts'
import { addressOf, layOutMemory, type Memory, moduleText, namesOf } from './module-text.ts'
import { canShare, machineThreads, openPool, type Pool } from './pool.ts'
import { type KernelTime, profileOf } from './profile.ts'
import { separateStages, stagesOf, timesOf } from './stages.ts'

/** How to run. */
export interface WasmOptions {
  /** Worker threads; 'here' runs on the calling thread. As many as the machine has, if not given. */
  readonly threads?: number | 'here'
  /** False to multiply and add apart even where one instruction does both. */
  readonly fused?: boolean
  /** Whether to time every step; steps then run one by one. */
  readonly profile?: boolean
  readonly compile?: Options
}

/** How programs are compiled for it: more inputs than gpu.js can bind, for there is no such limit, but registers are few. */
export const wasmCompile: Options = { ...usual, limits: { inputs: 12, nodes: 192 } }

const pageSize = 65536
const float = Float32Array.BYTES_PER_ELEMENT

const failed = (reason: string): RunError => ({ kind: 'failed', executor: 'wasm', reason })

/** A program laid out, printed and assembled. */
interface Assembled {
  readonly program: Program
  readonly plan: Plan
  readonly memory: Memory
  readonly pages: number
  readonly module: WebAssembly.Module
  readonly functions: readonly (readonly KernelFunction[])[]
  readonly stages: number
}

const modules = new Map<string, WebAssembly.Module>()
const modulesKept = 64

const moduleOf = ({ assemble }: Engine, text: string): WebAssembly.Module => {
  const known = modules.get(text)
  if (known !== undefined) return known
  const module = new WebAssembly.Module(assemble(text))
  modules.set(text, module)
  if (modules.size > modulesKept) modules.delete(modules.keys().next().value!)
  return module
}

/** Parts of each stage that a thread would do by itself: the more, the less a thread that lags behind keeps the others. */
const partsEach = 2

const assembleProgram = (
  machine: Engine,
  options: WasmOptions,
  pool: Pool | undefined,
  program: Program,
): Assembled => {
  const fused = machine.fused && options.fused !== false
  const functions = program.kernels.map((kernel, at) => functionsOf(`kernel${at}`, kernel, { fused }))
  const stages = options.profile === true ? separateStages(program, functions) : stagesOf(program, functions)
  const planned = plan(program, timesOf(stages, program.steps.length))
  const memory = layOutMemory(planned, functions.flat(), pool && { threads: pool.threads, partsEach })
  const pages = Math.ceil(memory.size / pageSize)
  const text = moduleText(program, planned, memory, functions.flat(), stages, pages)
  return {
    program,
    plan: planned,
    memory,
    pages,
    module: moduleOf(machine, text),
    functions,
    stages: stages.length,
  }
}

/** Runs exported functions of an instance, here or on the pool; gives the milliseconds of each. */
type Runner = (names: readonly string[]) => Promise<readonly number[]>

const runHere = (module: WebAssembly.Module, memory: WebAssembly.Memory): Runner => {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } })
  return async names =>
    names.map(name => {
      const start = performance.now()
      ;(exports[name] as (thread: number, first: number) => void)(0, 0)
      return performance.now() - start
    })
}

let programs = 0

const runOnPool = (pool: Pool, { module, stages }: Assembled, memory: WebAssembly.Memory): Runner => {
  programs += 1
  const own = programs
  let turn = -1
  pool.load(own, module, memory)
  return names => {
    turn += 1
    return pool.run(own, names, turn * namesOf(stages).length)
  }
}

const resident = (
  graph: Graph,
  assembled: Assembled,
  run: Runner,
  buffer: ArrayBufferLike,
  profile: boolean,
): Loaded => {
  const { program, plan: planned, memory, stages } = assembled
  const numbers = new Float32Array(buffer)
  const inputs = graphInputs(graph)
  const times: number[] = program.steps.map(() => 0)
  const view = (at: number): Float32Array => {
    const start = addressOf(planned, memory, at) / float
    return numbers.subarray(start, start + length(program.buffers[at]))
  }
  for (const { buffer: constant, values } of program.constants) view(constant).set(values)
  const carried = program.carried.filter(name => program.inputs[name] !== undefined)
  const fresh = Object.keys(program.inputs).filter(name => !carried.includes(name))
  const reported = Object.keys(program.outputs).filter(name => !program.carried.includes(name))
  const present = new Set<string>()
  const put = (values: Values, names: readonly string[]): void => {
    for (const name of names) view(program.inputs[name]).set(values.get(name)!)
  }
  const take = (names: readonly string[], place: (name: string) => number): Values =>
    new Map(names.map(name => [name, view(place(name)).slice()]))
  const exported = profile ? namesOf(stages) : ['run']
  return {
    write: values => {
      const known = [...values.keys()].filter(name => program.inputs[name] !== undefined)
      return pipe(
        TE.fromEither(admit(inputs, known, values)),
        TE.map(() => {
          put(values, known)
          for (const name of known) present.add(name)
        }),
      )
    },
    run: values => {
      const absent = carried.find(name => !present.has(name))
      if (absent !== undefined) return TE.left({ kind: 'missing input', name: absent, given: [...present] })
      return pipe(
        TE.fromEither(admit(inputs, fresh, values)),
        TE.map(() => put(values, fresh)),
        TE.chain(() =>
          TE.tryCatch(
            () => run(exported),
            thrown => failed(reasonOf(thrown)),
          ),
        ),
        TE.map(taken => {
          if (profile) for (const step of times.keys()) times[step] += taken[step]
          return take(reported, name => program.outputs[name])
        }),
      )
    },
    read: names =>
      TE.fromIO(() =>
        take(
          names.filter(name => program.outputs[name] !== undefined),
          name => program.inputs[name] ?? program.outputs[name],
        ),
      ),
    ...(profile ? { profile: (): readonly KernelTime[] => profileOf(program, assembled.functions, times) } : {}),
  }
}

const loadGraph =
  (machine: Engine, options: WasmOptions, pool: Pool | undefined) =>
  (graph: Graph): TE.TaskEither<RunError, Loaded> =>
    pipe(
      compile(options.compile ?? wasmCompile)(graph),
      E.mapLeft((errors): RunError => ({ kind: 'ill-sized', errors })),
      E.chain(program =>
        E.tryCatch(
          () => {
            const assembled = assembleProgram(machine, options, pool, program)
            const { pages, module } = assembled
            const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: pool !== undefined })
            const run = pool === undefined ? runHere(module, memory) : runOnPool(pool, assembled, memory)
            return resident(graph, assembled, run, memory.buffer, options.profile === true)
          },
          thrown => failed(reasonOf(thrown)),
        ),
      ),
      TE.fromEither,
    )

const openPoolFor = ({ threads }: WasmOptions): TE.TaskEither<RunError, Pool | undefined> =>
  threads === 'here' || !canShare()
    ? TE.right(undefined)
    : TE.tryCatch(
        async () => openPool(threads ?? (await machineThreads())),
        thrown => failed(`its workers did not start: ${reasonOf(thrown)}`),
      )

/** The wasm executor, or why it does not work here. */
export const wasm = (options: WasmOptions = {}): TE.TaskEither<RunError, Executor> =>
  pipe(
    engine,
    TE.bindTo('machine'),
    TE.bind('pool', () => openPoolFor(options)),
    TE.map(({ machine, pool }): Executor => {
      const own: WasmOptions = pool === undefined ? { ...options, threads: 'here' } : options
      const threads = pool === undefined ? 'on the calling thread' : `${pool.threads} threads`
      const fused = machine.fused && options.fused !== false ? 'fused multiply-add' : 'no fused multiply-add'
      return {
        name: 'wasm',
        precision: 'float32',
        description: `WebAssembly SIMD, ${threads}, ${fused}`,
        load: loadGraph(machine, own, pool),
        close: pool?.close ?? (async () => undefined),
      }
    }),
  )
