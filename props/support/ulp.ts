// Distances between float32 numbers in units of the last place, and sets of numbers to measure functions on.

import { fold, keyOf, uniforms } from '../../lib/tree/random.ts'

const bits = new DataView(new ArrayBuffer(4))

const smallestExponent = -149

/** The distance between a float32 number and its neighbours at the size of `value`. */
export const ulpOf = (value: number): number => {
  bits.setFloat32(0, Math.abs(value))
  const exponent = bits.getUint32(0) >> 23
  return 2 ** Math.max(exponent - 150, smallestExponent)
}

/**
 * How far a float32 result is from an exact one, in ulps of the exact one; 0 where both are the same infinity or NaN.
 */
export const ulpsBetween = (result: number, exact: number): number => {
  if (Object.is(result, Math.fround(exact))) return 0
  if (!Number.isFinite(exact) || !Number.isFinite(result)) return Number.POSITIVE_INFINITY
  return Math.abs(result - exact) / ulpOf(Math.fround(exact))
}

/**
 * So many numbers evenly from one end to the other, both among them, as many at random, and as many at random sizes.
 */
export const probesOf = (low: number, high: number, count: number): Float32Array => {
  const key = keyOf(11)
  const even = Array.from({ length: count }, (_, at) => low + ((high - low) * at) / (count - 1))
  const random = Array.from(uniforms(fold(key, 'even'), count), part => low + (high - low) * part)
  const sizes = Array.from(uniforms(fold(key, 'sizes'), count), (part, at) => {
    const size = 2 ** (-60 + 60 * part)
    return (at % 2 === 0 ? high : low) * size
  })
  return Float32Array.from([...even, ...random, ...sizes], value => Math.min(Math.max(value, low), high))
}
