// Bytes with a mistake in them, as files have them that were cut, overwritten, or made to harm: one of several kinds of
// change at a random place.

import * as fc from 'fast-check'

const joined = (...parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  parts.reduce((at, part) => {
    whole.set(part, at)
    return at + part.length
  }, 0)
  return whole
}

/** A change of bytes at a place, with a second number that it may use. */
type Mutation = (bytes: Uint8Array, at: number, by: number) => Uint8Array

const mutations: readonly Mutation[] = [
  (bytes, at) => bytes.subarray(0, at),
  (bytes, at) => bytes.subarray(at),
  (bytes, at, by) => joined(bytes.subarray(0, at), bytes.subarray(at + 1 + (by % 16))),
  (bytes, at, by) => joined(bytes.subarray(0, at), Uint8Array.of(by & 255), bytes.subarray(at)),
  (bytes, at, by) => joined(bytes, bytes.subarray(at, at + 1 + (by % 64))),
  (bytes, at, by) => bytes.map((byte, place) => (place === at ? byte ^ (1 << (by % 8)) : byte)),
  (bytes, at, by) => bytes.map((byte, place) => (place === at ? by & 255 : byte)),
  (bytes, at, by) => bytes.map((byte, place) => (place >= at && place < at + (by % 16) ? 0 : byte)),
  (bytes, at, by) => bytes.map((byte, place) => (place >= at && place < at + 1 + (by % 8) ? 255 : byte)),
  (bytes, at, by) => {
    const from = by % bytes.length
    const [first, second] = [Math.min(at, from), Math.max(at, from)]
    return joined(bytes.subarray(0, first), bytes.subarray(second), bytes.subarray(first, second))
  },
]

/** Mutated copies of bytes. */
export const mutated = (bytes: Uint8Array): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(fc.constantFrom(...mutations), fc.nat(bytes.length - 1), fc.nat(2 ** 20))
    .map(([mutate, at, by]) => mutate(bytes, at, by))
