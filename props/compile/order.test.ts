// The order of steps: a permutation that respects what each step reads, independent of how the outputs
// are listed.

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { orderSteps } from '../../lib/compile/order.ts'
import { bufferLength } from '../../lib/compile/program.ts'
import { permutation } from '../../lib/tree/random.ts'
import { holds, sameData } from '../support/compare.ts'
import { example } from '../support/example.ts'
import { graphs } from '../support/graphs.ts'
import { law } from '../support/law.ts'
import { decisions, optionsOf, outputsOf, programOf, sameOutputs } from '../support/programs.ts'

const programs = fc.tuple(graphs('integer'), decisions)

law('ordered steps are the same steps, each after those that it reads', programs, ([{ roots }, choice]) => {
  const { steps, buffers, outputs } = programOf(roots, optionsOf(choice))
  const shuffled = Array.from(permutation([choice.seed, 5], steps.length), at => steps[at])
  const ordered = orderSteps(shuffled, buffers.map(bufferLength), Object.values(outputs))
  const place = new Map(ordered.map((step, at) => [step.output, at]))
  const early = ordered.filter((step, at) => step.inputs.some(buffer => (place.get(buffer) ?? -1) >= at))
  return [
    sameData('the same steps', [...ordered].sort(byOutput), [...steps].sort(byOutput)),
    holds('in order', early.length === 0),
  ]
})

const byOutput = (left: { readonly output: number }, right: { readonly output: number }) => left.output - right.output

law('any order of the steps gives the same outputs', programs, ([sample, choice]) => {
  const program = programOf(sample.roots, optionsOf(choice))
  const { steps, buffers, outputs } = program
  const shuffled = Array.from(permutation([choice.seed, 5], steps.length), at => steps[at])
  const other = orderSteps(shuffled, buffers.map(bufferLength), Object.values(outputs))
  return sameOutputs(sample, outputsOf({ ...program, steps: other }, sample))
})

law('listing the outputs in another order gives the same outputs', programs, ([sample, choice]) => {
  const turned = { ...sample, roots: [...sample.roots].reverse() }
  return sameOutputs(turned, outputsOf(programOf(turned.roots, optionsOf(choice)), turned))
})

/** Steps by the buffers that they read and write, and the buffers written in the order that is found. */
const orderOf = (
  steps: readonly (readonly [inputs: readonly number[], output: number])[],
  lengths: readonly number[],
  kept: readonly number[] = [],
): readonly number[] =>
  orderSteps(
    steps.map(([inputs, output]) => ({ inputs, output })),
    lengths,
    kept,
  ).map(({ output }) => output)

example('what is used up is used up before more is made', () => {
  /** 1 and 2 are made of 0 and each used up by a small one. */
  const steps = [
    [[0], 1],
    [[0], 2],
    [[1], 3],
    [[2], 4],
    [[3, 4], 5],
  ] as const
  assert.deepEqual(orderOf(steps, [1, 100, 100, 1, 1, 1], [5]), [1, 3, 2, 4, 5])
})

example('of the steps that are ready the one comes first that frees most for what it needs', () => {
  /** 2 frees 1, of which it is made; 3 is made of an input and frees nothing. */
  const steps = [
    [[0], 1],
    [[1], 2],
    [[0], 3],
    [[2, 3], 4],
  ] as const
  assert.deepEqual(orderOf(steps, [1, 60, 90, 61, 1], [4]), [1, 2, 3, 4])
  assert.deepEqual(orderOf(steps, [1, 60, 125, 61, 1], [4]), [1, 3, 2, 4])
})

example('nothing is freed by reading an input, an output, or what is read again', () => {
  assert.deepEqual(
    orderOf(
      [
        [[0], 2],
        [[1], 3],
        [[2, 3], 4],
      ] as const,
      [90, 1, 9, 4, 1],
      [4],
    ),
    [3, 2, 4],
  )
  assert.deepEqual(
    orderOf(
      [
        [[0], 1],
        [[1], 2],
        [[0], 3],
        [[2, 3], 4],
      ] as const,
      [1, 90, 9, 4, 1],
      [1, 4],
    ),
    [1, 3, 2, 4],
  )
  const shared = [
    [[0], 1],
    [[1], 2],
    [[1], 3],
    [[0], 4],
    [[2, 3, 4], 5],
  ] as const
  assert.deepEqual(orderOf(shared, [1, 8, 9, 9, 8, 1], [5]), [1, 4, 2, 3, 5])
})

example('an output needs nothing, and where all is alike the given order stays', () => {
  assert.deepEqual(
    orderOf(
      [
        [[0], 1],
        [[0], 2],
        [[1, 2], 3],
      ] as const,
      [1, 4, 9, 1],
      [2, 3],
    ),
    [2, 1, 3],
  )
  assert.deepEqual(
    orderOf(
      [
        [[0], 1],
        [[0], 2],
        [[0], 3],
      ] as const,
      [1, 4, 4, 4],
      [1, 2, 3],
    ),
    [1, 2, 3],
  )
})

example('a step that frees what it reads goes before one that only takes, whatever the order given', () => {
  const steps = [
    [[], 0],
    [[0], 1],
    [[0], 2],
    [[1], 3],
    [[2], 4],
  ] as const
  assert.deepEqual(orderOf(steps, [8, 8, 8, 8, 8], [3, 4]), [0, 1, 3, 2, 4])
})
