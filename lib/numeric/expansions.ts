// Functions that a target's own library gets wrong or lacks, spelled out once for all targets: how the argument is
// reduced to a small range, which polynomial holds there, and how the result is put together. Each function computes
// with the target's primitives and never looks inside a value: for a target that prints code, a value is a piece of
// code, and `keep` puts it into a variable.
//
//   sin x = +-sin r or +-cos r  with  r = x - k pi/2,  k = nearest(x 2/pi)

import {
  atanPolynomial,
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
} from './approximations.ts'

type Unary<T> = (x: T) => T
type Binary<T> = (x: T, y: T) => T
type Ternary<T> = (x: T, y: T, z: T) => T

/** The arithmetic of a target, on values of float32. */
export interface Primitives<T> {
  readonly number: (value: number) => T
  /** The same value in a variable, to be used several times. */
  readonly keep: (hint: string, value: T) => T
  readonly add: Binary<T>
  readonly sub: Binary<T>
  readonly mul: Binary<T>
  readonly div: Binary<T>
  /** x y + z */
  readonly multiplyAdd: Ternary<T>
  readonly min: Binary<T>
  readonly max: Binary<T>
  readonly neg: Unary<T>
  readonly abs: Unary<T>
  /** The nearest whole number. */
  readonly nearest: Unary<T>
  readonly exp: Unary<T>
  /** The condition that x < y. */
  readonly less: Binary<T>
  /** y where the condition x holds, else z. */
  readonly choose: Ternary<T>
  /** The positive number y with the sign of x; both may be repeated. */
  readonly withSign: Binary<T>
  /**
   * The sine of x quarter turns (a whole number) and a rest, whose sine is y and whose cosine is z; all may be
   * repeated.
   */
  readonly turned: Ternary<T>
}

/** Further primitives for a target that has no exponential function and no logarithm. */
export interface BinaryPrimitives<T> extends Primitives<T> {
  /** The condition that x = y. */
  readonly same: Binary<T>
  /** x 2^y for whole numbers y: infinite or subnormal where that is. */
  readonly timesPowerOfTwo: Binary<T>
  /** Of a normal positive number, e and f with x = 2^e f and sqrt(1/2) <= f < sqrt(2). */
  readonly exponentAndFraction: (x: T) => readonly [exponent: T, fraction: T]
}

const horner = <T>({ number, multiplyAdd }: Primitives<T>, coefficients: Polynomial, x: T): T =>
  [...coefficients]
    .reverse()
    .map(number)
    .reduce((inner, next) => multiplyAdd(inner, x, next))

/** e^x = 2^n e^r with |r| <= ln(2)/2. */
export const exp = <T>(target: BinaryPrimitives<T>, x: T): T => {
  const { number, keep, add, mul, multiplyAdd, min, max, nearest, timesPowerOfTwo } = target
  const clamped = keep('clamped', min(max(x, number(-110)), number(100)))
  const power = keep('power', nearest(mul(clamped, number(Math.LOG2E))))
  const most = multiplyAdd(power, number(-logTwo[0]), clamped)
  const rest = keep('rest', multiplyAdd(power, number(-logTwo[1]), most))
  const curved = multiplyAdd(mul(rest, rest), horner(target, expPolynomial, rest), rest)
  return timesPowerOfTwo(keep('factor', add(number(1), curved)), power)
}

const smallestNormal = 2 ** -126

/** log x = e ln 2 + log f with f between sqrt(1/2) and sqrt(2); 0 gives minus infinity and negative numbers NaN. */
export const log = <T>(target: BinaryPrimitives<T>, x: T): T => {
  const { number, keep, add, sub, mul, multiplyAdd, less, same, choose, exponentAndFraction } = target
  const tiny = keep('tiny', less(x, number(smallestNormal)))
  const [exponent, fraction] = exponentAndFraction(choose(tiny, mul(x, number(2 ** 23)), x))
  const power = keep('power', sub(exponent, choose(tiny, number(23), number(0))))
  const rest = keep('rest', sub(fraction, number(1)))
  const square = keep('square', mul(rest, rest))
  const cubic = mul(mul(square, rest), horner(target, logPolynomial, rest))
  const small = multiplyAdd(power, number(logTwo[1]), sub(cubic, mul(number(0.5), square)))
  const value = multiplyAdd(power, number(logTwo[0]), add(rest, small))
  const positive = choose(same(x, number(Number.POSITIVE_INFINITY)), x, value)
  const other = choose(same(x, number(0)), number(Number.NEGATIVE_INFINITY), number(Number.NaN))
  return choose(less(number(0), x), positive, other)
}

