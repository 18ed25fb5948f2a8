// A program on a WebGPU device. Everything is made once: buffers, pipelines, and the binding of buffers to each step. A
// run writes its inputs, and then all steps are one command buffer with one compute pass; at its end new state is copied
// to where it is read, outputs to where the host reads them, and there is one wait for all of them.
//
//   write inputs | pass: step 0, step 1, ... | copy state | copy outputs | submit | map

import { bufferLength, type Program } from '../../compile/program.ts'
import type { Resident, Value, Values } from '../../execute/executor.ts'
import { placesOf } from './places.ts'
import { shaderFor } from './shaders.ts'

const bytesPerNumber = 4

/** What buffers are for, and how they are mapped: numbers of the WebGPU specification, whose names TypeScript lacks. */
const usage = { mapRead: 0x1, copySource: 0x4, copyDestination: 0x8, storage: 0x80 } as const
const mapForReading = 0x1

/** A step, bound to its buffers. */
interface Bound {
  readonly pipeline: GPUComputePipeline
  readonly bindings: GPUBindGroup
  readonly groups: readonly [x: number, y: number]
}

/** Part of a buffer that the host can read, by name. */
interface Reading {
  readonly name: string
  readonly buffer: GPUBuffer
  readonly length: number
  /** Where it begins among everything that is read at once, in bytes. */
  readonly at: number
}

/** A program on a device. */
export interface OnDevice {
  readonly device: GPUDevice
  readonly program: Program
  readonly bufferOf: (buffer: number) => GPUBuffer
  readonly steps: readonly Bound[]
  /** Bytes of all buffers, but for those that the host reads. */
  readonly bytes: number
  readonly destroy: () => void
}

const sizeOf = (numbers: number): number => numbers * bytesPerNumber

const pipelinesOf = async (device: GPUDevice, program: Program) =>
  Promise.all(
    program.kernels.map(async kernel => {
      const { text, groups } = shaderFor(kernel)
      const module = device.createShaderModule({ code: text })
      const pipeline = await device.createComputePipelineAsync({ layout: 'auto', compute: { module } })
      return { pipeline, groups }
    }),
  )

/** Makes everything that runs need. */
export const placeOn = async (device: GPUDevice, program: Program): Promise<OnDevice> => {
  const { placeOf, sizes } = placesOf(program)
  const kind = usage.storage | usage.copySource | usage.copyDestination
  const buffers = sizes.map(numbers => device.createBuffer({ size: sizeOf(numbers), usage: kind }))
  const bufferOf = (buffer: number): GPUBuffer => buffers[placeOf[buffer]]
  const kernels = await pipelinesOf(device, program)
  const steps = program.steps.map(({ kernel, inputs, output }): Bound => {
    const { pipeline, groups } = kernels[kernel]
    const bound = [...inputs, output].map((buffer, binding) => ({
      binding,
      resource: { buffer: bufferOf(buffer), size: sizeOf(bufferLength(program.buffers[buffer])) },
    }))
    const layout = pipeline.getBindGroupLayout(0)
    return { pipeline, groups, bindings: device.createBindGroup({ layout, entries: bound }) }
  })
  for (const { buffer, values } of program.constants)
    device.queue.writeBuffer(bufferOf(buffer), 0, Float32Array.from(values))
  return {
    device,
    program,
    bufferOf,
    steps,
    bytes: sizeOf(sizes.reduce((sum, size) => sum + size, 0)),
    destroy: () => {
      for (const buffer of buffers) buffer.destroy()
    },
  }
}

/** The buffer that holds the state of a name between runs: where it is read, or where it is written if nothing reads it. */
const homeOf = ({ inputs, outputs }: Program, name: string): number => inputs[name] ?? outputs[name]

const put = ({ device, bufferOf }: OnDevice, buffer: number, value: Value): void =>
  device.queue.writeBuffer(bufferOf(buffer), 0, Float32Array.from(value))

/** Where each of some buffers stands among those that are read together. */
const readingsOf = ({ program, bufferOf }: OnDevice, wanted: readonly (readonly [name: string, buffer: number])[]) => {
  let at = 0
  return wanted.map(([name, buffer]): Reading => {
    const length = bufferLength(program.buffers[buffer])
    const reading = { name, buffer: bufferOf(buffer), length, at }
    at += sizeOf(length)
    return reading
  })
}

/** A buffer that the host reads, with the copies that fill it. */
const openReader = (device: GPUDevice, readings: readonly Reading[]) => {
  const last = readings[readings.length - 1]
  if (last === undefined)
    return { fill: () => undefined, read: async (): Promise<Values> => new Map(), close: () => undefined }
  const size = last.at + sizeOf(last.length)
  const staging = device.createBuffer({ size, usage: usage.copyDestination | usage.mapRead })
  return {
    fill: (encoder: GPUCommandEncoder): void => {
      for (const { buffer, length, at } of readings) encoder.copyBufferToBuffer(buffer, 0, staging, at, sizeOf(length))
    },
    read: async (): Promise<Values> => {
      await staging.mapAsync(mapForReading)
      const all = staging.getMappedRange()
      const found = readings.map(
        ({ name, length, at }) => [name, new Float32Array(all.slice(at, at + sizeOf(length)))] as const,
      )
      staging.unmap()
      return new Map(found)
    },
    close: (): void => staging.destroy(),
  }
}

/** All steps in one pass. */
const encodeSteps = (encoder: GPUCommandEncoder, steps: readonly Bound[]): void => {
  const pass = encoder.beginComputePass()
  for (const { pipeline, bindings, groups } of steps) {
    pass.setPipeline(pipeline)
    pass.setBindGroup(0, bindings)
    pass.dispatchWorkgroups(...groups)
  }
  pass.end()
}

/** New state goes to where the next run reads it. */
const encodeState = (encoder: GPUCommandEncoder, { program, bufferOf }: OnDevice): void => {
  for (const name of program.carried) {
    const [from, to] = [bufferOf(program.outputs[name]), bufferOf(homeOf(program, name))]
    if (from !== to)
      encoder.copyBufferToBuffer(from, 0, to, 0, sizeOf(bufferLength(program.buffers[program.outputs[name]])))
  }
}

/** The operations of a program that is on a device; each throws where the device fails. */
export const operationsOf = (placed: OnDevice) => {
  const { device, program } = placed
  const carried = new Set(program.carried)
  const outputs = Object.entries(program.outputs).filter(([name]) => !carried.has(name))
  const reader = openReader(device, readingsOf(placed, outputs))
  return {
    holds: ((name: string) => program.inputs[name] !== undefined) satisfies Resident['holds'],
    write: async (values: Values): Promise<void> => {
      for (const [name, value] of values) put(placed, program.inputs[name], value)
    },
    run: async (values: Values): Promise<Values> => {
      for (const [name, buffer] of Object.entries(program.inputs))
        if (!carried.has(name)) put(placed, buffer, values.get(name)!)
      const encoder = device.createCommandEncoder()
      encodeSteps(encoder, placed.steps)
      encodeState(encoder, placed)
      reader.fill(encoder)
      device.queue.submit([encoder.finish()])
      return reader.read()
    },
    read: async (names: readonly string[]): Promise<Values> => {
      const own = openReader(
        device,
        readingsOf(
          placed,
          names.map(name => [name, homeOf(program, name)] as const),
        ),
      )
      const encoder = device.createCommandEncoder()
      own.fill(encoder)
      device.queue.submit([encoder.finish()])
      const found = await own.read()
      own.close()
      return found
    },
    close: (): void => {
      reader.close()
      placed.destroy()
    },
  }
}
