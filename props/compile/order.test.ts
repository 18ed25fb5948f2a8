// The order of steps (laws.md 2.7): a permutation that respects what each step reads, independent of how the outputs are listed.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { orderSteps } from '../../lib/compile/order.ts'
import { bufferLength } from '../../lib/compile/program.ts'
import { permutation } from '../../lib/tree/random.ts'
import { holds, sameData } from '../support/compare.ts'
import { graphs } from '../support/graphs.ts'
import { decisions, optionsOf, outputsOf, programOf, sameOutputs } from '../support/programs.ts'
import { law } from '../support/run.ts'

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

test('a step that frees what it reads goes before one that only takes, whatever the order given', () => {
  const [a, b, c, d, e] = [0, 1, 2, 3, 4]
  const steps = [
    { inputs: [], output: a },
    { inputs: [a], output: b },
    { inputs: [a], output: c },
    { inputs: [b], output: d },
    { inputs: [c], output: e },
  ]
  const ordered = orderSteps(steps, [8, 8, 8, 8, 8], [d, e])
  assert.deepEqual(
    ordered.map(({ output }) => output),
    [a, b, d, c, e],
  )
})
