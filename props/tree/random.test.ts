// Randomness without state: the generator against its published answers, draws that depend on nothing but
// their key, and the usual statistics at fixed seeds, with thresholds that a sound generator misses once in 10^9.

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { initialisers, random } from '../../lib/index.ts'
import { holds, sameData, sameNumbers } from '../support/compare.ts'
import { example } from '../support/example.ts'
import { law } from '../support/law.ts'

/** Random123 known answers for threefry2x32-20: counter, key, result. */
const known: readonly (readonly [counter: random.Key, key: random.Key, result: random.Key])[] = [
  [
    [0, 0],
    [0, 0],
    [0x6b200159, 0x99ba4efe],
  ],
  [
    [0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x1cb996fc, 0xbb002be7],
  ],
  [
    [0x243f6a88, 0x85a308d3],
    [0x13198a2e, 0x03707344],
    [0xc4923a9c, 0x483df7a0],
  ],
]

example('Threefry-2x32 with 20 rounds gives the known answers of Random123', () => {
  for (const [counter, key, result] of known) assert.deepEqual(random.threefry(key, counter), result)
})

const word = fc.integer({ min: 0, max: 0xffffffff })
const keys: fc.Arbitrary<random.Key> = fc.tuple(word, word)
const counts = fc.integer({ min: 0, max: 40 })

law('a block is a bijection of its counter', fc.tuple(keys, keys, keys), ([key, first, second]) => {
  const [a, b] = [random.threefry(key, first), random.threefry(key, second)]
  return holds('distinct', (a[0] === b[0] && a[1] === b[1]) === (first[0] === second[0] && first[1] === second[1]))
})

law(
  'draws depend on the key only, and the first ones not on how many are asked for',
  fc.tuple(keys, counts, counts),
  ([key, n, m]) => {
    const few = Math.min(n, m)
    return [
      sameData('bits', [...random.bits(key, n)].slice(0, few), [...random.bits(key, m)].slice(0, few)),
      sameNumbers(random.uniforms(key, n).slice(0, few), random.uniforms(key, m).slice(0, few), 'uniforms'),
      sameNumbers(random.normals(key, n).slice(0, few), random.normals(key, m).slice(0, few), 'normals'),
      sameData('keys', random.splitKey(key, n).slice(0, few), random.splitKey(key, m).slice(0, few)),
    ]
  },
)

law('uniforms are multiples of 2^-24 in [0, 1); normals are finite', fc.tuple(keys, counts), ([key, count]) => [
  holds(
    'range',
    random.uniforms(key, count).every(x => x >= 0 && x < 1),
  ),
  holds(
    'grid',
    random.uniforms(key, count).every(x => Number.isInteger(x * 2 ** 24) && Math.fround(x) === x),
  ),
  holds('finite', random.normals(key, count).every(Number.isFinite)),
])

law('a permutation is one', fc.tuple(keys, counts), ([key, count]) =>
  sameNumbers(
    random.permutation(key, count).slice().sort(),
    Float64Array.from({ length: count }, (_, at) => at),
  ),
)

law(
  'draws stay in their range',
  fc.tuple(keys, fc.integer({ min: -9, max: 9 }), fc.nat({ max: 9 })),
  ([key, low, width]) => {
    const [x, n] = [random.uniform(low, low + width)(key), random.whole(low, low + width)(key)]
    return [
      holds('uniform', x >= low && (width === 0 ? x === low : x < low + width)),
      holds('whole', Number.isInteger(n) && n >= low && n <= low + width),
      holds('chance', !random.chance(0)(key) && random.chance(1)(key)),
    ]
  },
)

law('every field of a record has a key of its own, by its name', keys, key => {
  const draws = random.fields({ crop: random.uniform(0, 1), flip: random.chance(0.5), colour: random.whole(0, 255) })
  const more = random.fields({
    blur: random.uniform(0, 1),
    colour: random.whole(0, 255),
    crop: random.uniform(0, 1),
    flip: random.chance(0.5),
  })
  const { blur, ...same } = more(key)
  return [
    sameData('fields', Object.entries(same).sort(), Object.entries(draws(key)).sort()),
    holds('its own', blur !== same.crop),
    sameData('by name', draws(key).crop, random.uniform(0, 1)(random.fold(key, 'crop'))),
  ]
})

const texts = fc.string({ maxLength: 9 })

law('folding tells names and numbers apart', fc.tuple(keys, texts, texts, fc.nat()), ([key, one, other, number]) => {
  const alike = (left: random.Key, right: random.Key) => left[0] === right[0] && left[1] === right[1]
  return [
    holds('names', alike(random.fold(key, one), random.fold(key, other)) === (one === other)),
    holds('name and number', !alike(random.fold(key, String(number)), random.fold(key, number))),
    holds('numbers', !alike(random.fold(key, number), random.fold(key, number + 1))),
    holds(
      'order',
      one === other || !alike(random.fold(random.fold(key, one), other), random.fold(random.fold(key, other), one)),
    ),
    holds('padding', !alike(random.fold(key, `${one}\u0000`), random.fold(key, one))),
  ]
})

