// Kernels as gpu.js source. What is generated avoids everything in gpu.js that goes wrong in silence: every loop bound is a
// literal, every index is a constant computed in steps that float32 does exactly, no helper takes a thread index, buffers
// are read with the dimensions that they were written with, and no kernel is used at two sizes.

import { type Atom, counter, flatten, type Index, quotient, remainder } from '../../loops/affine.ts'
import type { Instruction, Kernel, KernelReduction } from '../../loops/kernel.ts'
import { type Groups, groupsOf } from './groups.ts'
import { numberText, spellings } from './spelling.ts'

/** A kernel's source and the dimensions of its output as gpu.js wants them: x, then y, then z. */
export interface Source {
  readonly text: string
  readonly output: readonly number[]
}

const dimensions = ['x', 'y', 'z'] as const

const atomText = (atom: Atom): string => {
  if (atom.kind === 'counter') return `i${atom.loop}`
  const whole = `Math.floor((${indexText(atom.of)} + 0.5) / ${atom.by})`
  return atom.kind === 'quotient' ? whole : `(${indexText(atom.of)} - ${atom.by} * ${whole})`
}

const indexText = ({ constant, terms }: Index): string => {
  const parts = terms.map(({ factor, atom }) =>
    factor === 1 ? atomText(atom) : `${numberText(factor)} * ${atomText(atom)}`,
  )
  if (constant !== 0 || parts.length === 0) parts.push(numberText(constant))
  return parts.length === 1 ? parts[0] : `(${parts.join(' + ')})`
}

const accessText = (input: number, sizes: readonly number[], at: readonly Index[]): string => {
  const index = groupsOf(sizes).map(({ from, to }) => indexText(flatten(sizes.slice(from, to), at.slice(from, to))))
  return `input${input}${index.map(text => `[${text}]`).join('')}`
}

const block = (kernel: Kernel, instructions: readonly Instruction[], prefix: string): readonly string[] =>
  instructions.flatMap((instruction, position): readonly string[] => {
    const name = `${prefix}${position}`
    switch (instruction.kind) {
      case 'load':
        return [`const ${name} = ${accessText(instruction.input, kernel.inputs[instruction.input], instruction.at)};`]
      case 'literal':
        return [`const ${name} = ${numberText(instruction.value)};`]
      case 'ramp':
        return [`const ${name} = ${indexText(instruction.index)};`]
      case 'accumulated':
        return [`const ${name} = accumulated;`]
      case 'apply': {
        const [x, y, w] = instruction.operands.map(operand => `${prefix}${operand}`)
        const { before, value } = spellings[instruction.operation](name, x, y, w)
        return [...before, `const ${name} = ${value};`]
      }
      case 'inside': {
        const inner = `${name}_`
        const index = `${name}_at`
        return [
          `let ${name} = 0;`,
          `const ${index} = ${indexText(instruction.index)};`,
          `if (${index} >= 0 && ${index} < ${instruction.size}) {`,
          ...block(kernel, instruction.value, inner),
          `${name} = ${inner}${instruction.value.length - 1};`,
          '}',
        ]
      }
    }
  })

const reductionText = (kernel: Kernel, { operation, loops, body }: KernelReduction): readonly string[] => {
  const first = kernel.loops.length
  const names = loops.map((_, at) => `i${first + at}`)
  const last = `r${body.length - 1}`
  const start = names.length === 0 ? 'true' : `${names.join(' + ')} < 1`
  const update = operation === 'sum' ? `accumulated + ${last}` : `${start} ? ${last} : Math.max(accumulated, ${last})`
  return [
    'let accumulated = 0;',
    ...loops.map((size, at) => `for (let ${names[at]} = 0; ${names[at]} < ${size}; ${names[at]}++) {`),
    ...block(kernel, body, 'r'),
    `accumulated = ${update};`,
    ...loops.map(() => '}'),
  ]
}

/** The output counters from the thread's position: each group is taken apart into its axes. */
const countersText = ({ loops, reduction }: Kernel, groups: Groups): readonly string[] =>
  groups.flatMap(({ from, to, size }, place) => {
    const own = loops.length + (reduction?.loops.length ?? 0) + place
    const lines = [`const i${own} = this.thread.${dimensions[groups.length - 1 - place]};`]
    let rest = counter(own, size)
    for (let axis = to - 1; axis >= from; axis -= 1) {
      if (loops[axis] > 1) lines.push(`const i${axis} = ${indexText(remainder(rest, loops[axis]))};`)
      rest = quotient(rest, loops[axis])
    }
    return lines
  })

/** The source of a kernel. */
export const sourceOf = (kernel: Kernel): Source => {
  const groups = groupsOf(kernel.loops)
  const parameters = kernel.inputs.map((_, input) => `input${input}`).join(', ')
  const lines = [
    ...countersText(kernel, groups),
    ...(kernel.reduction === undefined ? [] : reductionText(kernel, kernel.reduction)),
    ...block(kernel, kernel.body, 'v'),
    `return v${kernel.body.length - 1};`,
  ]
  return {
    text: `function kernel(${parameters}) {\n${lines.map(line => `  ${line}`).join('\n')}\n}`,
    output: groups.map(({ size }) => size).reverse(),
  }
}
