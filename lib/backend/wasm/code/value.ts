// WebAssembly values as data. A value is a constant, a local, or an instruction applied to values; its type is known to
// the TypeScript compiler, so that a vector is never added to an address. A local is told from every other by identity:
// no name is ever looked up, and a local exists in a function because something in the function's body uses it.
//
//   plus(get(row), whole(12))        prints as  (i32.add (local.get $row) (i32.const 12))

/** The types of WebAssembly values that kernels use. */
export type Type = 'i32' | 'i64' | 'f32' | 'v128'

/** A local or a parameter of a function; `hint` is what the printer names it after. */
export interface Local<T extends Type = Type> {
  readonly type: T
  readonly hint: string
}

/** An instruction with its immediates (`offset=16`, lane numbers) applied to values. */
export interface Apply<T extends Type = Type> {
  readonly kind: 'apply'
  readonly type: T
  readonly instruction: string
  readonly operands: readonly Value[]
}

/** A value of type `T`. */
export type Value<T extends Type = Type> =
  | { readonly kind: 'constant'; readonly type: T; readonly value: number }
  | { readonly kind: 'lanes'; readonly type: T; readonly shape: 'f32x4' | 'i32x4'; readonly values: readonly number[] }
  | { readonly kind: 'local'; readonly type: T; readonly local: Local<T> }
  | Apply<T>

/** A whole number, or a byte address. */
export type I32 = Value<'i32'>
/** A float. */
export type F32 = Value<'f32'>
/** Four floats, or four whole numbers. */
export type V128 = Value<'v128'>

/** Bytes of a float. */
export const bytesPerFloat = 4
/** Floats in a vector. */
export const lanesPerVector = 4
/** Bytes of a vector. */
export const bytesPerVector = bytesPerFloat * lanesPerVector

/** A new local. */
export const local = <T extends Type>(type: T, hint: string): Local<T> => ({ type, hint })

/** The value of a local. */
export const get = <T extends Type>(of: Local<T>): Value<T> => ({ kind: 'local', type: of.type, local: of })

/** A whole number known now. */
export const whole = (value: number): I32 => ({ kind: 'constant', type: 'i32', value })

/**
 * An instruction applied to values. The caller vouches for the type of its result; printers use the functions below.
 */
export const apply = <T extends Type>(type: T, instruction: string, ...operands: readonly Value[]): Value<T> => ({
  kind: 'apply',
  type,
  instruction,
  operands,
})

const numberOf = (value: I32): number | undefined => (value.kind === 'constant' ? value.value : undefined)

/** left + right, folded where both are known or one is 0. */
export const plus = (left: I32, right: I32): I32 => {
  const [a, b] = [numberOf(left), numberOf(right)]
  if (a !== undefined && b !== undefined) return whole(a + b)
  if (a === 0) return right
  return b === 0 ? left : apply('i32', 'i32.add', left, right)
}

/** left * factor, folded where it is known. */
export const scaled = (left: I32, factor: number): I32 => {
  const known = numberOf(left)
  if (known !== undefined) return whole(known * factor)
  if (factor === 0) return whole(0)
  return factor === 1 ? left : apply('i32', 'i32.mul', left, whole(factor))
}

/** left - right. */
export const minus = (left: I32, right: I32): I32 => apply('i32', 'i32.sub', left, right)

/** 1 where left < right as signed numbers, else 0. */
export const below = (left: I32, right: I32): I32 => apply('i32', 'i32.lt_s', left, right)
/** 1 where left >= right as signed numbers, else 0. */
export const atLeast = (left: I32, right: I32): I32 => apply('i32', 'i32.ge_s', left, right)
/** 1 where left > right as signed numbers, else 0. */
export const above = (left: I32, right: I32): I32 => apply('i32', 'i32.gt_s', left, right)
/** 1 where both are the same, else 0. */
export const equal = (left: I32, right: I32): I32 => apply('i32', 'i32.eq', left, right)
/** 1 where it is 0, else 0. */
export const isZero = (value: I32): I32 => apply('i32', 'i32.eqz', value)
/** 1 where they differ, else 0. */
export const notEqual = (left: I32, right: I32): I32 => apply('i32', 'i32.ne', left, right)
/** 1 where left > right as numbers without a sign, else 0. */
export const aboveUnsigned = (left: I32, right: I32): I32 => apply('i32', 'i32.gt_u', left, right)
/** 1 where left < right as numbers without a sign, else 0: a left one that is negative is never below. */
export const belowUnsigned = (left: I32, right: I32): I32 => apply('i32', 'i32.lt_u', left, right)
/** left / by, rounded down, as numbers without a sign. */
export const quotient = (left: I32, by: number): I32 => apply('i32', 'i32.div_u', left, whole(by))
/** The remainder of `quotient`. */
export const remainder = (left: I32, by: number): I32 => apply('i32', 'i32.rem_u', left, whole(by))