/** tanh |x| = |x| + |x|^3 T(x^2) near 0, 1 - 2 / (e^(2|x|) + 1) elsewhere, with the sign of x. */
export const tanh = <T>(target: Primitives<T>, x: T): T => {
  const { number, keep, add, sub, mul, div, multiplyAdd, min, abs, less, choose, withSign } = target
  const size = keep('size', min(abs(x), number(12)))
  const power = target.exp(keep('twice', add(size, size)))
  const far = sub(number(1), div(number(2), add(power, number(1))))
  const square = keep('square', mul(size, size))
  const near = multiplyAdd(mul(square, size), horner(target, tanhPolynomial.coefficients, square), size)
  return withSign(x, keep('positive', choose(less(size, number(tanhPolynomial.limit)), near, far)))
}

/** erf x as x + x E(x^2) near 0, as 1 less a polynomial elsewhere, with the sign of x. */
export const erf = <T>(target: Primitives<T>, x: T): T => {
  const { number, keep, sub, mul, multiplyAdd, min, abs, less, choose, withSign } = target
  const { limit, middle, reach, coefficients } = erfTail
  const size = keep('size', min(abs(x), number(limit)))
  const square = keep('square', mul(x, x))
  const near = multiplyAdd(x, horner(target, erfPolynomial, square), x)
  const place = keep('place', mul(sub(size, number(middle)), number(1 / reach)))
  const far = keep('far', sub(number(1), horner(target, coefficients, place)))
  return choose(less(size, number(1)), near, withSign(x, far))
}

/** Quarter turns in x, and sine and cosine of the rest, which is within pi/4 of 0. */
const quartersAndRest = <T>(target: Primitives<T>, x: T): readonly [turns: T, sine: T, cosine: T] => {
  const { number, keep, sub, mul, multiplyAdd, nearest } = target
  const turns = keep('turns', nearest(mul(x, number(2 / Math.PI))))
  const rest = keep(
    'rest',
    halfPi.reduce((left, part) => multiplyAdd(turns, number(-part), left), x),
  )
  const square = keep('square', mul(rest, rest))
  const sine = multiplyAdd(mul(square, rest), horner(target, sinPolynomial, square), rest)
  const flat = sub(number(1), mul(number(0.5), square))
  const cosine = multiplyAdd(mul(square, square), horner(target, cosPolynomial, square), flat)
  return [turns, keep('sine', sine), keep('cosine', cosine)]
}

/** sin x, from the sine or the cosine of what is left of x beside quarter turns. */
export const sin = <T>(target: Primitives<T>, x: T): T => target.turned(...quartersAndRest(target, x))

/** cos x is sin x a quarter turn later, where the sine has become the cosine and the cosine minus the sine. */
export const cos = <T>(target: Primitives<T>, x: T): T => {
  const [turns, sine, cosine] = quartersAndRest(target, x)
  return target.turned(turns, cosine, target.keep('opposite', target.neg(sine)))
}

/** atan |x| = atan t or, beyond 1, pi/2 - atan t, where t = |x| or 1/|x| is at most 1, with the sign of x. */
export const atan = <T>(target: Primitives<T>, x: T): T => {
  const { number, keep, sub, mul, div, multiplyAdd, min, max, abs, less, choose, withSign } = target
  const size = keep('size', abs(x))
  const part = keep('part', div(min(size, number(1)), max(size, number(1))))
  const square = keep('square', mul(part, part))
  const near = keep('near', multiplyAdd(mul(square, part), horner(target, atanPolynomial, square), part))
  const far = sub(number(Math.PI / 2), near)
  return withSign(x, keep('positive', choose(less(number(1), size), far, near)))
}
