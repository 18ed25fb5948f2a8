// Where the time of training went, as text: by kind of kernel, and the kernels that took longest.

import type { KernelTime } from '../../lib/index.ts'

const shown = 20

const perStep = (milliseconds: number, steps: number): string => (milliseconds / steps).toFixed(2).padStart(9)

const share = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1).padStart(5)} %`

/** Billions of operations in a second: the operations are those of one step. */
const speed = (operations: number, milliseconds: number, steps: number): string =>
  operations === 0 ? '' : `${((operations * steps) / milliseconds / 1e6).toFixed(1).padStart(6)} GFLOP/s`

const sumOf = (kernels: readonly KernelTime[], field: 'milliseconds' | 'operations'): number =>
  kernels.reduce((sum, kernel) => sum + kernel[field], 0)

const launches = (steps: number): string => (steps === 1 ? '' : ` (${steps} times)`)

/** The profile of so many steps, for a person; milliseconds are those of one step. */
export const showProfile = (kernels: readonly KernelTime[], steps: number): string => {
  const whole = sumOf(kernels, 'milliseconds')
  const line = (milliseconds: number, operations: number, what: string): string =>
    `${perStep(milliseconds, steps)}  ${share(milliseconds, whole)}  ${what.padEnd(44)} ${speed(operations, milliseconds, steps)}`.trimEnd()
  const kinds = [...new Set(kernels.map(({ kind }) => kind))].map(kind => {
    const own = kernels.filter(kernel => kernel.kind === kind)
    const what = `${kind}, ${own.length} kernels`
    return line(sumOf(own, 'milliseconds'), sumOf(own, 'operations'), what)
  })
  const longest = kernels
    .slice(0, shown)
    .map(({ milliseconds, operations, kind, sizes, steps: times }) =>
      line(milliseconds, operations, `${kind} ${sizes}${launches(times)}`),
    )
  return [
    `milliseconds of a step by kind, of ${perStep(whole, steps).trim()} in all:`,
    ...kinds,
    `the ${longest.length} longest of ${kernels.length} kernels:`,
    ...longest,
  ].join('\n')
}
