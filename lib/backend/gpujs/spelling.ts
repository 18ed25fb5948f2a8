// From a scalar operation to its spelling in gpu.js's JavaScript. gpu.js has no erf; the sine of some drivers is off by
// 2e-4, and their tanh overflows to NaN. Those are spelled
// out by `expansions.ts` instead. Operands are names of constants, so a spelling may use one several times.
//
//   spellings.max('v3', 'v1', 'v2').value        is  Math.max(v1, v2)

import type { ScalarName } from '../../language/node.ts'
import { atan, cos, erf, type Primitives, sin, tanh } from '../../numeric/expansions.ts'
import { lift, plain, type Spelled } from '../../numeric/spelled.ts'

/** The statements that an operation needs first, and its value. */
export type Spelling = Spelled<string, string>

/** A number as gpu.js can read it. Whole numbers from 2^31 on and infinities have no spelling there; factors have. */
export const numberText = (value: number): string => {
  if (value < 0) return `(-${numberText(-value)})`
  if (value < 1e9) return String(value)
  const exponent = Math.min(127, Math.floor(Math.log2(value))) + 1
  const fraction = value === Number.POSITIVE_INFINITY ? 1 - 2 ** -24 : value / 2 ** exponent
  const steps = Array.from({ length: Math.floor(exponent / 20) }, () => '1048576')
  return `(${[String(fraction), ...steps, String(2 ** (exponent % 20))].join(' * ')})`
}

const call = (name: string) => lift((...operands: readonly string[]) => `Math.${name}(${operands.join(', ')})`)
const binary = (sign: string) => lift((x: string, y: string) => `(${x} ${sign} ${y})`)

/** The sine in each quarter of a turn: of the first quarter's sine and cosine, one or the other, with either sign. */
const turnedText = (phase: string, sine: string, cosine: string): string =>
  `(${phase} < 0.5 ? ${sine} : (${phase} < 1.5 ? ${cosine} : (${phase} < 2.5 ? -${sine} : -${cosine})))`

/** `name` is fresh and begins the names of what is kept. */
const primitivesOf = (name: string): Primitives<Spelling> => {
  const keep = (hint: string, { before, value }: Spelling): Spelling => {
    const kept = `${name}_${hint}`
    return { before: [...before, `const ${kept} = ${value};`], value: kept }
  }
  const phase = lift((turns: string) => `${turns} - 4 * Math.floor(${turns} * 0.25)`)
  return {
    number: value => plain(numberText(value)),
    keep,
    add: binary('+'),
    sub: binary('-'),
    mul: binary('*'),
    div: binary('/'),
    multiplyAdd: lift((x: string, y: string, z: string) => `(${x} * ${y} + ${z})`),
    min: call('min'),
    max: call('max'),
    neg: lift((x: string) => `(-${x})`),
    abs: call('abs'),
    nearest: lift((x: string) => `Math.floor(${x} + 0.5)`),
    exp: call('exp'),
    less: binary('<'),
    choose: lift((condition: string, yes: string, no: string) => `(${condition} ? ${yes} : ${no})`),
    withSign: lift((x: string, size: string) => `(${x} < 0 ? -${size} : ${size})`),
    turned: (turns, sine, cosine) => lift(turnedText)(keep('phase', phase(turns)), sine, cosine),
  }
}

const expanded =
  (program: (target: Primitives<Spelling>, x: Spelling) => Spelling) =>
  (name: string, x: string): Spelling =>
    program(primitivesOf(name), plain(x))

/** How each operation is spelled; `name` is fresh and may begin further names. */
export const spellings: {
  readonly [operation in ScalarName]: (name: string, x: string, y: string, w: string) => Spelling
} = {
  add: (_, x, y) => plain(`${x} + ${y}`),
  mul: (_, x, y) => plain(`${x} * ${y}`),
  neg: (_, x) => plain(`-${x}`),
  recip: (_, x) => plain(`1 / ${x}`),
  exp: (_, x) => plain(`Math.exp(${x})`),
  log: (_, x) => plain(`Math.log(${x})`),
  sqrt: (_, x) => plain(`Math.sqrt(${x})`),
  sin: expanded(sin),
  cos: expanded(cos),
  tanh: expanded(tanh),
  erf: expanded(erf),
  atan: expanded(atan),
  max: (_, x, y) => plain(`Math.max(${x}, ${y})`),
  less: (_, x, y) => plain(`(${x} < ${y} ? 1 : 0)`),
  select: (_, x, y, w) => plain(`(${x} != 0 ? ${y} : ${w})`),
  floor: (_, x) => plain(`Math.floor(${x})`),
  abs: (_, x) => plain(`Math.abs(${x})`),
}
