// Ways in which the bytes of a file go wrong, for readers that must refuse what was not written: by a faulty disk, a
// transfer that was cut short or doubled, an editor, or on purpose. Each is a function from bytes and numbers drawn
// from a key to other bytes; now and then what comes out is what went in.

import { random } from '../../lib/index.ts'

/** A whole number from 0 to below `limit`, another one at each call; 0 where the limit is 0. */
export type Draw = (limit: number) => number

/** A way to go wrong. */
export type ByteMutator = (bytes: Uint8Array, draw: Draw) => Uint8Array

/** Numbers that follow from a seed. */
export const drawing = (seed: number): Draw => {
  let count = 0
  return limit => {
    count += 1
    const [uniform] = random.uniforms(random.fold(random.keyOf(seed), count), 1)
    return Math.min(Math.floor(uniform * limit), Math.max(limit - 1, 0))
  }
}

const joined = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts))

const noise = (count: number, draw: Draw): Uint8Array => Uint8Array.from({ length: count }, () => draw(256))

/** A range of at most `most` bytes, and never none. */
const rangeOf = ({ length }: Uint8Array, draw: Draw, most = 64): readonly [from: number, to: number] => {
  const from = draw(length)
  return [from, Math.min(length, from + 1 + draw(most))]
}

/** The bytes with a range of them changed. */
const changing =
  (change: (range: Uint8Array, draw: Draw) => Uint8Array): ByteMutator =>
  (bytes, draw) => {
    const [from, to] = rangeOf(bytes, draw)
    return joined(bytes.subarray(0, from), change(bytes.slice(from, to), draw), bytes.subarray(to))
  }

/** The bytes with one bit turned among `count` bytes from a place on. */
const turned =
  (place: (length: number) => readonly [from: number, count: number]): ByteMutator =>
  (bytes, draw) => {
    const [from, count] = place(bytes.length)
    const at = from + draw(count)
    return bytes.map((byte, index) => (index === at ? byte ^ (1 << draw(8)) : byte))
  }

const ends = 64

/** All ways, by name. */
export const byteMutators: Readonly<Record<string, ByteMutator>> = {
  'a bit turned': turned(length => [0, length]),
  'a bit turned at the beginning': turned(length => [0, Math.min(ends, length)]),
  'a bit turned at the end': turned(length => [Math.max(0, length - ends), Math.min(ends, length)]),
  'a byte replaced': changing((range, draw) => joined(noise(1, draw), range.subarray(1))),
  'cut short': (bytes, draw) => bytes.slice(0, draw(bytes.length)),
  'its beginning lost': (bytes, draw) => bytes.slice(1 + draw(bytes.length)),
  emptied: () => new Uint8Array(),
  'bytes after the end': (bytes, draw) => joined(bytes, noise(1 + draw(32), draw)),
  'zeros after the end': (bytes, draw) => joined(bytes, new Uint8Array(1 + draw(32))),
  'bytes before the beginning': (bytes, draw) => joined(noise(1 + draw(16), draw), bytes),
  'bytes put in': changing((range, draw) => joined(range, noise(1 + draw(16), draw))),
  'a range lost': changing(() => new Uint8Array()),
  'a range doubled': changing(range => joined(range, range)),
  'a range of zeros': changing(range => range.fill(0)),
  'a range of ones': changing(range => range.fill(255)),
  'a range of noise': changing((range, draw) => noise(range.length, draw)),
  'a range turned round': changing(range => range.reverse()),
  'halves exchanged': bytes => joined(bytes.subarray(bytes.length >> 1), bytes.subarray(0, bytes.length >> 1)),
  'written twice': bytes => joined(bytes, bytes),
  'all noise': (bytes, draw) => noise(Math.min(bytes.length, 4096), draw),
}
