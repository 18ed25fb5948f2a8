// From a program to a module that can run. The passes:
//
//   functionsOf      a kernel -> its KernelFunctions                      print/template-choice.ts
//   stagesOf         the program, its functions -> Stages                 stages.ts
//   planMemory       the program, the stage of each step -> MemoryPlan          compile/memory-plan.ts
//   mapMemory        the plan, the functions -> MemoryMap                 memory-map.ts
//   programModule    all of these -> Module, as data                      module.ts
//   moduleText       the module -> text                                   code/print.ts
//   moduleOf         the text -> WebAssembly.Module                       module-cache.ts
//
// Memory is planned after the stages are known: buffers may share a place only if no stage needs both.

import { type MemoryPlan, planMemory } from '../../compile/memory-plan.ts'
import type { Program } from '../../compile/program.ts'
import { moduleText } from './code/print.ts'
import { bytesPerFloat } from './code/value.ts'
import type { Engine } from './engine.ts'
import type { KernelFunction } from './frame/kernel-function.ts'
import { mostPages, pageSize, pagesFor } from './memories.ts'
import { type MemoryMap, mapMemory } from './memory-map.ts'
import { namesOf, programModule } from './module.ts'
import { moduleOf } from './module-cache.ts'
import { functionsOf } from './print/template-choice.ts'
import { separateStages, stagesOf, timesOf } from './stages.ts'

/** A program laid out, printed and assembled. */
export interface Assembled {
  readonly program: Program
  readonly plan: MemoryPlan
  readonly memory: MemoryMap
  /** Pages of memory that it needs. */
  readonly pages: number
  readonly module: WebAssembly.Module
  /** The functions of each kernel. */
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

/**
 * Chunks of each stage that a thread takes before it helps others: the more, the less one that lags behind keeps the
 * others.
 */
const chunksEach = 2

const gigabytes = (size: number): string => `${(size / 1e9).toFixed(1)} GB`

/** Why a program does not fit in WebAssembly's memory. */
const tooLarge = ({ size, sharing }: MemoryMap, planned: MemoryPlan): string => {
  const [buffers, all, most] = [planned.size * bytesPerFloat, size, mostPages * pageSize].map(gigabytes)
  const threads = sharing === undefined ? 'one thread' : `${sharing.threads} threads`
  return `the program needs ${all} with ${threads}, ${buffers} of it for its tensors; WebAssembly has ${most}`
}

/** The module of a program with what is needed to run it. */
export const assemble = (engine: Engine, { threads, fused, apart }: Assembly, program: Program): Assembled => {
  const functions = program.kernels.map((kernel, at) => functionsOf(`kernel${at}`, kernel, { fused }))
  const all = functions.flat()
  const stages = (apart ? separateStages : stagesOf)(program, functions)
  const planned = planMemory(program, timesOf(stages, program.steps.length))
  const memory = mapMemory(planned, all, threads === undefined ? undefined : { threads, chunksEach })
  const pages = pagesFor(memory.size)
  if (pages > mostPages) throw new Error(tooLarge(memory, planned))
  const text = moduleText(programModule({ program, plan: planned, memory }, all, stages))
  const module = moduleOf(engine, text)
  return { program, plan: planned, memory, pages, module, functions, stages: namesOf(stages.length), apart }
}
