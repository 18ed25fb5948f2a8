// Programs as the code that is generated from them, for a person: gpu.js source and WebAssembly text.

import type { Program } from '../compile/program.ts'
import { sourceOf } from './gpujs/source.ts'
import { functionsOf } from './wasm/print/template-choice.ts'

const numbered = (program: Program, text: (kernel: Program['kernels'][number], at: number) => string): string =>
  program.kernels.map((kernel, at) => `kernel ${at}\n${text(kernel, at)}`).join('\n\n')

/** Each kernel as the source that gpu.js is given. */
export const showGpuSource = (program: Program): string => numbered(program, kernel => sourceOf(kernel).text)

/** Each kernel as the functions of its WebAssembly module, in text format. */
export const showWasmText = (program: Program): string =>
  numbered(program, (kernel, at) =>
    functionsOf(`kernel${at}`, kernel, { fused: false })
      .map(written => written.function.text)
      .join('\n'),
  )
