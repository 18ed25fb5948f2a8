// The fold over kernels: it reaches every part once and in order, whatever the target, and hands on what the target
// made below.

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { type Algebra, byAddress, byAxis, foldKernel } from '../../lib/loops/fold.ts'
import { shownIndex } from '../../lib/loops/indices.ts'
import type { Instruction, Kernel } from '../../lib/loops/kernel.ts'
import { showKernel } from '../../lib/loops/show-kernel.ts'
import { holds, sameData } from '../support/compare.ts'
import { example } from '../support/example.ts'
import { graphs } from '../support/graphs.ts'
import { law } from '../support/law.ts'
import { decisions, optionsOf, programOf } from '../support/programs.ts'

const kernels = fc
  .tuple(graphs('real'), decisions)
  .map(([{ roots }, choice]) => programOf(roots, optionsOf(choice)).kernels)

/** What is told of one instruction: its name and its kind, and the names of the values that it reads. */
interface Told {
  readonly name: string
  readonly kind: string
  readonly reads: readonly string[]
}

const told = (kind: string, name: string, reads: readonly string[] = [], below: readonly Told[] = []) => ({
  code: [...below, { name, kind, reads }],
  value: name,
})

const telling: Algebra<string, string, readonly Told[], readonly Told[]> = {
  ...shownIndex,
  addressing: byAxis,
  load: name => told('load', name),
  literal: name => told('literal', name),
  ramp: name => told('ramp', name),
  apply: (name, operation, operands) => told(operation, name, operands),
  inside: (name, _index, _size, { code, value }) => told('inside', name, [value], code),
  accumulated: name => told('accumulated', name),
  sequence: pieces => pieces.flat(),
  reduction: (operation, _, { code, value }) => [...code, { name: 'sum', kind: operation, reads: [value] }],
  kernel: (_, reduction = [], { code, value }) => [
    ...reduction,
    ...code,
    { name: 'output', kind: 'store', reads: [value] },
  ],
}

const tell = foldKernel(telling)

const kindsIn = (block: readonly Instruction[]): readonly string[] =>
  block.flatMap(instruction => {
    if (instruction.kind === 'apply') return [instruction.operation]
    return instruction.kind === 'inside' ? [...kindsIn(instruction.value), 'inside'] : [instruction.kind]
  })

law('the fold reaches every instruction once, those of the reduction first', kernels, list =>
  list.map(kernel => {
    const { reduction, body } = kernel
    const reduced = reduction === undefined ? [] : [...kindsIn(reduction.body), reduction.operation]
    return sameData(
      'kinds',
      tell(kernel).map(({ kind }) => kind),
      [...reduced, ...kindsIn(body), 'store'],
    )
  }),
)

law('names are unique, and a value is named before it is read', kernels, list =>
  list.flatMap(kernel => {
    const parts = tell(kernel)
    const names = parts.map(({ name }) => name)
    const early = parts.filter(({ reads }, at) => reads.some(name => !names.slice(0, at).includes(name)))
    return [holds('unique', new Set(names).size === names.length), holds('in order', early.length === 0)]
  }),
)

const addressed = (kernel: Kernel): readonly string[] => {
  const lines: string[] = []
  foldKernel({
    ...telling,
    addressing: byAddress,
    load: (name: string, input: number, at: readonly string[]) => {
      lines.push(`${input} ${at.join()}`)
      return told('load', name)
    },
  })(kernel)
  return lines
}

example('a target reads buffers by the indices that it asks for', () => {
  const counter = (loop: number, size: number) => ({
    constant: 0,
    terms: [{ factor: 1, atom: { kind: 'counter' as const, loop, size } }],
  })
  const kernel: Kernel = {
    inputs: [[4, 8]],
    loops: [4],
    reduction: {
      operation: 'sum',
      loops: [8],
      body: [{ kind: 'load', input: 0, at: [counter(0, 4), counter(1, 8)] }],
    },
    body: [{ kind: 'accumulated' }],
  }
  assert.deepEqual(addressed(kernel), ['0 8*i0 + i1'])
  const lines = [
    'input0: 4 x 8',
    'for i0 < 4:',
    '  sum over i1 < 8:',
    '    r0 = input0[i0, i1]',
    '    accumulate r0',
    '  v0 = accumulated',
    '  output[i0] = v0',
  ]
  assert.equal(showKernel(kernel), lines.join('\n'))
})
