// The spelling of each scalar operation on four float32 lanes at once. WebAssembly has arithmetic and the square root; the
// transcendental functions are spelled out from `approximations.ts`, each within two units in the last place on the range
// that a network meets. A multiply-add is one instruction where the engine has relaxed SIMD.

import type { ScalarName } from '../../../language/node.ts'
import {
  cosPolynomial,
  erfPolynomial,
  erfTail,
  expPolynomial,
  halfPi,
  logPolynomial,
  logTwo,
  type Polynomial,
  sinPolynomial,
  tanhPolynomial,
} from '../../../numeric/approximations.ts'
import { get, set, splat, splatBits, type Text } from './text.ts'

/** How to multiply and add: fused where relaxed SIMD is there. */
export interface Arithmetic {
  readonly fused: boolean
}

/** Statements, and the value that they lead to. Temporaries are v128 locals whose names start with the one given. */
export interface Spelling {
  readonly before: readonly Text[]
  readonly value: Text
  readonly locals: readonly string[]
}

const binary =
  (operation: string) =>
  (x: Text, y: Text): Text =>
    `(${operation} ${x} ${y})`
const unary =
  (operation: string) =>
  (x: Text): Text =>
    `(${operation} ${x})`

const add = binary('f32x4.add')
const sub = binary('f32x4.sub')
const mul = binary('f32x4.mul')
const div = binary('f32x4.div')
const max = binary('f32x4.max')
const min = binary('f32x4.min')
const less = binary('f32x4.lt')
const and = binary('v128.and')
const or = binary('v128.or')
const neg = unary('f32x4.neg')
const abs = unary('f32x4.abs')
const sqrt = unary('f32x4.sqrt')
const nearest = unary('f32x4.nearest')
const choose = (condition: Text, yes: Text, no: Text): Text => `(v128.bitselect ${yes} ${no} ${condition})`
const toWhole = unary('i32x4.trunc_sat_f32x4_s')
const addWhole = binary('i32x4.add')
const subWhole = binary('i32x4.sub')
const shiftLeft = (x: Text, by: number): Text => `(i32x4.shl ${x} (i32.const ${by}))`
const shiftRight = (x: Text, by: number): Text => `(i32x4.shr_s ${x} (i32.const ${by}))`

/** x y + z */
export const multiplyAdd =
  ({ fused }: Arithmetic) =>
  (x: Text, y: Text, z: Text): Text =>
    fused ? `(f32x4.relaxed_madd ${x} ${y} ${z})` : add(mul(x, y), z)

const horner = (arithmetic: Arithmetic, coefficients: Polynomial, variable: Text): Text =>
  [...coefficients]
    .reverse()
    .map(splat)
    .reduce((inner, next) => multiplyAdd(arithmetic)(inner, variable, next))

/** Names for temporaries and the statements that fill them. */
const steps = (name: string, values: Readonly<Record<string, (local: (letter: string) => Text) => Text>>) => {
  const local = (letter: string): Text => get(`${name}_${letter}`)
  const letters = Object.keys(values)
  return {
    before: letters.map(letter => set(`${name}_${letter}`, values[letter](local))),
    locals: letters.map(letter => `${name}_${letter}`),
    local,
  }
}

const plain = (value: Text): Spelling => ({ before: [], locals: [], value })

/** 2^n for whole numbers n between -126 and 127, as lanes of i32. */
const powerOfTwo = (n: Text): Text => shiftLeft(addWhole(n, splatBits(127)), 23)

/** e^x = 2^n e^r with |r| <= ln(2)/2; the power is applied in two factors, so that results may be subnormal or infinite. */
const expText = (arithmetic: Arithmetic, name: string, x: Text): Spelling => {
  const madd = multiplyAdd(arithmetic)
  const { before, locals, local } = steps(name, {
    c: () => min(max(x, splat(-110)), splat(100)),
    n: l => nearest(mul(l('c'), splat(Math.LOG2E))),
    s: l => madd(l('n'), splat(-logTwo[0]), l('c')),
    r: l => madd(l('n'), splat(-logTwo[1]), l('s')),
    p: l => add(splat(1), madd(mul(l('r'), l('r')), horner(arithmetic, expPolynomial, l('r')), l('r'))),
    w: l => toWhole(l('n')),
    h: l => shiftRight(l('w'), 1),
  })
  const scaledUp = mul(mul(local('p'), powerOfTwo(local('h'))), powerOfTwo(subWhole(local('w'), local('h'))))
  return { before, locals, value: scaledUp }
}

/** log x = e ln 2 + log m with m between sqrt(1/2) and sqrt(2); 0 gives minus infinity and negative numbers NaN. */
const logText = (arithmetic: Arithmetic, name: string, x: Text): Spelling => {
  const madd = multiplyAdd(arithmetic)
  const smallest = 1.1754943508222875e-38
  const halfRoot = 0x3f3504f3
  const { before, locals, local } = steps(name, {
    t: () => less(x, splat(smallest)),
    y: l => choose(l('t'), mul(x, splat(2 ** 23)), x),
    b: l => subWhole(l('y'), splatBits(halfRoot)),
    e: l => `(f32x4.convert_i32x4_s ${shiftRight(l('b'), 23)})`,
    k: l => sub(l('e'), and(l('t'), splat(23))),
    s: l => sub(addWhole(and(l('b'), splatBits(0x7fffff)), splatBits(halfRoot)), splat(1)),
    q: l => mul(l('s'), l('s')),
    p: l => mul(mul(l('q'), l('s')), horner(arithmetic, logPolynomial, l('s'))),
    u: l => madd(l('k'), splat(logTwo[1]), sub(l('p'), mul(splat(0.5), l('q')))),
    v: l => madd(l('k'), splat(logTwo[0]), add(l('s'), l('u'))),
    z: l => choose(`(f32x4.eq ${x} ${splat(0)})`, splat(Number.NEGATIVE_INFINITY), l('v')),
    a: l => choose(`(f32x4.eq ${x} ${splat(Number.POSITIVE_INFINITY)})`, x, l('z')),
  })
  return { before, locals, value: choose(`(f32x4.ge ${x} ${splat(0)})`, local('a'), splat(Number.NaN)) }
}

