// The spelling of each scalar operation on four float32 lanes at once. WebAssembly has arithmetic and the square root;
// the transcendental functions are those of `expansions.ts` over the primitives below, each within two units in the
// last place on the range that a network meets. A multiply-add is one instruction where the engine has relaxed SIMD.
//
//   spellings.less(arithmetic, temporary, x, y, y).value
//   prints as  (v128.and (f32x4.lt x y) (v128.const f32x4 1 1 1 1))

import type { ScalarName } from '../../../language/node.ts'
import { atan, type BinaryPrimitives, cos, erf, exp, log, sin, tanh } from '../../../numeric/expansions.ts'
import { lift, plain, type Spelled } from '../../../numeric/spelled.ts'
import { type Statement, set } from '../code/statement.ts'
import { get, type Local, type V128 } from '../code/value.ts'
import * as vector from '../code/vector.ts'
import { type Arithmetic, splat, splatBits } from '../code/vector.ts'

/** Statements, and the value that they lead to. */
export type Spelling = Spelled<Statement, V128>

/** Gives locals for temporary values, a new one at each call. */
export type Temporary = (hint: string) => Local<'v128'>

type Keep = (hint: string, spelling: Spelling) => Spelling

const keepIn =
  (temporary: Temporary): Keep =>
  (hint, { before, value }) => {
    const kept = temporary(hint)
    return { before: [...before, set(kept, value)], value: get(kept) }
  }

const signBit = splatBits(0x80000000 | 0)

/** 2^n for whole numbers n between -126 and 127. */
const powerOfTwo = (n: V128): V128 => vector.shiftLeft(vector.addWholes(n, splatBits(127)), 23)

/** x times 2^n, by two factors, since 2^n itself may be larger than a float can be. */
const timesPowerOfTwo =
  (keep: Keep) =>
  (x: Spelling, n: Spelling): Spelling => {
    const power = keep('whole', lift(vector.toWholes)(n))
    const half = keep('half', lift((whole: V128) => vector.shiftRight(whole, 1))(power))
    const scaled = (value: V128, whole: V128, first: V128): V128 =>
      vector.mul(vector.mul(value, powerOfTwo(first)), powerOfTwo(vector.subWholes(whole, first)))
    return lift(scaled)(x, power, half)
  }

/**
 * After the bits of sqrt(1/2) are subtracted from a number's bits, the upper nine are its exponent; the lower ones lead
 * to the fraction.
 */
const exponentAndFraction =
  (keep: Keep) =>
  (x: Spelling): readonly [Spelling, Spelling] => {
    const halfRoot = splatBits(0x3f3504f3)
    const bits = keep('bits', lift((value: V128) => vector.subWholes(value, halfRoot))(x))
    const exponent = (above: V128): V128 => vector.toFloats(vector.shiftRight(above, 23))
    const fraction = (above: V128): V128 => vector.addWholes(vector.and(above, splatBits(0x7fffff)), halfRoot)
    return [lift(exponent)(bits), lift(fraction)(bits)]
  }

const turned =
  (keep: Keep) =>
  (turns: Spelling, sine: Spelling, cosine: Spelling): Spelling => {
    const whole = keep('quarters', lift(vector.toWholes)(turns))
    const signed = (quarters: V128, even: V128, odd: V128): V128 => {
      const isOdd = vector.sameWholes(vector.and(quarters, splatBits(1)), splatBits(1))
      const sign = vector.shiftLeft(vector.and(quarters, splatBits(2)), 30)
      return vector.xor(sign, vector.choose(isOdd, odd, even))
    }
    return lift(signed)(whole, sine, cosine)
  }

const primitivesOf = (arithmetic: Arithmetic, temporary: Temporary): BinaryPrimitives<Spelling> => {
  const keep = keepIn(temporary)
  const primitives: BinaryPrimitives<Spelling> = {
    number: value => plain(splat(value)),
    keep,
    add: lift(vector.add),
    sub: lift(vector.sub),
    mul: lift(vector.mul),
    div: lift(vector.div),
    multiplyAdd: lift(vector.multiplyAdd(arithmetic)),
    min: lift(vector.min),
    max: lift(vector.max),
    neg: lift(vector.neg),
    abs: lift(vector.abs),
    nearest: lift(vector.nearest),
    less: lift(vector.less),
    same: lift(vector.same),
    choose: lift(vector.choose),
    withSign: lift((x: V128, size: V128) => vector.or(vector.and(x, signBit), size)),
    exp: x => exp(primitives, x),
    timesPowerOfTwo: timesPowerOfTwo(keep),
    exponentAndFraction: exponentAndFraction(keep),
    turned: turned(keep),
  }
  return primitives
}

const expanded =
  (program: (target: BinaryPrimitives<Spelling>, x: Spelling) => Spelling) =>
  (arithmetic: Arithmetic, temporary: Temporary, x: V128): Spelling =>
    program(primitivesOf(arithmetic, temporary), plain(x))

/**
 * How each operation is spelled. Operands may be used several times, so they are locals or constants; the statements
 * must run before the value is used.
 */
export const spellings: {
  readonly [operation in ScalarName]: (
    arithmetic: Arithmetic,
    temporary: Temporary,
    x: V128,
    y: V128,
    w: V128,
  ) => Spelling
} = {
  add: (_, __, x, y) => plain(vector.add(x, y)),
  mul: (_, __, x, y) => plain(vector.mul(x, y)),
  neg: (_, __, x) => plain(vector.neg(x)),
  recip: (_, __, x) => plain(vector.div(splat(1), x)),
  exp: expanded(exp),
  log: expanded(log),
  sqrt: (_, __, x) => plain(vector.sqrt(x)),
  sin: expanded(sin),
  cos: expanded(cos),
  tanh: expanded(tanh),
  erf: expanded(erf),
  atan: expanded(atan),
  max: (_, __, x, y) => plain(vector.max(x, y)),
  less: (_, __, x, y) => plain(vector.and(vector.less(x, y), splat(1))),
  select: (_, __, x, y, w) => plain(vector.choose(vector.differs(x, splat(0)), y, w)),
  floor: (_, __, x) => plain(vector.floor(x)),
  abs: (_, __, x) => plain(vector.abs(x)),
}
