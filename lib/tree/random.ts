// Randomness without state: a key is a value, and everything drawn from it is a pure function of the key. What belongs
// to a name draws from the key folded by that name, so that a new field changes no other.
//
//   fields({ x: uniform(0, 1), shown: chance(0.5) })(key)        x is drawn from fold(key, 'x') alone

import type { Reader } from 'fp-ts/lib/Reader.js'
import { bits, domain, fold, type Key, threefry } from './key.ts'

export { bits, fold, type Key, keyOf, splitKey, threefry } from './key.ts'

/** Something drawn from a key. */
export type Random<T> = Reader<Key, T>

const unitInterval = (word: number): number => (word >>> 8) * 2 ** -24

/**
 * Uniform numbers in [0, 1), multiples of 2^-24, so that float32 holds them exactly.
 *
 * @example
 * ```ts
 * import { random } from 'functional-dino'
 * const numbers = random.uniforms(random.keyOf(1), 10000)
 * numbers.every(x => x >= 0 && x < 1) // => true
 * numbers.filter(x => x < 0.5).length / 10000 > 0.48 // => true
 * ```
 */
export const uniforms = (key: Key, count: number): Float64Array => Float64Array.from(bits(key, count), unitInterval)

/** The first of them alone. */
const unit: Random<number> = key => unitInterval(threefry(key, [0, domain.bits])[0])

/**
 * Standard normal numbers, by Box and Muller's transform.
 *
 * @example
 * ```ts
 * import { random } from 'functional-dino'
 * const numbers = random.normals(random.keyOf(1), 10000)
 * const within = numbers.filter(x => Math.abs(x) < 1).length / 10000
 * Math.abs(within - 0.6827) < 0.02 // => true
 * ```
 */
export const normals = (key: Key, count: number): Float64Array => {
  const words = bits(key, 2 * count)
  return Float64Array.from({ length: count }, (_, index) => {
    const radius = Math.sqrt(-2 * Math.log((words[2 * index] + 1) * 2 ** -32))
    return radius * Math.cos(2 * Math.PI * words[2 * index + 1] * 2 ** -32)
  })
}

/**
 * A random order of 0, ..., count - 1.
 *
 * @example
 * ```ts
 * import { random } from 'functional-dino'
 * const order = random.permutation(random.keyOf(1), 5)
 * [...order].sort() // => [0, 1, 2, 3, 4]
 * ```
 */
export const permutation = (key: Key, count: number): Uint32Array => {
  const order = Uint32Array.from({ length: count }, (_, index) => index)
  const draws = uniforms(key, count)
  for (let last = count - 1; last > 0; last -= 1) {
    const chosen = Math.floor(draws[last] * (last + 1))
    ;[order[last], order[chosen]] = [order[chosen], order[last]]
  }
  return order
}

/** A uniform number in [low, high). */
export const uniform =
  (low: number, high: number): Random<number> =>
  key =>
    low + (high - low) * unit(key)

/**
 * True with the given probability.
 *
 * @example
 * ```ts
 * import { random } from 'functional-dino'
 * const often = random.splitKey(random.keyOf(1), 10000).filter(random.chance(0.25)).length / 10000
 * Math.abs(often - 0.25) < 0.02 // => true
 * ```
 */
export const chance =
  (probability: number): Random<boolean> =>
  key =>
    unit(key) < probability

/**
 * A whole number in [low, high].
 *
 * @example
 * ```ts
 * import { random } from 'functional-dino'
 * const throws = random.splitKey(random.keyOf(1), 100).map(random.whole(1, 6))
 * [...new Set(throws)].sort() // => [1, 2, 3, 4, 5, 6]
 * ```
 */
export const whole =
  (low: number, high: number): Random<number> =>
  key =>
    low + Math.floor(unit(key) * (high - low + 1))

/**
 * A record of draws, each from a key folded by its field's name.
 *
 * @example
 * ```ts
 * import { random } from 'functional-dino'
 * const point = random.fields({ x: random.uniform(0, 1) })
 * const named = random.fields({ shown: random.chance(0.5), x: random.uniform(0, 1) })
 * named(random.keyOf(1)).x // => point(random.keyOf(1)).x
 * ```
 */
export const fields =
  <T extends object>(draws: { readonly [K in keyof T]: Random<T[K]> }): Random<T> =>
  key => {
    const names = Object.keys(draws) as (keyof T & string)[]
    return Object.fromEntries(names.map(name => [name, draws[name](fold(key, name))])) as T
  }
