// What a program means: a plain interpreter of kernels, one element at a time in float64. Slow and obvious, it stands between
// the reference evaluator, which knows no kernels, and the printers, which know no expressions.

import { scalars } from '../language/scalar.ts'
import type { Atom, Index } from '../loops/affine.ts'
import type { Instruction, Kernel } from '../loops/kernel.ts'
import { length, type Program } from './program.ts'

type Memory = readonly ArrayLike<number>[]

const atomValue = (atom: Atom, loops: readonly number[]): number => {
  if (atom.kind === 'counter') return loops[atom.loop]
  const value = indexValue(atom.of, loops)
  return atom.kind === 'quotient' ? Math.floor(value / atom.by) : value - atom.by * Math.floor(value / atom.by)
}

const indexValue = ({ constant, terms }: Index, loops: readonly number[]): number =>
  terms.reduce((total, { factor, atom }) => total + factor * atomValue(atom, loops), constant)

const addressOf = (sizes: readonly number[], at: readonly Index[], loops: readonly number[]): number =>
  at.reduce((address, index, axis) => address * sizes[axis] + indexValue(index, loops), 0)

/** Calls `visit` with every position in loops of the given sizes, after the `outer` counters. */
const everyTurn = (
  sizes: readonly number[],
  outer: readonly number[],
  visit: (loops: readonly number[]) => void,
): void => {
  const [size, ...inner] = sizes
  if (size === undefined) visit(outer)
  else for (let turn = 0; turn < size; turn += 1) everyTurn(inner, [...outer, turn], visit)
}

const run = (
  kernel: Kernel,
  memory: Memory,
  block: readonly Instruction[],
  loops: readonly number[],
  sum: number,
): number => {
  const values: number[] = []
  for (const instruction of block) values.push(compute(kernel, memory, instruction, values, loops, sum))
  return values[values.length - 1]
}

const compute = (
  kernel: Kernel,
  memory: Memory,
  instruction: Instruction,
  values: readonly number[],
  loops: readonly number[],
  accumulated: number,
): number => {
  switch (instruction.kind) {
    case 'load':
      return memory[instruction.input][addressOf(kernel.inputs[instruction.input], instruction.at, loops)]
    case 'literal':
      return instruction.value
    case 'ramp':
      return indexValue(instruction.index, loops)
    case 'accumulated':
      return accumulated
    case 'apply': {
      const [x, y, w] = instruction.operands.map(operand => values[operand])
      return scalars[instruction.operation].value(x, y, w)
    }
    case 'inside': {
      const index = indexValue(instruction.index, loops)
      const within = index >= 0 && index < instruction.size
      return within ? run(kernel, memory, instruction.value, loops, accumulated) : 0
    }
  }
}

/** Runs one kernel on its input buffers; each element is written as soon as it is computed, so the output may be an input. */
export const runKernel = (kernel: Kernel, memory: Memory, output: Float64Array): void => {
  const { loops, reduction, body } = kernel
  let next = 0
  everyTurn(loops, [], outer => {
    let accumulated = reduction?.operation === 'max' ? Number.NEGATIVE_INFINITY : 0
    if (reduction !== undefined)
      everyTurn(reduction.loops, outer, all => {
        const value = run(kernel, memory, reduction.body, all, accumulated)
        accumulated = reduction.operation === 'sum' ? accumulated + value : Math.max(accumulated, value)
      })
    output[next] = run(kernel, memory, body, outer, accumulated)
    next += 1
  })
}

/** The outputs of a program, in the memory order of their buffers. */
export const interpret = (
  program: Program,
  inputs: ReadonlyMap<string, ArrayLike<number>>,
): Readonly<Record<string, ArrayLike<number>>> => {
  const memory: ArrayLike<number>[] = program.buffers.map(buffer => new Float64Array(length(buffer)))
  for (const { buffer, values } of program.constants) memory[buffer] = values
  for (const name in program.inputs) memory[program.inputs[name]] = inputs.get(name)!
  for (const { kernel, inputs: reads, output } of program.steps)
    runKernel(
      program.kernels[kernel],
      reads.map(buffer => memory[buffer]),
      memory[output] as Float64Array,
    )
  return Object.fromEntries(Object.entries(program.outputs).map(([name, buffer]) => [name, memory[buffer]]))
}
