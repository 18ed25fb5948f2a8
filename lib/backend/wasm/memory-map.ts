// The memory of a program as byte addresses, all of which are known when its code is generated. So kernels are told no
// sizes and stages no addresses, and a program's memory never moves.
//
//   0            sharing: how far the threads are (`sharing.ts`)
//   scratchAt    scratch memory of thread 0, of thread 1, ...
//   buffersAt    the program's buffers, each where the memory plan puts it
//   size         the end, with room for vectors that begin at the last element of a buffer

import type { MemoryPlan } from '../../compile/memory-plan.ts'
import { bytesPerFloat } from './code/value.ts'
import type { KernelFunction } from './frame/kernel-function.ts'
import { cacheLine, type Sharing, sharingSize } from './sharing.ts'

/** Byte addresses and sizes; `sharing` is undefined where the calling thread runs alone. */
export interface MemoryMap {
  readonly sharing: Sharing | undefined
  readonly scratchAt: number
  /** Bytes of scratch memory of each thread. */
  readonly scratchSize: number
  readonly buffersAt: number
  readonly size: number
}

/** Room behind the last buffer. */
const slack = 4096

/** The memory of a program with this plan and these functions. */
export const mapMemory = (
  plan: MemoryPlan,
  functions: readonly KernelFunction[],
  sharing: Sharing | undefined,
): MemoryMap => {
  const scratchSize = Math.ceil(Math.max(1, ...functions.map(({ scratch }) => scratch)) / cacheLine) * cacheLine
  const scratchAt = cacheLine + sharingSize(sharing)
  const buffersAt = scratchAt + scratchSize * (sharing?.threads ?? 1)
  return { sharing, scratchAt, scratchSize, buffersAt, size: buffersAt + plan.size * bytesPerFloat + slack }
}

/** The byte address of a buffer. */
export const addressOf = (plan: MemoryPlan, memory: MemoryMap, buffer: number): number =>
  memory.buffersAt + plan.offsets[buffer] * bytesPerFloat
