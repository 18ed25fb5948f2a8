// Kernels as a person reads them: the output loops, the reduction if there is one, and a line for each instruction.
//
//   input0: 4 x 8
//   for i0 < 4:
//     sum over i1 < 8:
//       r0 = input0[i0, i1]
//       accumulate r0
//     v0 = accumulated
//     output[i0] = v0

import { type Algebra, byAxis, foldKernel } from './fold.ts'
import { shownIndex } from './indices.ts'
import { type Loop, outputLoops } from './kernel.ts'

type Lines = readonly string[]

const indented = (lines: Lines): Lines => lines.map(line => `  ${line}`)

const ranges = (loops: readonly Loop[]): string => loops.map(({ number, size }) => `i${number} < ${size}`).join(', ')

/** A named value on a line of its own, with lines below it. */
const named = (name: string, text: string, below: Lines = []) => ({
  code: [`${name} = ${text}`, ...indented(below)],
  value: name,
})

const shown: Algebra<string, string, Lines, string> = {
  ...shownIndex,
  addressing: byAxis,
  load: (name, input, at) => named(name, `input${input}[${at.join(', ')}]`),
  literal: (name, value) => named(name, `${value}`),
  ramp: (name, index) => named(name, `float(${index})`),
  apply: (name, operation, operands) => named(name, `${operation}(${operands.join(', ')})`),
  inside: (name, index, size, block) => named(name, `if 0 <= ${index} < ${size}, else 0:`, block.code),
  accumulated: name => named(name, 'accumulated'),
  sequence: pieces => pieces.flat(),
  reduction: (operation, loops, turn) => [
    `${operation} over ${ranges(loops)}:`,
    ...indented([...turn.code, `accumulate ${turn.value}`]),
  ],
  kernel: (kernel, reduction, element) =>
    [
      ...kernel.inputs.map((sizes, at) => `input${at}: ${sizes.join(' x ') || 'scalar'}`),
      `for ${ranges(outputLoops(kernel)) || 'one element'}:`,
      ...indented([
        ...(reduction ?? []),
        ...element.code,
        `output[${outputLoops(kernel)
          .map(({ number }) => `i${number}`)
          .join(', ')}] = ${element.value}`,
      ]),
    ].join('\n'),
}

/** The kernel as a person reads it. */
export const showKernel = foldKernel(shown)
