// The border between a program and gpu.js, which has two implementations: `chained.ts` calls kernels one by one, and
// `recorded.ts` records all calls once and repeats them. Both run the same steps with the same kernels. Values are
// handles: uploads, results on a device, or nested arrays.

import type { Program } from '../../compile/program.ts'
import { product } from '../../numeric/whole-numbers.ts'
import { groupsOf } from './axis-groups.ts'
import type { Handle, Library } from './modes.ts'

/** Which backend ran, for the check that nothing fell back; `none` before anything ran. */
export interface Report {
  readonly mode: string
  readonly fallbackReason: string | null
}

/** A program on a device. */
export interface Launched {
  readonly upload: (buffer: number, values: ArrayLike<number>) => Promise<Handle>
  readonly download: (buffer: number, handle: Handle) => Promise<Float32Array>
  readonly release: (handle: Handle) => void
  /** Runs all steps on the handles of inputs and constants; gives the handle of every output buffer. */
  readonly run: (given: ReadonlyMap<number, Handle>) => Promise<ReadonlyMap<number, Handle>>
  readonly report: () => Report
  readonly destroy: () => void
}

/** The dimensions of a buffer as gpu.js wants them: x, then y, then z. */
export const dimensionsOf = ({ buffers }: Program, buffer: number): number[] =>
  groupsOf(buffers[buffer].sizes)
    .map(({ size }) => size)
    .reverse()

/** Values for a kernel to read, with the dimensions of their buffer. */
export const uploadOf = (
  library: Library,
  values: ArrayLike<number>,
  dimensions: readonly number[],
): InstanceType<Library['Input']> => new library.Input(Float32Array.from(values), dimensions)

const copyInto = (flat: Float32Array, values: unknown, from: number): number => {
  if (!ArrayBuffer.isView(values))
    return (values as readonly unknown[]).reduce((at: number, part) => copyInto(flat, part, at), from)
  const row = values as Float32Array
  flat.set(row, from)
  return from + row.length
}

/** gpu.js gives nested arrays; a program has flat ones. */
export const flatArray = ({ buffers }: Program, buffer: number, values: unknown): Float32Array => {
  const flat = new Float32Array(product(buffers[buffer].sizes))
  copyInto(flat, values, 0)
  return flat
}
