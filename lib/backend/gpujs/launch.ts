// Running a program's steps as gpu.js kernels. Every mode walks the same steps with the same kernels. Where memory is
// on a device, results stay there as handles, and a handle is deleted after its last reader. In the WebAssembly mode
// the walk is recorded once as a gpu.js pipeline: each kernel alone would take one of the 125 memories that a page may
// have.

import { plan } from '../../compile/memory-plan.ts'
import { length, type Program } from '../../compile/program.ts'
import { groupsOf } from './groups.ts'
import type { Device, Handle, Launcher, Library, Mode } from './modes.ts'
import { sourceOf } from './source.ts'

interface Resident {
  readonly toArray: () => unknown
  readonly delete: () => void
}

/** The mode of the backend that a kernel runs on; gpu.js calls all of GL "gpu". */
const modeOf = ({ WebGL2Kernel }: Library, launcher: Launcher | undefined): string => {
  if (launcher === undefined) return 'none'
  const { constructor } = launcher.kernel
  if (constructor.mode !== 'gpu') return constructor.mode
  return constructor === WebGL2Kernel ? 'webgl2' : 'headlessgl'
}

/** Which backend ran, for the check that nothing fell back. */
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

const isResident = (handle: Handle): handle is Resident =>
  typeof handle === 'object' && handle !== null && 'delete' in handle && 'toArray' in handle

const release = (handle: Handle): void => {
  if (isResident(handle)) handle.delete()
}

const copyFlat = (values: unknown, into: Float32Array, from: number): number => {
  if (!ArrayBuffer.isView(values))
    return (values as readonly unknown[]).reduce((at: number, part) => copyFlat(part, into, at), from)
  const flat = values as Float32Array
  into.set(flat, from)
  return from + flat.length
}

/** gpu.js gives nested arrays; a program has flat ones. */
const flatten = (values: unknown, count: number): Float32Array => {
  const flat = new Float32Array(count)
  copyFlat(values, flat, 0)
  return flat
}

const dimensionsOf = (sizes: readonly number[]): number[] =>
  groupsOf(sizes)
    .map(({ size }) => size)
    .reverse()

const copySource = (dimensions: number): string =>
  `function copy(values) { return values${['[this.thread.z]', '[this.thread.y]', '[this.thread.x]'].slice(3 - dimensions).join('')}; }`

/** Kernels called one by one; results stay where they are computed. */
const chained = (gpu: Device, library: Library, program: Program): Launched => {
  const settings = { pipeline: true, immutable: true, precision: 'single' as const }
  const create = (text: string, output: readonly number[]): Launcher =>
    gpu.createKernel(text, { ...settings, output: [...output] })
  const kernels = program.kernels.map(kernel => {
    const { text, output } = sourceOf(kernel)
    return create(text, output)
  })
  const copies = new Map<string, Launcher>()
  const copyKernel = (dimensions: readonly number[]): Launcher => {
    const key = dimensions.join()
    const made = copies.get(key) ?? create(copySource(dimensions.length), dimensions)
    copies.set(key, made)
    return made
  }
  const { lives } = plan(program)
  const ending = program.steps.map(({ inputs }, at) =>
    [...new Set(inputs)].filter(buffer => lives[buffer].from >= 0 && lives[buffer].to === at),
  )
  const ran = (): Launcher | undefined =>
    [...kernels, ...copies.values()].find(launcher => launcher.kernel !== undefined)
  return {
    upload: async (buffer, values) => {
      const dimensions = dimensionsOf(program.buffers[buffer].sizes)
      return copyKernel(dimensions)(new library.Input(Float32Array.from(values), dimensions))
    },
    download: async (buffer, handle) =>
      flatten(isResident(handle) ? await handle.toArray() : handle, length(program.buffers[buffer])),
    release,
    run: async given => {
      const handles = new Map(given)
      for (const [at, { kernel, inputs, output }] of program.steps.entries()) {
        handles.set(output, await kernels[kernel](...inputs.map(buffer => handles.get(buffer))))
        for (const buffer of ending[at]) {
          release(handles.get(buffer))
          handles.delete(buffer)
        }
      }
      return new Map(Object.values(program.outputs).map(buffer => [buffer, handles.get(buffer)]))
    },
    report: () => ({
      mode: modeOf(library, ran()),
      fallbackReason: ran()?.kernel.fallbackReason ?? null,
    }),
    destroy: () => {
      for (const kernel of [...kernels, ...copies.values()]) kernel.destroy()
    },
  }
}

/** The same walk recorded once: one WebAssembly memory, one module for each kernel, no handles. */
const recorded = (gpu: Device, library: Library, program: Program): Launched => {
  const kernels = program.kernels.map(kernel => {
    const { text, output } = sourceOf(kernel)
    return gpu.createKernel(text, { output: [...output] })
  })
  const given = [...Object.values(program.inputs), ...program.constants.map(({ buffer }) => buffer)]
  const outputs = Object.values(program.outputs)
  const computed = outputs.filter(buffer => !given.includes(buffer))
  const walk = (...inputs: readonly Handle[]): readonly Handle[] => {
    const handles = new Map(given.map((buffer, at) => [buffer, inputs[at]]))
    for (const { kernel, inputs: read, output } of program.steps)
      handles.set(output, kernels[kernel](...read.map(buffer => handles.get(buffer))))
    return computed.map(buffer => handles.get(buffer))
  }
  Object.defineProperty(walk, 'length', { value: given.length })
  const pipeline = gpu.createPipeline(walk, { threads: false })
  return {
    upload: async (buffer, values) =>
      new library.Input(Float32Array.from(values), dimensionsOf(program.buffers[buffer].sizes)),
    download: async (buffer, handle) => {
      const upload = handle as { readonly value?: ArrayLike<number> }
      return upload.value !== undefined
        ? Float32Array.from(upload.value)
        : flatten(handle, length(program.buffers[buffer]))
    },
    release,
    run: async handles => {
      const results = computed.length === 0 ? [] : await pipeline(...given.map(buffer => handles.get(buffer)))
      const fresh = computed.map((buffer, at): [number, Handle] => {
        const flat = flatten(results[at], length(program.buffers[buffer]))
        return [buffer, new library.Input(flat, dimensionsOf(program.buffers[buffer].sizes))]
      })
      return new Map([...handles].filter(([buffer]) => outputs.includes(buffer)).concat(fresh))
    },
    report: () => ({
      mode: pipeline.executorKind.startsWith('fused') ? 'webasm' : 'cpu',
      fallbackReason: pipeline.fallbackReason,
    }),
    destroy: () => {
      pipeline.destroy()
      for (const kernel of kernels) kernel.destroy()
    },
  }
}

/** Puts a program on the device of `mode`. */
export const launch = (mode: Mode): ((gpu: Device, library: Library, program: Program) => Launched) =>
  mode === 'webasm' ? recorded : chained
