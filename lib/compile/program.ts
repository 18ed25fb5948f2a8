// A program: everything that an executor needs to run a graph, as plain data. A kernel is stored once, however many
// steps run it; a step is one launch of a kernel on numbered buffers. State names an input and the output that replaces
// it in the next run. `compile.ts` makes programs, and `showSchedule` prints their steps:
//
//   0: b2 (row 4, class 3) = kernel 0 (x, w)
//   1: b3 (row 4) = kernel 1 (b2)

import type { Kernel } from '../loops/kernel.ts'
import { product } from '../numeric/whole-numbers.ts'
import type { Order } from './layout.ts'

/** A block of float32 numbers, its axes in memory order. */
export interface Buffer {
  readonly axes: Order
  readonly sizes: readonly number[]
}

/** One launch. Buffers are positions in the program's list. */
export interface Step {
  readonly kernel: number
  readonly inputs: readonly number[]
  readonly output: number
}

/** Kernels, the buffers that they read and write, and the steps that launch them, in order. */
export interface Program {
  readonly kernels: readonly Kernel[]
  readonly buffers: readonly Buffer[]
  readonly steps: readonly Step[]
  /** The buffer of each run-time input that is read. */
  readonly inputs: Readonly<Record<string, number>>
  /** The buffer of each output. */
  readonly outputs: Readonly<Record<string, number>>
  /** Buffers whose contents never change. */
  readonly constants: readonly { readonly buffer: number; readonly values: ArrayLike<number> }[]
  /** Names of the state. */
  readonly carried: readonly string[]
}

/** Elements in a buffer. */
export const bufferLength = ({ sizes }: Buffer): number => product(sizes)
