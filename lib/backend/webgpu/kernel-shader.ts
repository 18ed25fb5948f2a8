// From a kernel to a shader. Each thread computes one element of the output; where a long reduction has few results, a
// workgroup computes one: its threads take turns in the loop, and their parts are joined in workgroup memory.
//
//   let at = group * 64 + lane;
//   if (at >= 32) { return; }
//   let i1 = at % 8; let i0 = at / 8;
//   let v0 = input0[8 * i0 + i1];
//   output[at] = v0;

import type { Reduction } from '../../language/node.ts'
import { counter, quotient, remainder } from '../../loops/affine.ts'
import { type Algebra, byAddress, type Computed, foldKernel } from '../../loops/fold.ts'
import { foldIndex, type IndexAlgebra } from '../../loops/indices.ts'
import { type Kernel, type Loop, outputLoops } from '../../loops/kernel.ts'
import { product } from '../../numeric/whole-numbers.ts'
import { type Lines, type Shader, shaderOf, threadsPerGroup } from './shader.ts'
import { numberText, spellings } from './wgsl-spelling.ts'

/** Indices in whole numbers of 32 bits; those inside a padding may be negative. */
const indices: IndexAlgebra<string> = {
  counter: loop => `i${loop}`,
  division: (kind, of, by) => `(${of} ${kind === 'quotient' ? '/' : '%'} ${by})`,
  sum: (constant, terms) => {
    const parts = terms.map(({ factor, atom }) => (factor === 1 ? atom : `${factor} * ${atom}`))
    if (constant !== 0 || parts.length === 0) parts.push(String(constant))
    return parts.length === 1 ? parts[0] : `(${parts.join(' + ')})`
  },
}

type Target = Algebra<string, string, Lines, Shader>

const value = (name: string, text: string, before: Lines = []): Computed<Lines, string> => ({
  code: [...before, `let ${name} = ${text};`],
  value: name,
})

/** The counters of loops from one that runs through all of them, the last fastest. */
const counters = (loops: readonly Loop[], through: string): Lines => {
  const whole = counter(-1, product(loops.map(({ size }) => size)))
  const show = foldIndex({ ...indices, counter: () => through })
  let rest = whole
  return [...loops].reverse().flatMap(({ number, size }) => {
    const line = size > 1 ? [`let i${number} = ${show(remainder(rest, size))};`] : []
    rest = quotient(rest, size)
    return line
  })
}

/** The value that a reduction begins with, and one more value taken in. */
const joining: Readonly<
  Record<Reduction, { readonly first: string; readonly join: (x: string, y: string) => string }>
> = {
  sum: { first: '0f', join: (x, y) => `${x} + ${y}` },
  max: { first: numberText(Number.NEGATIVE_INFINITY), join: (x, y) => `max(${x}, ${y})` },
}

/** The least turns of a reduction, and the most results, for which a workgroup joins in each. */
const shared = { turns: 2 * threadsPerGroup, results: 8192 } as const

const turnsOf = ({ reduction }: Kernel): number => product(reduction?.loops ?? [])

/** Whether a workgroup computes one element, and not each thread its own. */
const isShared = (kernel: Kernel): boolean =>
  kernel.reduction !== undefined && turnsOf(kernel) >= shared.turns && product(kernel.loops) <= shared.results

/** Joins the parts of all threads; each then knows the whole. */
const joinParts = (join: (x: string, y: string) => string): Lines => [
  'parts[lane] = accumulated;',
  'workgroupBarrier();',
  `for (var half = ${threadsPerGroup / 2}; half > 0; half /= 2) {`,
  `if (lane < half) { parts[lane] = ${join('parts[lane]', 'parts[lane + half]')}; }`,
  'workgroupBarrier();',
  '}',
  'accumulated = parts[0];',
]

/** The reduction: every turn on one thread, or the turns shared out among a workgroup. */
const reductionOf =
  (kernel: Kernel): Target['reduction'] =>
  (operation, loops, turn) => {
    const { first, join } = joining[operation]
    const [from, by] = isShared(kernel) ? ['lane', threadsPerGroup] : ['0', 1]
    return [
      `var accumulated = ${first};`,
      `for (var turn = ${from}; turn < ${turnsOf(kernel)}; turn += ${by}) {`,
      ...counters(loops, 'turn'),
      ...turn.code,
      `accumulated = ${join('accumulated', turn.value)};`,
      '}',
      ...(isShared(kernel) ? joinParts(join) : []),
    ]
  }

/** An element of the output on each thread, or on each workgroup, of which the first thread writes it. */
const whole: Target['kernel'] = (kernel, reduction = [], element) => {
  const results = product(kernel.loops)
  const begin = (at: string): Lines => [
    `let at = ${at};`,
    `if (at >= ${results}) { return; }`,
    ...counters(outputLoops(kernel), 'at'),
    ...reduction,
    ...element.code,
  ]
  if (!isShared(kernel)) {
    const main = [...begin(`group * ${threadsPerGroup} + lane`), `output[at] = ${element.value};`]
    return shaderOf(kernel.inputs.length, Math.ceil(results / threadsPerGroup), main)
  }
  const main = [...begin('group'), `if (lane == 0) { output[at] = ${element.value}; }`]
  return shaderOf(kernel.inputs.length, results, main, [`var<workgroup> parts: array<f32, ${threadsPerGroup}>;`])
}

const targetOf = (kernel: Kernel): Target => ({
  ...indices,
  addressing: byAddress,
  load: (name, input, [at]) => value(name, `input${input}[${at}]`),
  literal: (name, number) => value(name, numberText(number)),
  ramp: (name, index) => value(name, `f32(${index})`),
  apply: (name, operation, [x, y, w]) => {
    const spelling = spellings[operation](name, x, y, w)
    return value(name, spelling.value, spelling.before)
  },
  inside: (name, index, size, block) => ({
    code: [
      `var ${name} = 0f;`,
      `let ${name}_at = ${index};`,
      `if (${name}_at >= 0 && ${name}_at < ${size}) {`,
      ...block.code,
      `${name} = ${block.value};`,
      '}',
    ],
    value: name,
  }),
  accumulated: name => value(name, 'accumulated'),
  sequence: pieces => pieces.flat(),
  reduction: reductionOf(kernel),
  kernel: whole,
})

/** The shader of any kernel. */
export const kernelShader = (kernel: Kernel): Shader => foldKernel(targetOf(kernel))(kernel)
