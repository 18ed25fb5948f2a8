// What known programs cost, counted: an order of steps or of axes that is worse changes no value and fails no law, so
// the counts of two training steps are held here. Whoever changes them on purpose says so by changing the numbers.

import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import { functionsOf } from '../../lib/backend/wasm/print/template-choice.ts'
import { bufferLength, type Program } from '../../lib/compile/program.ts'
import {
  add,
  compiler,
  dot,
  gelu,
  input,
  layerNorm,
  logSoftmax,
  mean,
  mul,
  neg,
  rename,
  type Scalar,
  scale,
  softmax,
  square,
  sum,
  type Tensor,
} from '../../lib/index.ts'
import { constant, map } from '../../lib/language/expression.ts'
import { flatten } from '../../lib/loops/affine.ts'
import { stridesOf } from '../../lib/loops/indices.ts'
import type { Instruction, Kernel, Load } from '../../lib/loops/kernel.ts'
import { gradients } from '../../lib/transform/gradient.ts'
import { example } from '../support/example.ts'
import { inputsOf } from '../support/probes.ts'

/** The program of one step of gradient descent on the inputs of these names, which are state. */
const stepOf = ({ expr: loss }: Scalar, names: readonly string[]): Program => {
  const parameters = inputsOf([loss]).filter(({ name }) => names.includes(name))
  const slopes = gradients(loss, parameters)
  const next = parameters.map((x, at) => [x.name, map('add', x, map('mul', slopes[at], constant(-0.1)))])
  const carried = Object.fromEntries(parameters.map(({ name, shape }) => [name, shape]))
  const compiled = compiler.compile()({ outputs: { ...Object.fromEntries(next), loss }, carried })
  if (E.isLeft(compiled)) assert.fail('ill-sized')
  return compiled.right
}

const loadsOf = (instructions: readonly Instruction[]): readonly Load[] =>
  instructions.flatMap(instruction =>
    instruction.kind === 'load' ? [instruction] : instruction.kind === 'inside' ? loadsOf(instruction.value) : [],
  )

const product = (sizes: readonly number[]): number => sizes.reduce((total, size) => total * size, 1)

/** Loads whose neighbours along the output's fastest axis lie apart in memory, over all turns. */
const scatteredIn = ({ inputs, loops, reduction, body }: Kernel): number => {
  const scattered = ({ input: from, at }: Load): boolean => {
    const strides = stridesOf(flatten(inputs[from], at))
    return ![0, 1].includes(strides?.get(loops.length - 1) ?? 0)
  }
  const count = (instructions: readonly Instruction[]): number => loadsOf(instructions).filter(scattered).length
  const outer = product(loops)
  return outer * count(body) + outer * product(reduction?.loops ?? []) * count(reduction?.body ?? [])
}

/** Loops that are left of a kernel's nests when those that run through memory together are one. */
const loopsIn = (kernel: Kernel): number =>
  functionsOf('kernel', kernel, { fused: false }).reduce((total, { nest }) => {
    const summed = nest?.reduction?.parts.flatMap(({ loops }) => loops) ?? []
    return total + (nest?.outer.length ?? kernel.loops.length) + summed.length
  }, 0)

/** Counts of a program; `moved`, `persistent` and `peak` are float32 elements. */
const countsOf = (program: Program) => {
  const { kernels, steps, buffers } = program
  const { size, persistent, copies } = compiler.planMemory(program)
  const elements = (numbers: readonly number[]) =>
    numbers.reduce((total, buffer) => total + bufferLength(buffers[buffer]), 0)
  return {
    launches: steps.length,
    kernels: kernels.length,
    moved: steps.reduce((total, { inputs, output }) => total + elements([...inputs, output]), 0),
    scattered: steps.reduce((total, { kernel }) => total + scatteredIn(kernels[kernel]), 0),
    loops: kernels.reduce((total, kernel) => total + loopsIn(kernel), 0),
    persistent,
    peak: size,
    copies: copies.length,
  }
}

example('a step of a perceptron with a layer norm', () => {
  const x = input('x', { image: 32, feature: 24 })
  const label = input('label', { image: 32, class: 10 })
  const up = input('up', { feature: 24, hidden: 48 })
  const down = input('down', { hidden: 48, class: 10 })
  const [weight, bias] = [input('weight', { feature: 24 }), input('bias', { feature: 24 })]
  const hidden: Tensor<'image' | 'hidden'> = gelu(dot('feature')(layerNorm('feature')({ weight, bias })(x), up))
  const logits: Tensor<'image' | 'class'> = dot('hidden')(hidden, down)
  const loss = neg(mean('image')(sum('class')(mul(label, logSoftmax('class')(logits)))))
  assert.deepEqual(countsOf(stepOf(loss, ['up', 'down', 'weight', 'bias'])), {
    launches: 23,
    kernels: 23,
    moved: 45585,
    scattered: 55872,
    loops: 49,
    persistent: 4432,
    peak: 11312,
    copies: 2,
  })
})

example('a step of attention with a residual', () => {
  const x = input('x', { token: 9, image: 4, feature: 12 })
  const headed = { head: 3, channel: 4 }
  const [query, key, value] = ['query', 'key', 'value'].map(name => input(name, { feature: 12, ...headed }))
  const out = input('out', { ...headed, feature: 12 })
  const context = rename('token', 'context')(x)
  const scores = dot('channel')(dot('feature')(x, query), dot('feature')(context, key))
  const taken = dot('context')(softmax('context')(scale(0.5)(scores)), dot('feature')(context, value))
  const attended: Tensor<'image' | 'token' | 'feature'> = add(x, dot('head', 'channel')(taken, out))
  const loss: Scalar = mean('image', 'token', 'feature')(square(attended))
  assert.deepEqual(countsOf(stepOf(loss, ['query', 'key', 'value', 'out'])), {
    launches: 23,
    kernels: 20,
    moved: 34057,
    scattered: 55728,
    loops: 63,
    persistent: 1168,
    peak: 4960,
    copies: 1,
  })
})
