// From a program to its module: kernels to functions, steps to stages, buffers to places in memory, all of it to text, and the
// text to a module. The last modules are kept by their text, so that a program is not assembled again soon.

import { type MemoryPlan, planMemory } from '../../compile/memory-plan.ts'
import type { Program } from '../../compile/program.ts'
import type { Engine } from './engine.ts'
import { mostPages, pageSize } from './memories.ts'
import { layOutMemory, type Memory, moduleText, namesOf } from './module.ts'
import { functionsOf, type KernelFunction } from './print/function.ts'
import { bytes } from './print/text.ts'
import { separateStages, stagesOf, timesOf } from './stages.ts'

/** A program laid out, printed and assembled. */
export interface Assembled {
  readonly program: Program
  readonly plan: MemoryPlan
  readonly memory: Memory
  /** Pages of memory that it needs. */
  readonly pages: number
  readonly module: WebAssembly.Module
  readonly functions: readonly (readonly KernelFunction[])[]
  /** The names of the exported functions that a run consists of, in order. */
  readonly stages: readonly string[]
  /** Whether each of them is one step of the program. */
  readonly apart: boolean
}

/** How a program is assembled. */
export interface Assembly {
  /** Threads that share its memory; none if the calling thread runs it. */
  readonly threads: number | undefined
  /** Whether multiply-add is one instruction. */
  readonly fused: boolean
  /** Whether every step is a stage of its own, so that it can be timed. */
  readonly apart: boolean
}

/** The modules that were assembled last, by their text. */
const modules = new Map<string, WebAssembly.Module>()
const modulesKept = 64

const moduleOf = (engine: Engine, text: string): WebAssembly.Module => {
  const known = modules.get(text)
  if (known !== undefined) return known
  const module = new WebAssembly.Module(engine.assemble(text))
  modules.set(text, module)
  if (modules.size > modulesKept) modules.delete(modules.keys().next().value!)
  return module
}

/** Parts of each stage that a thread would do by itself: the more, the less a thread that lags behind keeps the others. */
const partsEach = 2

const gigabytes = (size: number): string => `${(size / 1e9).toFixed(1)} GB`

/** Why a program does not fit in WebAssembly's memory. */
const tooLarge = ({ size, sharing }: Memory, planned: MemoryPlan): string => {
  const [buffers, all, most] = [planned.size * bytes, size, mostPages * pageSize].map(gigabytes)
  const threads = sharing === undefined ? 'one thread' : `${sharing.threads} threads`
  return `the program needs ${all} with ${threads}, ${buffers} of it for its tensors; WebAssembly has ${most}`
}

/** The module of a program with what is needed to run it. */
export const assemble = (engine: Engine, { threads, fused, apart }: Assembly, program: Program): Assembled => {
  const functions = program.kernels.map((kernel, at) => functionsOf(`kernel${at}`, kernel, { fused }))
  const stages = apart ? separateStages(program, functions) : stagesOf(program, functions)
  const planned = planMemory(program, timesOf(stages, program.steps.length))
  const memory = layOutMemory(planned, functions.flat(), threads === undefined ? undefined : { threads, partsEach })
  const pages = Math.ceil(memory.size / pageSize)
  if (pages > mostPages) throw new Error(tooLarge(memory, planned))
  const text = moduleText(program, planned, memory, functions.flat(), stages, pages)
  return {
    program,
    plan: planned,
    memory,
    pages,
    module: moduleOf(engine, text),
    functions,
    stages: namesOf(stages.length),
    apart,
  }
}
