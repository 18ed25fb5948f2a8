// Randomness without state: a key is a value, and everything drawn from it is a pure function of the key. The generator
// is Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3"),
// checked against the Random123 known answers. Keys for named fields are folded in by name, so that a new field changes
// no other.

import type { Reader } from 'fp-ts/lib/Reader.js'

/** A 64-bit key as two unsigned 32-bit words. */
export type Key = readonly [number, number]

/** Something drawn from a key. */
export type Random<T> = Reader<Key, T>

const parity = 0x1bd11bda
const rotations = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const

const rotate = (word: number, by: number): number => (word << by) | (word >>> (32 - by))

/** One block: two words from a key and a counter of two words. */
export const threefry = ([key0, key1]: Key, [counter0, counter1]: Key): Key => {
  const schedule = [key0, key1, key0 ^ key1 ^ parity]
  let x = (counter0 + key0) | 0
  let y = (counter1 + key1) | 0
  for (let group = 0; group < 5; group += 1) {
    for (const rotation of rotations[group % 2]) {
      x = (x + y) | 0
      y = rotate(y, rotation) ^ x
    }
    x = (x + schedule[(group + 1) % 3]) | 0
    y = (y + schedule[(group + 2) % 3] + group + 1) | 0
  }
  return [x >>> 0, y >>> 0]
}

const domain = { bits: 0, split: 1, number: 2, text: 3, length: 4 } as const

/**
 * The key of a seed, any whole number up to 2^53 in size.
 *
 * @example
 * ```ts
 * import { random } from 'functional-dino'
 * random.keyOf(5) // => [0, 5]
 * random.keyOf(2 ** 32 + 5) // => [1, 5]
 * ```
 */
export const keyOf = (seed: number): Key => [Math.floor(seed / 2 ** 32) >>> 0, seed >>> 0]

/**
 * `count` independent keys; the first ones do not depend on how many are asked for.
 *
 * @example
 * ```ts
 * import { random } from 'functional-dino'
 * const key = random.keyOf(1)
 * random.splitKey(key, 1000).slice(0, 2) // => random.splitKey(key, 2)
 * ```
 */
export const splitKey = (key: Key, count: number): readonly Key[] =>
  Array.from({ length: count }, (_, index) => threefry(key, [index, domain.split]))

/** A name as the counters that it is folded by: its length, then four bytes of UTF-8 at a time. */
const countersOf = (name: string): readonly Key[] => {
  const bytes = new TextEncoder().encode(name)
  const words = Array.from({ length: Math.ceil(bytes.length / 4) }, (_, at) => {
    const [first, second, third, fourth] = bytes.subarray(4 * at)
    return (first | (second << 8) | (third << 16) | (fourth << 24)) >>> 0
  })
  return [[bytes.length, domain.length], ...words.map((word): Key => [word, domain.text])]
}

const knownNames = new Map<string, readonly Key[]>()
const namesKept = 4096

/** The counters of a name; the names of fields come again and again. */
const remembered = (name: string): readonly Key[] => {
  const known = knownNames.get(name)
  if (known !== undefined) return known
  const counters = countersOf(name)
  if (knownNames.size < namesKept) knownNames.set(name, counters)
  return counters
}

/**
 * A key of its own for a name or a whole number.
 *
 * @example
 * ```ts
 * import { random } from 'functional-dino'
 * const [crop, blur] = ['crop', 'blur'].map(name => random.fold(random.keyOf(1), name))
 * crop[0] === blur[0] // => false
 * random.fold(random.keyOf(1), 'crop') // => crop
 * ```
 */
export const fold = (key: Key, name: string | number): Key =>
  typeof name === 'number'
    ? threefry(threefry(key, [name >>> 0, domain.number]), keyOf(name))
    : remembered(name).reduce(threefry, key)

/** `count` random words; the first ones do not depend on how many are asked for. */
export const bits = (key: Key, count: number): Uint32Array => {
  const words = new Uint32Array(count)
  for (let at = 0; at < count; at += 2) {
    const [first, second] = threefry(key, [at / 2, domain.bits])
    words[at] = first
    if (at + 1 < count) words[at + 1] = second
  }
  return words
}

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