/** tanh |x| = |x| + |x|^3 T(x^2) near 0, 1 - 2 / (e^(2|x|) + 1) elsewhere, with the sign of x. */
const tanhText = (arithmetic: Arithmetic, name: string, x: Text): Spelling => {
  const madd = multiplyAdd(arithmetic)
  const head = steps(name, { a: () => min(abs(x), splat(12)), d: l => add(l('a'), l('a')) })
  const power = expText(arithmetic, `${name}_e`, head.local('d'))
  const tail = steps(name, {
    f: () => sub(splat(1), div(splat(2), add(power.value, splat(1)))),
    t: l => mul(l('a'), l('a')),
    g: l => madd(mul(l('t'), l('a')), horner(arithmetic, tanhPolynomial.coefficients, l('t')), l('a')),
    m: l => choose(less(l('a'), splat(tanhPolynomial.limit)), l('g'), l('f')),
  })
  const signed = or(and(x, splatBits(0x80000000 | 0)), tail.local('m'))
  return {
    before: [...head.before, ...power.before, ...tail.before],
    locals: [...head.locals, ...power.locals, ...tail.locals],
    value: choose(`(f32x4.eq ${x} ${x})`, signed, x),
  }
}

/** erf x as x times a polynomial near 0, as 1 less a polynomial elsewhere, with the sign of x. */
const erfText = (arithmetic: Arithmetic, name: string, x: Text): Spelling => {
  const { limit, middle, reach, coefficients } = erfTail
  const { before, locals, local } = steps(name, {
    a: () => min(abs(x), splat(limit)),
    n: () => multiplyAdd(arithmetic)(x, horner(arithmetic, erfPolynomial, mul(x, x)), x),
    t: l => mul(sub(l('a'), splat(middle)), splat(1 / reach)),
    f: l => sub(splat(1), horner(arithmetic, coefficients, l('t'))),
    s: l => or(and(x, splatBits(0x80000000 | 0)), l('f')),
  })
  return { before, locals, value: choose(less(local('a'), splat(1)), local('n'), local('s')) }
}

/** Sine of x + quarters * pi/2: reduce to within pi/4 of a multiple of pi/2, choose a polynomial, choose a sign. */
const circularText = (arithmetic: Arithmetic, name: string, x: Text, quarters: 0 | 1): Spelling => {
  const madd = multiplyAdd(arithmetic)
  const { before, locals, local } = steps(name, {
    k: () => nearest(mul(x, splat(2 / Math.PI))),
    a: l => madd(l('k'), splat(-halfPi[0]), x),
    b: l => madd(l('k'), splat(-halfPi[1]), l('a')),
    r: l => madd(l('k'), splat(-halfPi[2]), l('b')),
    t: l => mul(l('r'), l('r')),
    s: l => madd(mul(l('t'), l('r')), horner(arithmetic, sinPolynomial, l('t')), l('r')),
    c: l =>
      madd(mul(l('t'), l('t')), horner(arithmetic, cosPolynomial, l('t')), sub(splat(1), mul(splat(0.5), l('t')))),
    q: l => addWhole(toWhole(l('k')), splatBits(quarters)),
    o: l => `(i32x4.eq ${and(l('q'), splatBits(1))} ${splatBits(1)})`,
    n: l => shiftLeft(and(l('q'), splatBits(2)), 30),
  })
  return { before, locals, value: `(v128.xor ${local('n')} ${choose(local('o'), local('c'), local('s'))})` }
}

/** How each operation is spelled; operands are texts that may be repeated. */
export const spellings: {
  readonly [operation in ScalarName]: (arithmetic: Arithmetic, name: string, x: Text, y: Text, w: Text) => Spelling
} = {
  add: (_, __, x, y) => plain(add(x, y)),
  mul: (_, __, x, y) => plain(mul(x, y)),
  neg: (_, __, x) => plain(neg(x)),
  recip: (_, __, x) => plain(div(splat(1), x)),
  exp: expText,
  log: logText,
  sqrt: (_, __, x) => plain(sqrt(x)),
  sin: (arithmetic, name, x) => circularText(arithmetic, name, x, 0),
  cos: (arithmetic, name, x) => circularText(arithmetic, name, x, 1),
  tanh: tanhText,
  erf: erfText,
  max: (_, __, x, y) => plain(max(x, y)),
  less: (_, __, x, y) => plain(and(less(x, y), splat(1))),
  select: (_, __, x, y, w) => plain(choose(`(f32x4.ne ${x} ${splat(0)})`, y, w)),
  floor: (_, __, x) => plain(`(f32x4.floor ${x})`),
  abs: (_, __, x) => plain(abs(x)),
}
