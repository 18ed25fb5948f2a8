// Buffers as the host reads them: copied behind each other into one that can be mapped, so that there is one wait for
// all of them.
//
//   loss (1), entropy (1), divergence (1)        are at bytes 0, 4 and 8 of a buffer of 12

import type { Values } from '../../execute/executor.ts'
import { bytesOf, usage } from './placed-program.ts'

/** A buffer that is read by a name, and how many numbers of it. */
export interface Wanted {
  readonly name: string
  readonly buffer: GPUBuffer
  readonly length: number
}

/** A mappable buffer: `fill` encodes the copies, `read` waits for what was submitted and gives the values. */
export interface Readback {
  readonly fill: (encoder: GPUCommandEncoder) => void
  readonly read: () => Promise<Values>
  readonly close: () => void
}

const nothing: Readback = { fill: () => undefined, read: async () => new Map(), close: () => undefined }

/** GPUMapMode.READ of the WebGPU specification (section 5.3), whose name TypeScript lacks. */
const mapRead = 0x1

/** A readback of some buffers. */
export const openReadback = (device: GPUDevice, wanted: readonly Wanted[]): Readback => {
  if (wanted.length === 0) return nothing
  let size = 0
  const parts = wanted.map(one => {
    const from = size
    size += bytesOf(one.length)
    return { ...one, from, to: size }
  })
  const staging = device.createBuffer({ size, usage: usage.copyDestination | usage.mapRead })
  return {
    fill: encoder => {
      for (const { buffer, from, to } of parts) encoder.copyBufferToBuffer(buffer, 0, staging, from, to - from)
    },
    read: async () => {
      await staging.mapAsync(mapRead)
      const all = staging.getMappedRange()
      const values = parts.map(({ name, from, to }) => [name, new Float32Array(all.slice(from, to))] as const)
      staging.unmap()
      return new Map(values)
    },
    close: () => staging.destroy(),
  }
}
