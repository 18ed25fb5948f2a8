// A program whose steps gpu.js records once as a pipeline and then repeats, in the mode `webasm`. A page may have 125
// WebAssembly memories, and a kernel that is called by itself takes one; a pipeline takes one for all of its kernels.
// Results come back as arrays, so there is nothing to release.

import type { Program } from '../../compile/program.ts'
import { dimensionsOf, flatArray, type Launched, uploadOf } from './launch.ts'
import type { Device, Handle, Launcher, Library, Pipeline } from './modes.ts'
import { sourceOf } from './source.ts'

/** A recorded program: the buffers that its pipeline takes and those that it gives, in order. */
interface Recording {
  readonly kernels: readonly Launcher[]
  readonly pipeline: Pipeline
  readonly given: readonly number[]
  readonly computed: readonly number[]
}

const record = (gpu: Device, program: Program): Recording => {
  const kernels = program.kernels.map(kernel => {
    const { text, output } = sourceOf(kernel)
    return gpu.createKernel(text, { output: [...output] })
  })
  const given = [...Object.values(program.inputs), ...program.constants.map(({ buffer }) => buffer)]
  const computed = Object.values(program.outputs).filter(buffer => !given.includes(buffer))
  const walk = (...inputs: readonly Handle[]): readonly Handle[] => {
    const handles = new Map(given.map((buffer, at) => [buffer, inputs[at]]))
    for (const { kernel, inputs: read, output } of program.steps)
      handles.set(output, kernels[kernel](...read.map(buffer => handles.get(buffer))))
    return computed.map(buffer => handles.get(buffer))
  }
  Object.defineProperty(walk, 'length', { value: given.length })
  return { kernels, pipeline: gpu.createPipeline(walk, { threads: false }), given, computed }
}

/** A program that runs as one recording. */
export const recorded = (gpu: Device, library: Library, program: Program): Launched => {
  const { kernels, pipeline, given, computed } = record(gpu, program)
  const outputs = Object.values(program.outputs)
  const uploaded = (buffer: number, values: ArrayLike<number>): Handle =>
    uploadOf(library, values, dimensionsOf(program, buffer))
  return {
    upload: async (buffer, values) => uploaded(buffer, values),
    download: async (buffer, handle) => {
      const { value } = handle as { readonly value?: ArrayLike<number> }
      return value === undefined ? flatArray(program, buffer, handle) : Float32Array.from(value)
    },
    release: () => undefined,
    run: async handles => {
      const results = computed.length === 0 ? [] : await pipeline(...given.map(buffer => handles.get(buffer)))
      const fresh = computed.map((buffer, at): [number, Handle] => [
        buffer,
        uploaded(buffer, flatArray(program, buffer, results[at])),
      ])
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
