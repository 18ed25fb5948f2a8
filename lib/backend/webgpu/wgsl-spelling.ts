// From a scalar operation to its spelling in WGSL. WGSL has no erf; the sine of some drivers is off by 2e-4, and their
// tanh overflows to NaN. Those are spelled out by `expansions.ts` instead. Operands are names of values, so a spelling
// may use one several times.
//
//   spellings.less('v3', 'v1', 'v2').value        is  select(0f, 1f, v1 < v2)

import type { ScalarName } from '../../language/node.ts'
import { atan, cos, erf, type Primitives, sin, tanh } from '../../numeric/expansions.ts'
import { lift, plain, type Spelled } from '../../numeric/spelled.ts'

/** The statements that an operation needs first, and its value. */
export type Spelling = Spelled<string, string>

/** Declarations that `numberText` may refer to: WGSL has no constants that are infinite or no number. */
export const numberDeclarations = `var<private> infinityBits: u32 = 0x7f800000u;
var<private> noNumberBits: u32 = 0x7fc00000u;`

/** A float32 in WGSL. */
export const numberText = (value: number): string => {
  const rounded = Math.fround(value)
  if (Number.isNaN(rounded)) return 'bitcast<f32>(noNumberBits)'
  if (rounded === Number.POSITIVE_INFINITY) return 'bitcast<f32>(infinityBits)'
  if (rounded < 0 || Object.is(rounded, -0)) return `(-${numberText(-rounded)})`
  return `${rounded}f`
}

const call = (name: string) => lift((...operands: readonly string[]) => `${name}(${operands.join(', ')})`)
const binary = (sign: string) => lift((x: string, y: string) => `(${x} ${sign} ${y})`)
const choice = (condition: string, yes: string, no: string): string => `select(${no}, ${yes}, ${condition})`

/** The sine in each quarter of a turn: of the first quarter's sine and cosine, one or the other, with either sign. */
const turnedText = (phase: string, sine: string, cosine: string): string =>
  choice(`${phase} < 0.5`, sine, choice(`${phase} < 1.5`, cosine, choice(`${phase} < 2.5`, `-${sine}`, `-${cosine}`)))

/** `name` is fresh and begins the names of what is kept. */
const primitivesOf = (name: string): Primitives<Spelling> => {
  const keep = (hint: string, { before, value }: Spelling): Spelling => {
    const kept = `${name}_${hint}`
    return { before: [...before, `let ${kept} = ${value};`], value: kept }
  }
  const phase = lift((turns: string) => `${turns} - 4 * floor(${turns} * 0.25)`)
  return {
    number: value => plain(numberText(value)),
    keep,
    add: binary('+'),
    sub: binary('-'),
    mul: binary('*'),
    div: binary('/'),
    multiplyAdd: lift((x: string, y: string, z: string) => `fma(${x}, ${y}, ${z})`),
    min: call('min'),
    max: call('max'),
    neg: lift((x: string) => `(-${x})`),
    abs: call('abs'),
    nearest: lift((x: string) => `floor(${x} + 0.5)`),
    exp: call('exp'),
    less: binary('<'),
    choose: lift(choice),
    withSign: lift((x: string, size: string) => choice(`${x} < 0`, `-${size}`, size)),
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
  exp: (_, x) => plain(`exp(${x})`),
  log: (_, x) => plain(`log(${x})`),
  sqrt: (_, x) => plain(`sqrt(${x})`),
  sin: expanded(sin),
  cos: expanded(cos),
  tanh: expanded(tanh),
  erf: expanded(erf),
  atan: expanded(atan),
  max: (_, x, y) => plain(`max(${x}, ${y})`),
  less: (_, x, y) => plain(choice(`${x} < ${y}`, '1f', '0f')),
  select: (_, x, y, w) => plain(choice(`${x} != 0`, y, w)),
  floor: (_, x) => plain(`floor(${x})`),
  abs: (_, x) => plain(`abs(${x})`),
}
