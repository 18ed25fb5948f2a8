// From a kernel to its source in the JavaScript that gpu.js reads. Some forms of source go wrong in gpu.js without an
// error, and none of them is generated: every loop bound is a literal, every index is a constant computed in steps that
// float32 does exactly, no helper takes a thread index, buffers are read with the dimensions that they were written
// with, and no kernel is used at two sizes. Sums of the rows of a 4 x 8 buffer are
//
//   function kernel(input0) {
//     const i2 = this.thread.x;
//     const i0 = i2;
//     let accumulated = 0;
//     for (let i1 = 0; i1 < 8; i1++) {
//     const r0 = input0[(8 * i0 + i1)];
//     accumulated = accumulated + r0;
//     }
//     const v0 = accumulated;
//     return v0;
//   }

import { counter, flatten, quotient, remainder } from '../../loops/affine.ts'
import { type Algebra, type Computed, foldKernel } from '../../loops/fold.ts'
import { foldIndex, type IndexAlgebra } from '../../loops/indices.ts'
import type { Kernel } from '../../loops/kernel.ts'
import { type Groups, groupsOf } from './axis-groups.ts'
import { numberText, spellings } from './spelling.ts'

/** A kernel's source and the dimensions of its output as gpu.js wants them: x, then y, then z. */
export interface KernelSource {
  readonly text: string
  readonly output: readonly number[]
}

type Lines = readonly string[]

const dimensions = ['x', 'y', 'z'] as const

const indices: IndexAlgebra<string> = {
  counter: loop => `i${loop}`,
  division: (kind, of, by) => {
    const whole = `Math.floor((${of} + 0.5) / ${by})`
    return kind === 'quotient' ? whole : `(${of} - ${by} * ${whole})`
  },
  sum: (constant, terms) => {
    const parts = terms.map(({ factor, atom }) => (factor === 1 ? atom : `${numberText(factor)} * ${atom}`))
    if (constant !== 0 || parts.length === 0) parts.push(numberText(constant))
    return parts.length === 1 ? parts[0] : `(${parts.join(' + ')})`
  },
}

/** The output counters from the thread's position: each group is taken apart into its axes. */
const counters = ({ loops, reduction }: Kernel, groups: Groups): Lines =>
  groups.flatMap(({ from, to, size }, place) => {
    const own = loops.length + (reduction?.loops.length ?? 0) + place
    const lines = [`const i${own} = this.thread.${dimensions[groups.length - 1 - place]};`]
    let rest = counter(own, size)
    for (let axis = to - 1; axis >= from; axis -= 1) {
      if (loops[axis] > 1) lines.push(`const i${axis} = ${foldIndex(indices)(remainder(rest, loops[axis]))};`)
      rest = quotient(rest, loops[axis])
    }
    return lines
  })

const constant = (name: string, value: string, before: Lines = []): Computed<Lines, string> => ({
  code: [...before, `const ${name} = ${value};`],
  value: name,
})

const source: Algebra<string, string, Lines, KernelSource> = {
  ...indices,
  addressing: (sizes, at) => groupsOf(sizes).map(({ from, to }) => flatten(sizes.slice(from, to), at.slice(from, to))),
  load: (name, input, at) => constant(name, `input${input}${at.map(index => `[${index}]`).join('')}`),
  literal: (name, value) => constant(name, numberText(value)),
  ramp: constant,
  apply: (name, operation, [x, y, w]) => {
    const { before, value } = spellings[operation](name, x, y, w)
    return constant(name, value, before)
  },
  inside: (name, index, size, block) => ({
    code: [
      `let ${name} = 0;`,
      `const ${name}_at = ${index};`,
      `if (${name}_at >= 0 && ${name}_at < ${size}) {`,
      ...block.code,
      `${name} = ${block.value};`,
      '}',
    ],
    value: name,
  }),
  accumulated: name => constant(name, 'accumulated'),
  sequence: pieces => pieces.flat(),
  reduction: (operation, loops, { code, value }) => {
    const names = loops.map(({ number }) => `i${number}`)
    const first = names.length === 0 ? 'true' : `${names.join(' + ')} < 1`
    const update =
      operation === 'sum' ? `accumulated + ${value}` : `${first} ? ${value} : Math.max(accumulated, ${value})`
    return [
      'let accumulated = 0;',
      ...loops.map(({ size }, at) => `for (let ${names[at]} = 0; ${names[at]} < ${size}; ${names[at]}++) {`),
      ...code,
      `accumulated = ${update};`,
      ...loops.map(() => '}'),
    ]
  },
  kernel: (kernel, reduction = [], { code, value }) => {
    const groups = groupsOf(kernel.loops)
    const parameters = kernel.inputs.map((_, input) => `input${input}`).join(', ')
    const lines = [...counters(kernel, groups), ...reduction, ...code, `return ${value};`]
    return {
      text: `function kernel(${parameters}) {\n${lines.map(line => `  ${line}`).join('\n')}\n}`,
      output: groups.map(({ size }) => size).reverse(),
    }
  },
}

/** The source of a kernel. */
export const sourceOf = foldKernel(source)
