// The spelling of each scalar operation in gpu.js's JavaScript. gpu.js knows no erf; the sine of some drivers is off by 2e-4
// and their tanh overflows to NaN, so those are spelled out. Operands are names of constants, so repeating them is free.

import type { ScalarName } from '../../language/node.ts'
import {
  cosPolynomial,
  erfPolynomial,
  erfTail,
  halfPi,
  type Polynomial,
  sinPolynomial,
} from '../../numeric/approximations.ts'

/** The statements that an operation needs first, and its value. `name` is fresh and may prefix further names. */
export interface Spelling {
  readonly before: readonly string[]
  readonly value: string
}

/** A number as gpu.js can read it. Whole numbers from 2^31 on and infinities have no spelling there; factors have. */
export const numberText = (value: number): string => {
  if (value < 0) return `(-${numberText(-value)})`
  if (value < 1e9) return String(value)
  const exponent = Math.min(127, Math.floor(Math.log2(value))) + 1
  const fraction = value === Number.POSITIVE_INFINITY ? 1 - 2 ** -24 : value / 2 ** exponent
  const steps = Array.from({ length: Math.floor(exponent / 20) }, () => '1048576')
  return `(${[String(fraction), ...steps, String(2 ** (exponent % 20))].join(' * ')})`
}

const horner = (coefficients: Polynomial, variable: string): string =>
  [...coefficients]
    .reverse()
    .map(numberText)
    .reduce((inner, next) => `(${inner} * ${variable} + ${next})`)

const plain = (value: string): Spelling => ({ before: [], value })

/** erf x as x times a polynomial near 0, as 1 less a polynomial elsewhere, with the sign of x. */
const erfText = (name: string, x: string): Spelling => {
  const [size, square, place, far] = ['a', 's', 't', 'f'].map(letter => `${name}_${letter}`)
  return {
    before: [
      `const ${size} = Math.min(Math.abs(${x}), ${erfTail.limit});`,
      `const ${square} = ${x} * ${x};`,
      `const ${place} = (${size} - ${erfTail.middle}) * ${numberText(1 / erfTail.reach)};`,
      `const ${far} = 1 - ${horner(erfTail.coefficients, place)};`,
    ],
    value: `(${size} < 1 ? ${x} + ${x} * ${horner(erfPolynomial, square)} : (${x} < 0 ? -${far} : ${far}))`,
  }
}

/** Sine of x + quarters * pi/2: reduce to within pi/4 of a multiple of pi/2, then one of two polynomials. */
const circularText = (name: string, x: string, quarters: 0 | 1): Spelling => {
  const [first, second, third] = halfPi.map(numberText)
  const [turn, rest, square, phase] = ['k', 'r', 't', 'q'].map(letter => `${name}_${letter}`)
  const sine = `(${rest} + ${rest} * ${square} * ${horner(sinPolynomial, square)})`
  const cosine = `(1 - 0.5 * ${square} + ${square} * ${square} * ${horner(cosPolynomial, square)})`
  return {
    before: [
      `const ${turn} = Math.floor(${x} * ${2 / Math.PI} + 0.5);`,
      `const ${rest} = ((${x} - ${turn} * ${first}) - ${turn} * ${second}) - ${turn} * ${third};`,
      `const ${square} = ${rest} * ${rest};`,
      `const ${phase} = (${turn} + ${quarters}) - 4 * Math.floor((${turn} + ${quarters}) * 0.25);`,
    ],
    value: `(${phase} < 0.5 ? ${sine} : (${phase} < 1.5 ? ${cosine} : (${phase} < 2.5 ? -${sine} : -${cosine})))`,
  }
}

/** How each operation is spelled. */
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
  sin: (name, x) => circularText(name, x, 0),
  cos: (name, x) => circularText(name, x, 1),
  tanh: (_, x) => plain(`Math.tanh(Math.max(-12, Math.min(12, ${x})))`),
  erf: erfText,
  max: (_, x, y) => plain(`Math.max(${x}, ${y})`),
  less: (_, x, y) => plain(`(${x} < ${y} ? 1 : 0)`),
  select: (_, x, y, w) => plain(`(${x} != 0 ? ${y} : ${w})`),
  floor: (_, x) => plain(`Math.floor(${x})`),
  abs: (_, x) => plain(`Math.abs(${x})`),
}
