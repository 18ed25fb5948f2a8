// From a contraction to a shader. Each thread computes a tile of four rows and four columns of the output in registers:
// at every turn of the sum it reads four numbers of either factor for sixteen products. At the edges rows and columns
// that are not there read those that are, and are not written. What the kernel does to each sum follows in registers.
//
//   for (var i2 = 0; i2 < 8; i2++) {
//     let columns = vec4f(input1[...], input1[...], input1[...], input1[...]);
//     sum0 = fma(vec4f(input0[...]), columns, sum0);       and three rows more
//   }

import type { Contraction } from '../../loops/contraction.ts'
import type { Affine, Nest, NestInstruction } from '../../loops/nest.ts'
import { product } from '../../numeric/whole-numbers.ts'
import { type Lines, type Shader, shaderOf, threadsPerGroup } from './shader.ts'
import { numberText, spellings } from './wgsl-spelling.ts'

/** Rows and columns of a tile. */
const tile = 4
const places = Array.from({ length: tile }, (_, at) => at)

/** The counter of a loop, as code names it. */
const counterOf = (loop: number): string => `i${loop}`

/** The address of an access, with the counters of some loops as given. */
const addressOf = ({ offset, strides }: Affine, counter: (loop: number) => string | undefined): string => {
  const terms = strides.flatMap((stride, loop) => {
    const own = stride === 0 ? undefined : counter(loop)
    return own === undefined ? [] : [stride === 1 ? own : `${stride} * ${own}`]
  })
  return [...terms, ...(offset === 0 && terms.length > 0 ? [] : [String(offset)])].join(' + ')
}

/** The tile's number taken apart: first columns, then rows, then all other outer loops. */
const tileCounters = ({ outer }: Nest, { rowLoop, columnLoop }: Contraction): Lines => {
  const tiles = (loop: number): number => Math.ceil(outer[loop] / tile)
  const others = outer.flatMap((size, loop) => (loop === rowLoop || loop === columnLoop ? [] : [{ loop, size }]))
  const lines = [
    `let first_column = ${tile} * (at % ${tiles(columnLoop)});`,
    `let first_row = ${tile} * ((at / ${tiles(columnLoop)}) % ${tiles(rowLoop)});`,
  ]
  let before = tiles(columnLoop) * tiles(rowLoop)
  for (const { loop, size } of others.reverse()) {
    lines.push(`let ${counterOf(loop)} = (at / ${before}) % ${size};`)
    before *= size
  }
  return lines
}

const tilesOf = ({ outer }: Nest, { rowLoop, columnLoop }: Contraction): number =>
  product(outer.map((size, loop) => (loop === rowLoop || loop === columnLoop ? Math.ceil(size / tile) : size)))

/** The loops of the sum around a turn of it. */
const sumLines = (nest: Nest, { left, right, rowLoop, columnLoop, summed }: Contraction): Lines => {
  const sizes = [...nest.outer, ...nest.reduction!.parts[0].loops]
  const within = (loop: number, first: string, at: number): string =>
    sizes[loop] % tile === 0 ? `(${first} + ${at})` : `min(${first} + ${at}, ${sizes[loop] - 1})`
  const read = ({ input, ...access }: typeof left, at: number): string =>
    `input${input}[${addressOf(access, loop => {
      if (loop === rowLoop) return within(loop, 'first_row', at)
      return loop === columnLoop ? within(loop, 'first_column', at) : counterOf(loop)
    })}]`
  return [
    ...places.map(at => `var sum${at} = vec4f();`),
    ...summed.map(
      loop => `for (var ${counterOf(loop)} = 0; ${counterOf(loop)} < ${sizes[loop]}; ${counterOf(loop)}++) {`,
    ),
    `let columns = vec4f(${places.map(at => read(right, at)).join(', ')});`,
    ...places.map(at => `sum${at} = fma(vec4f(${read(left, at)}), columns, sum${at});`),
    ...summed.map(() => '}'),
  ]
}

const instructionText = (instruction: NestInstruction, name: string): Lines => {
  switch (instruction.kind) {
    case 'load':
      return [`let ${name} = input${instruction.access.input}[${addressOf(instruction.access, counterOf)}];`]
    case 'literal':
      return [`let ${name} = ${numberText(instruction.value)};`]
    case 'ramp':
      return [`let ${name} = f32(${addressOf(instruction.index, counterOf)});`]
    case 'accumulated':
      return [`let ${name} = sums[row][column];`]
    case 'apply': {
      const [x, y, w] = instruction.operands.map(at => `v${at}`)
      const { before, value } = spellings[instruction.operation](name, x, y, w)
      return [...before, `let ${name} = ${value};`]
    }
  }
}

/** What is done to each sum of the tile, and where it goes. */
const resultLines = ({ outer, output, body }: Nest, { rowLoop, columnLoop }: Contraction): Lines => [
  `let sums = array<vec4f, ${tile}>(${places.map(at => `sum${at}`).join(', ')});`,
  `for (var row = 0; row < ${tile}; row++) {`,
  `let ${counterOf(rowLoop)} = first_row + row;`,
  `if (${counterOf(rowLoop)} >= ${outer[rowLoop]}) { break; }`,
  `for (var column = 0; column < ${tile}; column++) {`,
  `let ${counterOf(columnLoop)} = first_column + column;`,
  `if (${counterOf(columnLoop)} >= ${outer[columnLoop]}) { break; }`,
  ...body.flatMap((instruction, at) => instructionText(instruction, `v${at}`)),
  `output[${addressOf(output, counterOf)}] = v${body.length - 1};`,
  '}',
  '}',
]

/** The shader of a nest that is a contraction, and reads so many inputs. */
export const contractionShader = (nest: Nest, contraction: Contraction, inputs: number): Shader => {
  const tiles = tilesOf(nest, contraction)
  return shaderOf(inputs, Math.ceil(tiles / threadsPerGroup), [
    `let at = group * ${threadsPerGroup} + lane;`,
    `if (at >= ${tiles}) { return; }`,
    ...tileCounters(nest, contraction),
    ...sumLines(nest, contraction),
    ...resultLines(nest, contraction),
  ])
}
