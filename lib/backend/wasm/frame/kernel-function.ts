// A kernel's functions as the module uses them: the function, and how many units its range counts. A call does the
// units of one range, so that threads can split the range, and steps that share rows can go block by block.
//
//   kernel0_0(input, output, scratch, 50, 75)        does units 50 to 74

import type { KernelKind } from '../../../execute/kernel-time.ts'
import type { Nest } from '../../../loops/nest.ts'
import type { Function, Printed } from '../code/statement.ts'

/** A function and the units that its range counts: turns of one outer loop, or groups of them. */
export interface Written {
  readonly function: Function
  readonly units: number
  readonly unitLoop: number
  /** Turns of the loop in one unit; the last unit may have fewer. */
  readonly unitSize: number
}

/** One function of a kernel, as the module uses it. */
export interface KernelFunction extends Omit<Written, 'function'> {
  readonly function: Printed
  readonly kind: KernelKind
  /** Bytes of scratch memory that each thread needs. */
  readonly scratch: number
  /** The nest that it runs through; none where the kernel has no affine addresses. */
  readonly nest: Nest | undefined
}
