// The times of a training as text: by kind of kernel, and the kernels that took longest. A contraction is shown with
// the operations that it does in a second, any other kernel with the bytes that it moves in a second.

import type { executors } from '../../lib/index.ts'
import { counted } from './progress.ts'
import { showTable } from './table.ts'

const shown = 20

/** The amounts that a line of the profile adds up. */
type Amounts = Pick<executors.KernelTime, 'milliseconds' | 'operations' | 'bytes'>

/** Billions in a second; operations and bytes are those of one step. */
const speed = ({ milliseconds, operations, bytes }: Amounts, steps: number): string => {
  const [amount, unit] = operations > 0 ? [operations, 'GFLOP/s'] : [bytes, 'GB/s']
  return milliseconds === 0 ? '' : `${((amount * steps) / milliseconds / 1e6).toFixed(1)} ${unit}`
}

const total = (kernels: readonly Amounts[]): Amounts =>
  kernels.reduce(
    (sum, { milliseconds, operations, bytes }) => ({
      milliseconds: sum.milliseconds + milliseconds,
      operations: sum.operations + operations,
      bytes: sum.bytes + bytes,
    }),
    { milliseconds: 0, operations: 0, bytes: 0 },
  )

const launches = (steps: number): string => (steps === 1 ? '' : ` (${steps} times)`)

/** The profile of so many steps, for a person; milliseconds are those of one step. */
export const showProfile = (kernels: readonly executors.KernelTime[], steps: number): string => {
  const whole = total(kernels).milliseconds
  const row = (amounts: Amounts, what: string): readonly string[] => [
    (amounts.milliseconds / steps).toFixed(2),
    `${((100 * amounts.milliseconds) / whole).toFixed(1)} %`,
    what,
    speed(amounts, steps),
  ]
  const kinds = [...new Set(kernels.map(({ kind }) => kind))].map(kind => {
    const own = kernels.filter(kernel => kernel.kind === kind)
    return row(total(own), `${kind}, ${counted(own.length, 'kernel')}`)
  })
  const longest = kernels
    .slice(0, shown)
    .map(kernel => row(kernel, `${kernel.kind} ${kernel.sizes}${launches(kernel.steps)}`))
  const lines = showTable([...kinds, ...longest], ['right', 'right', 'left', 'right']).split('\n')
  return [
    `milliseconds of a step by kind, of ${(whole / steps).toFixed(2)} in all:`,
    ...lines.slice(0, kinds.length),
    `the ${longest.length} longest of ${kernels.length} kernels, by the sizes of the result / of what is summed:`,
    ...lines.slice(kinds.length),
  ].join('\n')
}