law('an initialiser draws by its path, whatever else there is', keys, key => {
  const weight = initialisers.normal(0.02)({ unit: 3, feature: 2 })
  const small = initialisers.initialise(key)({ block: { weight } })
  const large = initialisers.initialise(key)({
    first: initialisers.uniformWithin(1)({ unit: 4 }),
    block: { bias: initialisers.normal(1)({ unit: 3 }), weight },
  })
  return [
    sameNumbers(large.block.weight.data, small.block.weight.data, 'the same'),
    holds(
      'others differ',
      large.block.bias.data.some((value, at) => value !== small.block.weight.data[at]),
    ),
  ]
})

const many = 1 << 16

/** Beyond this many standard deviations once in 10^9. */
const sixSigma = 6.2

/** How many standard deviations a mean of independent draws is off. */
const deviations = (values: ArrayLike<number>, mean: number, variance: number): number => {
  let sum = 0
  for (let at = 0; at < values.length; at += 1) sum += values[at] - mean
  return Math.abs(sum) / Math.sqrt(values.length * variance)
}

example('no two of 65536 derived keys are the same, nor the key itself', () => {
  const key = random.keyOf(2021)
  const derived = [
    ...random.splitKey(key, many / 2),
    ...Array.from({ length: many / 2 }, (_, at) => random.fold(key, at)),
    key,
  ]
  assert.equal(new Set(derived.map(([a, b]) => a * 2 ** 32 + b)).size, new Set(derived.map(String)).size)
  assert.equal(new Set(derived.map(String)).size, derived.length)
})

example('uniform numbers have the moments of the uniform distribution, and no neighbours are correlated', () => {
  for (const seed of [1, 2, 3]) {
    const x = random.uniforms(random.keyOf(seed), many)
    assert.ok(deviations(x, 1 / 2, 1 / 12) < sixSigma)
    assert.ok(
      deviations(
        x.map(value => (value - 0.5) ** 2),
        1 / 12,
        1 / 180,
      ) < sixSigma,
    )
    const neighbours = x.slice(1).map((value, at) => (value - 0.5) * (x[at] - 0.5))
    assert.ok(deviations(neighbours, 0, 1 / 144) < sixSigma)
    const bins = new Float64Array(256)
    for (const value of x) bins[Math.floor(value * 256)] += 1
    const chiSquare = bins.reduce((sum, count) => sum + (count - many / 256) ** 2 / (many / 256), 0)
    assert.ok(Math.abs(chiSquare - 255) < sixSigma * Math.sqrt(2 * 255))
  }
})

example('normal numbers have the moments of the normal distribution', () => {
  for (const seed of [1, 2, 3]) {
    const x = random.normals(random.keyOf(seed), many)
    assert.ok(deviations(x, 0, 1) < sixSigma)
    assert.ok(
      deviations(
        x.map(value => value ** 2),
        1,
        2,
      ) < sixSigma,
    )
    assert.ok(
      deviations(
        x.map(value => value ** 3),
        0,
        15,
      ) < sixSigma,
    )
    assert.ok(
      deviations(
        x.map(value => value ** 4),
        3,
        96,
      ) < sixSigma,
    )
  }
})

example('streams of different keys, names and seeds are not correlated', () => {
  const key = random.keyOf(7)
  const streams = [
    random.keyOf(8),
    random.fold(key, 'crop'),
    random.fold(key, 'flip'),
    random.fold(key, 0),
    ...random.splitKey(key, 2),
    [7, 0] as const,
  ]
  const centred = [key, ...streams].map(one => random.uniforms(one, many / 4).map(value => value - 0.5))
  centred.forEach((left, at) => {
    for (const right of centred.slice(at + 1))
      assert.ok(
        deviations(
          left.map((value, place) => value * right[place]),
          0,
          1 / 144,
        ) < sixSigma,
      )
  })
})

example('each order of four is as likely as any other', () => {
  const seen = new Map<string, number>()
  const draws = 24 * 400
  for (let at = 0; at < draws; at += 1) {
    const order = random.permutation(random.fold(random.keyOf(5), at), 4).join()
    seen.set(order, (seen.get(order) ?? 0) + 1)
  }
  const chiSquare = [...seen.values()].reduce((sum, count) => sum + (count - 400) ** 2 / 400, 0)
  assert.equal(seen.size, 24)
  assert.ok(Math.abs(chiSquare - 23) < sixSigma * Math.sqrt(2 * 23))
})
