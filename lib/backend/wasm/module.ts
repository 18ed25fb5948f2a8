// From the functions of a program's kernels and its stages to its WebAssembly module: the kernels' functions,
// a function for each stage, and `run`, which calls all stages in turn. A stage is given the thread's number and the
// number of stages in earlier runs.
//
//   (module (import "env" "memory" (memory 12 65536 shared))
//     (func $kernel0_0 ...) ... (func $stage0 ...) ... (func $copies ...) (func $run ...)
//     (export "stage0" (func $stage0)) ... (export "run" (func $run)))

import { printed } from './code/print.ts'
import { call, functionOf, type Module } from './code/statement.ts'
import type { KernelFunction } from './frame/kernel-function.ts'
import { mostPages, pagesFor } from './memories.ts'
import { sharingFunctions } from './sharing.ts'
import { copyFunction, type Placed, stageFunction } from './stage-code.ts'
import type { Stage } from './stages.ts'

const copies = 'copies'

/** The names of the functions that a run consists of, in order: its stages, and the copying of state after them. */
export const namesOf = (stages: number): readonly string[] => [
  ...Array.from({ length: stages }, (_, at) => `stage${at}`),
  copies,
]

/** The module of a program with these functions and stages. */
export const programModule = (
  placed: Placed,
  functions: readonly KernelFunction[],
  stages: readonly Stage[],
): Module => {
  const { sharing, size } = placed.memory
  const names = namesOf(stages.length)
  const parts = [
    ...stages.map((stage, at) => printed(stageFunction(placed, stage, names[at], at))),
    printed(copyFunction(placed, copies, stages.length)),
  ]
  const run = printed(
    functionOf('run', ['thread', 'earlier'], undefined, (thread, earlier) =>
      parts.map(part => call(part, thread, earlier)),
    ),
  )
  return {
    memory: { pages: pagesFor(size), most: mostPages, shared: sharing !== undefined },
    functions: [...functions.map(own => own.function), ...sharingFunctions(sharing).map(printed), ...parts, run],
    exported: [...parts, run],
  }
}
