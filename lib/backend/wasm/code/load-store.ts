// Instructions that read and write vectors. An address is a value in bytes, plus an offset in bytes that is known when
// the code is generated; lanes are float32.
//
//   loadVector(get(source), 16)        prints as  (v128.load offset=16 (local.get $source))

import { type Code, perform } from './statement.ts'
import { apply, bytesPerFloat, type I32, lanesPerVector, type V128 } from './value.ts'

const at = (offset: number): string => (offset === 0 ? '' : ` offset=${offset}`)

/** Four neighbouring floats. */
export const loadVector = (address: I32, offset = 0): V128 => apply('v128', `v128.load${at(offset)}`, address)

/** One float in all lanes. */
export const loadSplat = (address: I32, offset = 0): V128 => apply('v128', `v128.load32_splat${at(offset)}`, address)

/** Floats `stride` bytes apart: as many as are `valid`, and the first again in the other lanes. */
export const loadApart = (address: I32, offset: number, stride: number, valid: number): V128 =>
  [1, 2, 3].reduce<V128>(
    (vector, lane) =>
      apply('v128', `v128.load32_lane${at(offset + (lane < valid ? lane : 0) * stride)} ${lane}`, address, vector),
    apply('v128', `v128.load32_zero${at(offset)}`, address),
  )

/** Stores four neighbouring floats. */
export const storeVector = (address: I32, value: V128, offset = 0): Code => [
  perform(`v128.store${at(offset)}`, address, value),
]

/** Stores one lane. */
export const storeLane = (address: I32, value: V128, lane: number, offset = 0): Code => [
  perform(`v128.store32_lane${at(offset)} ${lane}`, address, value),
]

/** Stores the first `count` lanes, 1 to 4, of a vector; with 3 it is used twice, so that it should be a local. */
export const storeFirst = (count: number, address: I32, value: V128, offset = 0): Code => {
  if (count === lanesPerVector) return storeVector(address, value, offset)
  if (count === 1) return storeLane(address, value, 0, offset)
  const pair = perform(`v128.store64_lane${at(offset)} 0`, address, value)
  return count === 2 ? [pair] : [pair, ...storeLane(address, value, 2, offset + 2 * bytesPerFloat)]
}

/** Copies one float; it is not changed, whatever its bits are. */
export const copyFloat = (to: I32, toOffset: number, from: I32, fromOffset: number): Code => [
  perform(`i32.store${at(toOffset)}`, to, apply('i32', `i32.load${at(fromOffset)}`, from)),
]
