// Schedules: whichever nodes are stored, and however little a kernel may hold, a program computes what
// its graph says; on whole numbers to the bit. And every program is well formed: what is read has been written, once.

import * as fc from 'fast-check'
import { wanted } from '../../lib/compile/cost.ts'
import { bufferLength, type Program } from '../../lib/compile/program.ts'
import { complete } from '../../lib/compile/schedule.ts'
import { compiler } from '../../lib/index.ts'
import { elements } from '../../lib/language/axes.ts'
import type { Instruction } from '../../lib/loops/kernel.ts'
import { holds, mostNumbers, sameData } from '../support/compare.ts'
import { graphs } from '../support/graphs.ts'
import { law } from '../support/law.ts'
import { decisions, named, nearOutputs, optionsOf, outputsOf, programOf, sameOutputs } from '../support/programs.ts'

const decided = <F extends Parameters<typeof graphs>[0]>(flavour: F) => fc.tuple(graphs(flavour), decisions)

law('any schedule computes the same whole numbers', decided('integer'), ([sample, choice]) =>
  sameOutputs(sample, outputsOf(programOf(sample.roots, optionsOf(choice)), sample)),
)

law('any schedule computes the same reals, but for rounding', decided('real'), ([sample, choice]) =>
  nearOutputs(sample, outputsOf(programOf(sample.roots, optionsOf(choice)), sample), compiler.simplify(sample.roots)),
)

law('so does the schedule of the cost model', graphs('real'), sample =>
  nearOutputs(sample, outputsOf(programOf(sample.roots), sample), compiler.simplify(sample.roots)),
)

/** Whether each buffer is written once, before it is read, and is as long as what writes and reads it says. */
const wellFormed = ({ kernels, buffers, steps, inputs, outputs, constants }: Program): string => {
  const written = new Set([...Object.values(inputs), ...constants.map(({ buffer }) => buffer)])
  for (const [at, step] of steps.entries()) {
    const kernel = kernels[step.kernel]
    if (step.inputs.some(buffer => !written.has(buffer))) return `step ${at} reads what is not written`
    if (written.has(step.output)) return `step ${at} writes again`
    if (kernel.inputs.length !== step.inputs.length) return `step ${at} has other inputs than its kernel`
    if (kernel.inputs.some((sizes, input) => sizes.join() !== buffers[step.inputs[input]].sizes.join()))
      return `step ${at} reads a buffer of another size`
    if (kernel.loops.join() !== buffers[step.output].sizes.join()) return `step ${at} writes a buffer of another size`
    written.add(step.output)
  }
  if (Object.values(outputs).some(buffer => !written.has(buffer))) return 'an output is not written'
  if (constants.some(({ buffer, values }) => values.length !== bufferLength(buffers[buffer])))
    return 'a constant is too short'
  const read = new Set([...steps.flatMap(step => step.inputs), ...Object.values(outputs), ...Object.values(inputs)])
  return [...buffers.keys()].some(buffer => !read.has(buffer)) ? 'a buffer is never read' : 'well formed'
}

law('every program is well formed', decided('real'), ([{ roots }, choice]) => [
  sameData('decided', wellFormed(programOf(roots, optionsOf(choice))), 'well formed'),
  sameData('usual', wellFormed(programOf(roots)), 'well formed'),
])

law('outputs have the sizes of their roots, each a buffer of its own', decided('real'), ([{ roots }, choice]) => {
  const { buffers, outputs } = programOf(roots, optionsOf(choice))
  return [
    ...roots.map((root, at) => sameData(`${at}`, bufferLength(buffers[outputs[`${at}`]]), elements(root.shape))),
    sameData('buffers', new Set(Object.values(outputs)).size, roots.length),
  ]
})

/** No kernel can read less than its last operation does. */
const mostOperands = 3

law('no kernel reads more than the limit', decided('real'), ([{ roots }, choice]) => {
  const most = Math.max(choice.inputs, mostOperands)
  const { kernels } = programOf(roots, optionsOf(choice))
  return holds(
    `at most ${most}`,
    kernels.every(({ inputs }) => inputs.length <= most),
  )
})

/** Values that a kernel computes or loads for one element: what its limit of nodes bounds, movement being no work. */
const valuesOf = (instructions: readonly Instruction[]): number =>
  instructions.reduce(
    (total, instruction) => total + 1 + (instruction.kind === 'inside' ? valuesOf(instruction.value) : 0),
    0,
  )

/** No kernel can compute less than its last operation and what this reads. */
const leastNodes = 1 + mostOperands

law('no kernel computes more than the limit', decided('real'), ([{ roots }, choice]) => {
  const most = Math.max(choice.nodes, leastNodes)
  const { kernels } = programOf(roots, optionsOf(choice))
  const sizes = kernels.map(({ reduction, body }) => valuesOf(reduction?.body ?? []) + valuesOf(body))
  return mostNumbers(0)(
    sizes,
    sizes.map(() => most),
    'nodes',
  )
})

law('equal kernels are stored once', graphs('real'), ({ roots }) => {
  const { kernels } = programOf(roots)
  return sameData('kernels', new Set(kernels.map(kernel => JSON.stringify(kernel))).size, kernels.length)
})

law('completing a schedule keeps what was wanted, and needs no second turn', decided('real'), ([{ roots }, choice]) => {
  const simple = compiler.share(compiler.simplify(roots))
  const limits = { inputs: choice.inputs, nodes: choice.nodes }
  const wish = optionsOf(choice).schedule ?? wanted
  const first = complete(limits, simple)(wish(simple))
  const second = complete(limits, simple)(first)
  return [
    holds(
      'kept',
      [...wish(simple)].every(node => first.has(node)),
    ),
    holds('closed', second.size === first.size),
  ]
})

law('compiling is a function: the same graph gives the same program', decided('real'), ([{ roots }, choice]) => {
  const graph = { outputs: named(roots), carried: {} }
  const options = { ...compiler.usualCompile, ...optionsOf(choice) }
  return sameData('program', compiler.compile(options)(graph), compiler.compile(options)(graph))
})
