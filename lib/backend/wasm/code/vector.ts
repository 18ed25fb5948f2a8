// Instructions on vectors, as typed values: four float32 lanes at a time, or the same 128 bits as four whole numbers. A
// comparison gives all bits of a lane where it holds and none elsewhere, and `choose` takes its lanes by such bits.
//
//   add(splat(1), get(x))        prints as  (f32x4.add (v128.const f32x4 1 1 1 1) (local.get $x))

import { apply, bytesPerFloat, type F32, type I32, type V128, whole } from './value.ts'

/** How a machine multiplies and adds: rounding once where it has relaxed SIMD, twice elsewhere. */
export interface Arithmetic {
  readonly fused: boolean
}

const unary =
  (instruction: string) =>
  (x: V128): V128 =>
    apply('v128', instruction, x)
const binary =
  (instruction: string) =>
  (x: V128, y: V128): V128 =>
    apply('v128', instruction, x, y)

/** Four floats known now. */
export const floats = (values: readonly number[]): V128 => ({ kind: 'lanes', type: 'v128', shape: 'f32x4', values })
/** Four whole numbers known now: bit patterns, or masks. */
export const wholes = (values: readonly number[]): V128 => ({ kind: 'lanes', type: 'v128', shape: 'i32x4', values })
/** The same float in all lanes. */
export const splat = (value: number): V128 => floats([value, value, value, value])
/** The same 32 bits in all lanes. */
export const splatBits = (value: number): V128 => wholes([value, value, value, value])
/** A float that is computed, in all lanes. */
export const spread = (value: F32): V128 => apply('v128', 'f32x4.splat', value)
/** A whole number as a float. */
export const toFloat = (value: I32): F32 => apply('f32', 'f32.convert_i32_s', value)

/** x + y */
export const add = binary('f32x4.add')
/** x - y */
export const sub = binary('f32x4.sub')
/** x y */
export const mul = binary('f32x4.mul')
/** x / y */
export const div = binary('f32x4.div')
/** The larger operand; NaN where either is. */
export const max = binary('f32x4.max')
/** The smaller operand; NaN where either is. */
export const min = binary('f32x4.min')
/** -x */
export const neg = unary('f32x4.neg')
/** |x| */
export const abs = unary('f32x4.abs')
/** The square root. */
export const sqrt = unary('f32x4.sqrt')
/** The largest whole number that is not above x, as a float. */
export const floor = unary('f32x4.floor')
/** The nearest whole number, ties to even, as a float. */
export const nearest = unary('f32x4.nearest')

/** x y + z */
export const multiplyAdd =
  ({ fused }: Arithmetic) =>
  (x: V128, y: V128, z: V128): V128 =>
    fused ? apply('v128', 'f32x4.relaxed_madd', x, y, z) : add(mul(x, y), z)

/** All bits of the lanes where x < y. */
export const less = binary('f32x4.lt')
/** All bits of the lanes where x = y. */
export const same = binary('f32x4.eq')
/** All bits of the lanes where x is not y. */
export const differs = binary('f32x4.ne')
/** The bits of `yes` where those of the condition are set, those of `no` elsewhere. */
export const choose = (condition: V128, yes: V128, no: V128): V128 =>
  apply('v128', 'v128.bitselect', yes, no, condition)

/** Bits that are set in both. */
export const and = binary('v128.and')
/** Bits that are set in either. */
export const or = binary('v128.or')
/** Bits that are set in one of the two. */
export const xor = binary('v128.xor')

/** Floats rounded towards zero, as whole numbers. */
export const toWholes = unary('i32x4.trunc_sat_f32x4_s')
/** Whole numbers as floats. */
export const toFloats = unary('f32x4.convert_i32x4_s')
/** x + y of whole numbers. */
export const addWholes = binary('i32x4.add')
/** x - y of whole numbers. */
export const subWholes = binary('i32x4.sub')
/** All bits of the lanes where whole numbers are the same. */
export const sameWholes = binary('i32x4.eq')
/** Whole numbers with their bits moved up. */
export const shiftLeft = (x: V128, by: number): V128 => apply('v128', 'i32x4.shl', x, whole(by))
/** Whole numbers with their bits moved down, keeping the sign. */
export const shiftRight = (x: V128, by: number): V128 => apply('v128', 'i32x4.shr_s', x, whole(by))

/** Four of the eight lanes of two vectors: 0 to 3 of the left one, 4 to 7 of the right one. */
export const shuffle = (left: V128, right: V128, lanes: readonly number[]): V128 => {
  const chosen = lanes.flatMap(lane => [0, 1, 2, 3].map(byte => lane * bytesPerFloat + byte))
  return apply('v128', `i8x16.shuffle ${chosen.join(' ')}`, left, right)
}
