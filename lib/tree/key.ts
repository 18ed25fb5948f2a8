// Keys, and the generator behind them: Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror and Shaw 2011, "Parallel
// random numbers: as easy as 1, 2, 3"), checked against the Random123 known answers. It is a function from a key and a
// counter to two words that look random, so that no draw changes another.

/** A 64-bit key as two unsigned 32-bit words. */
export type Key = readonly [number, number]

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

/** The second word of a counter says what is drawn, so that no two kinds of draws meet. */
export const domain = { bits: 0, split: 1, number: 2, text: 3, length: 4 } as const

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
