// Loop nests: cutting loops for paddings, splitting them for divisions and joining neighbours changes no element that
// a kernel writes.

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { type Expr, input, map, merge, pad, reduce } from '../../lib/language/expression.ts'
import { scalars } from '../../lib/language/scalar.ts'
import { collapse } from '../../lib/loops/collapse.ts'
import { nestsOf } from '../../lib/loops/from-kernel.ts'
import { runKernel } from '../../lib/loops/interpret.ts'
import type { Kernel } from '../../lib/loops/kernel.ts'
import type { Affine, Nest, NestInstruction } from '../../lib/loops/nest.ts'
import { product } from '../../lib/numeric/whole-numbers.ts'
import { keyOf, uniforms } from '../../lib/tree/random.ts'
import { type Comparison, sameNumbers } from '../support/compare.ts'
import { example } from '../support/example.ts'
import { graphs } from '../support/graphs.ts'
import { law } from '../support/law.ts'
import { decisions, optionsOf, programOf } from '../support/programs.ts'

type Counters = readonly number[]

const positions = (sizes: readonly number[]): readonly Counters[] =>
  sizes.reduce<readonly Counters[]>(
    (found, size) => found.flatMap(outer => Array.from({ length: size }, (_, turn) => [...outer, turn])),
    [[]],
  )

const at = ({ offset, strides }: Affine, counters: Counters): number =>
  strides.reduce((total, stride, loop) => total + stride * counters[loop], offset)

/** The last value of a block. */
const valueOf = (
  body: readonly NestInstruction[],
  counters: Counters,
  memory: readonly Float64Array[],
  accumulated: number,
): number => {
  const values: number[] = []
  for (const instruction of body)
    switch (instruction.kind) {
      case 'load':
        values.push(memory[instruction.access.input][at(instruction.access, counters)])
        break
      case 'literal':
        values.push(instruction.value)
        break
      case 'ramp':
        values.push(at(instruction.index, counters))
        break
      case 'apply': {
        const [x, y, w] = instruction.operands.map(operand => values[operand])
        values.push(scalars[instruction.operation].value(x, y, w))
        break
      }
      case 'accumulated':
        values.push(accumulated)
        break
    }
  return values[values.length - 1]
}

const runNest = (nest: Nest, memory: readonly Float64Array[], output: Float64Array): void => {
  const { outer, reduction, body } = nest
  for (const counters of positions(outer)) {
    const terms = (reduction?.parts ?? []).flatMap(part =>
      positions(part.loops).map(inner => valueOf(part.body, [...counters, ...inner], memory, 0)),
    )
    const accumulated =
      reduction?.operation === 'max' ? Math.max(...terms) : terms.reduce((total, term) => total + term, 0)
    output[at(nest.output, counters)] = valueOf(body, counters, memory, accumulated)
  }
}

/** Compares a kernel with its nests, as they are and with loops joined, on whole numbers; nothing where it has none. */
const followed = (kernel: Kernel, seed: number): readonly Comparison[] => {
  const nests = nestsOf(kernel)
  if (nests === undefined) return []
  const memory = kernel.inputs.map((sizes, number) =>
    Float64Array.from(uniforms([...keyOf(seed + number)], product(sizes)), draw => Math.floor(17 * draw) - 8),
  )
  const blank = () => new Float64Array(product(kernel.loops)).fill(Number.NaN)
  const [expected, plain, joined] = [blank(), blank(), blank()]
  runKernel(kernel)(memory, expected)
  for (const nest of nests) runNest(nest, memory, plain)
  for (const nest of nests) runNest(collapse(nest), memory, joined)
  return [sameNumbers(plain, expected, 'nests'), sameNumbers(joined, expected, 'joined loops')]
}

law('nests write what their kernel writes', fc.tuple(graphs('integer'), decisions), ([{ roots }, choice]) =>
  programOf(roots, optionsOf(choice)).kernels.flatMap(kernel => followed(kernel, choice.seed)),
)

/** The only kernel of a root, where nothing but inputs has a buffer. */
const kernelOf = (root: Expr): Kernel => {
  const { kernels } = programOf([root], { schedule: () => new Set() })
  assert.equal(kernels.length, 1)
  return kernels[0]
}

const merged = merge(['slow', 'fast'], 'place', input('b', { fast: 2, slow: 3 }))

example(
  'a summed loop that is cut for a padding and split for a division is split in the piece that asks for it',
  () => {
    const padded = map('less', pad('place', 2, 0, input('a', { place: 4 })), merged)
    const kernel = kernelOf(reduce('sum', ['place'], padded))
    const [first, second, ...none] = nestsOf(kernel)![0].reduction!.parts.map(({ loops }) => loops)
    assert.deepEqual([first, second, none], [[2], [2, 2], []])
    for (const { lhs, rhs } of followed(kernel, 3)) assert.deepEqual(lhs, rhs)
  },
)

example('a padding becomes a box of its own, and merged axes become loops', () => {
  const boxes = nestsOf(kernelOf(pad('place', 2, 1, input('a', { place: 4 }))))!
  assert.deepEqual(
    boxes.map(({ outer, output }) => [...outer, output.offset]),
    [[2, 0], [4, 2], [6]],
  )
  const [{ outer }] = nestsOf(kernelOf(map('neg', merged)))!
  assert.deepEqual(outer, [3, 2])
})

example('a padding along two loops at once has no nest', () => {
  const twoLoops: Kernel = {
    inputs: [[4]],
    loops: [2, 3],
    reduction: undefined,
    body: [
      {
        kind: 'inside',
        index: {
          constant: -1,
          terms: [0, 1].map(loop => ({ factor: 1, atom: { kind: 'counter', loop, size: 2 + loop } })),
        },
        size: 2,
        value: [{ kind: 'literal', value: 1 }],
      },
    ],
  }
  assert.equal(nestsOf(twoLoops), undefined)
})
