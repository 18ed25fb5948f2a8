// A program placed on a WebGPU device: everything that its runs need, made once. A kernel has one pipeline, however
// many steps run it; each step has its buffers bound.

import { bufferLength, type Program } from '../../compile/program.ts'
import { placesOf } from './buffer-places.ts'
import { shaderFor } from './shaders.ts'

/** A step, bound to its buffers. */
export interface Bound {
  readonly pipeline: GPUComputePipeline
  readonly bindings: GPUBindGroup
  readonly groups: readonly [x: number, y: number]
}

/** A program on a device. */
export interface PlacedProgram {
  readonly device: GPUDevice
  readonly program: Program
  readonly bufferOf: (buffer: number) => GPUBuffer
  readonly steps: readonly Bound[]
  readonly destroy: () => void
}

/** What buffers are for: numbers of the WebGPU specification (section 5.1), whose names TypeScript lacks. */
export const usage = { mapRead: 0x1, copySource: 0x4, copyDestination: 0x8, storage: 0x80 } as const

/** Bytes of so many numbers. */
export const bytesOf = (numbers: number): number => 4 * numbers

type Pipeline = Pick<Bound, 'pipeline' | 'groups'>

const pipelinesOf = (device: GPUDevice, { kernels }: Program): Promise<readonly Pipeline[]> =>
  Promise.all(
    kernels.map(async kernel => {
      const { text, groups } = shaderFor(kernel)
      const module = device.createShaderModule({ code: text })
      return { groups, pipeline: await device.createComputePipelineAsync({ layout: 'auto', compute: { module } }) }
    }),
  )

/** Places a program: makes its buffers and pipelines, and puts its constants there. */
export const placeProgram = async (device: GPUDevice, program: Program): Promise<PlacedProgram> => {
  const { placeOf, sizes } = placesOf(program)
  const kind = usage.storage | usage.copySource | usage.copyDestination
  const buffers = sizes.map(numbers => device.createBuffer({ size: bytesOf(numbers), usage: kind }))
  const bufferOf = (buffer: number): GPUBuffer => buffers[placeOf[buffer]]
  const pipelines = await pipelinesOf(device, program)
  const bind = (buffer: number, binding: number): GPUBindGroupEntry => ({
    binding,
    resource: { buffer: bufferOf(buffer), size: bytesOf(bufferLength(program.buffers[buffer])) },
  })
  const steps = program.steps.map(({ kernel, inputs, output }): Bound => {
    const { pipeline, groups } = pipelines[kernel]
    const layout = pipeline.getBindGroupLayout(0)
    return { pipeline, groups, bindings: device.createBindGroup({ layout, entries: [...inputs, output].map(bind) }) }
  })
  for (const { buffer, values } of program.constants)
    device.queue.writeBuffer(bufferOf(buffer), 0, Float32Array.from(values))
  return { device, program, bufferOf, steps, destroy: () => buffers.forEach(buffer => buffer.destroy()) }
}
