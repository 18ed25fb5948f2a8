// Safetensors: what is written is read back bit by bit, equal contents give equal bytes, and whatever is
// wrong with a file is an error that says so, never an exception and never a wrong tensor.

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { storage } from '../../lib/index.ts'
import { holds, sameData } from '../support/compare.ts'
import { example } from '../support/example.ts'
import { law } from '../support/law.ts'

/** Bits of float32: any, and those that are easily lost: -0, infinities, NaNs with a payload, subnormal numbers. */
const bitPattern = fc.oneof(
  { arbitrary: fc.integer({ min: 0, max: 0xffffffff }), weight: 2 },
  {
    arbitrary: fc.constantFrom(0, 0x80000000, 0x7f800000, 0xff800000, 0x7fc00001, 0xffa12345, 1, 0x807fffff),
    weight: 3,
  },
)

const stored = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }).chain(shape => {
  const count = shape.reduce((product, size) => product * size, 1)
  return fc.array(bitPattern, { minLength: count, maxLength: count }).map(bits => ({
    shape,
    data: new Float32Array(Uint32Array.from(bits).buffer),
  }))
})

const names = fc.oneof(
  fc.constantFrom('blocks.0.mlp.up.weight', 'é', '"', '', 'constructor', 'toString'),
  fc.string({ maxLength: 6 }),
)

const files: fc.Arbitrary<storage.StoredTensors> = fc.record(
  {
    tensors: fc
      .array(fc.tuple(names, stored), { maxLength: 4 })
      .map(entries => new Map(entries.filter(([name]) => name !== '__metadata__' && name !== '__proto__'))),
    metadata: fc.dictionary(
      fc.string({ maxLength: 4 }).filter(name => name !== '__proto__'),
      fc.string({ maxLength: 4 }),
      {
        maxKeys: 2,
        noNullPrototype: true,
      },
    ),
  },
  { noNullPrototype: true },
)

/** Everything in a file as data, numbers as their bits. */
const contents = ({ tensors, metadata }: storage.StoredTensors) => [
  [...tensors]
    .map(([name, { shape, data }]) => [name, shape, [...new Uint32Array(data.buffer, data.byteOffset, data.length)]])
    .sort(([left], [right]) => (left < right ? -1 : 1)),
  Object.entries(metadata).sort(),
]

law('reading what was written gives it back, bit by bit', files, file => {
  const read = storage.readSafetensors(storage.writeSafetensors(file))
  return sameData('contents', E.isRight(read) ? contents(read.right) : read, contents(file))
})

law('writing what was read gives the same bytes, whatever the order of the tensors', files, file => {
  const bytes = storage.writeSafetensors(file)
  const read = storage.readSafetensors(bytes)
  const turned = { ...file, tensors: new Map([...file.tensors].reverse()) }
  return [
    sameData('again', E.isRight(read) ? [...storage.writeSafetensors(read.right)] : read, [...bytes]),
    sameData('turned', [...storage.writeSafetensors(turned)], [...bytes]),
  ]
})

law('the numbers begin at a multiple of eight, and a view into a larger buffer reads the same', files, file => {
  const bytes = storage.writeSafetensors(file)
  const headerLength = Number(new DataView(bytes.buffer).getBigUint64(0, true))
  const larger = new Uint8Array(bytes.length + 3)
  larger.set(bytes, 3)
  const [own, shifted] = [storage.readSafetensors(bytes), storage.readSafetensors(larger.subarray(3))]
  const both = [own, shifted].map(read => (E.isRight(read) ? contents(read.right) : read))
  return [holds('aligned', headerLength % 8 === 0), sameData('view', both[0], both[1])]
})

law('a file that ends early is an error', fc.tuple(files, fc.nat()), ([file, at]) => {
  const bytes = storage.writeSafetensors(file)
  const cut = at % bytes.length
  const dataLength = [...file.tensors.values()].reduce((total, { data }) => total + data.byteLength, 0)
  const read = storage.readSafetensors(bytes.subarray(0, cut))
  /** Nothing is missing where what is missing is empty. */
  return holds(`cut at ${cut}`, E.isLeft(read) || (dataLength === 0 && cut >= bytes.length))
})

law('no bytes make reading throw', fc.uint8Array({ maxLength: 64 }), bytes => {
  const read = storage.readSafetensors(bytes)
  return holds('an answer', E.isLeft(read) || E.isRight(read))
})

law('nor does one changed byte', fc.tuple(files, fc.nat(), fc.integer({ min: 1, max: 255 })), ([file, at, by]) => {
  const bytes = storage.writeSafetensors(file).slice()
  bytes[at % bytes.length] ^= by
  const read = storage.readSafetensors(bytes)
  return holds('an answer', E.isLeft(read) || E.isRight(read))
})

/** A file with this header before `size` bytes of numbers. */
const withHeader = (header: unknown, size = 16): Uint8Array => {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header))
  const bytes = new Uint8Array(8 + text.length + size)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true)
  bytes.set(text, 8)
  return bytes
}

const entry = { dtype: 'F32', shape: [2, 2], data_offsets: [0, 16] }

const wrong: readonly (readonly [what: string, bytes: Uint8Array, reason: RegExp])[] = [
  ['nothing', new Uint8Array(0), /0 bytes/],
  ['seven bytes', new Uint8Array(7), /7 bytes/],
  ['a header beyond the end', Uint8Array.of(255, 0, 0, 0, 0, 0, 0, 0, 123), /claims 255 bytes/],
  ['a header of 2^63 bytes', Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 128, 123), /claims/],
  ['no JSON', withHeader('{"x": '), /not a JSON object/],
  ['a list', withHeader([]), /not a JSON object/],
  ['null', withHeader('null'), /not a JSON object/],
  ['an entry that is no record', withHeader({ x: 3 }), /"x"/],
  ['an entry without a type', withHeader({ x: { ...entry, dtype: undefined } }), /"x"/],
  ['an unknown type', withHeader({ x: { ...entry, dtype: 'F13' } }), /F13; known are .*F32/],
  ['a type that records inherit', withHeader({ x: { ...entry, dtype: 'toString' } }), /toString/],
  ['a negative size', withHeader({ x: { ...entry, shape: [-2, -2] } }), /"x"/],
  ['a size that is not whole', withHeader({ x: { ...entry, shape: [1.5] } }), /"x"/],
  [
    'too few bytes for the shape',
    withHeader({ x: { ...entry, data_offsets: [0, 12] } }),
    /2 x 2 needs 16 bytes, has 12/,
  ],
  ['offsets in the wrong order', withHeader({ x: { ...entry, data_offsets: [16, 0] } }), /needs 16 bytes, has -16/],
  ['offsets beyond the end', withHeader({ x: { ...entry, data_offsets: [8, 24] } }), /cut short/],
  ['three offsets', withHeader({ x: { ...entry, data_offsets: [0, 8, 16] } }), /"x"/],
  ['metadata that is no record', withHeader({ __metadata__: ['pt'] }), /metadata/],
  ['metadata that is not text', withHeader({ __metadata__: { format: 3 } }), /metadata/],
  ['an empty header', withHeader(''), /does not begin with \{/],
  ['space before the header', withHeader(' {}', 0), /does not begin with \{/],
  ['bytes after the last tensor', withHeader({ x: entry }, 20), /4 bytes follow the last tensor/],
  ['a hole before the first tensor', withHeader({ x: { ...entry, data_offsets: [4, 20] } }, 20), /expected 0: a hole/],
  [
    'a hole',
    withHeader({ a: entry, b: { ...entry, data_offsets: [20, 36] } }, 36),
    /"b" begins at byte 20, expected 16/,
  ],
  ['two tensors on the same bytes', withHeader({ a: entry, b: entry }), /"b" begins at byte 0, expected 16/],
  [
    'a name that stands twice',
    withHeader(`{"x": ${JSON.stringify(entry)}, "\\u0078": ${JSON.stringify(entry)}}`),
    /"x" stands twice/,
  ],
  [
    'a field that stands twice',
    withHeader('{"x":{"dtype":"F64","dtype":"F32","shape":[4],"data_offsets":[0,16]}}'),
    /twice/,
  ],
  [
    'a shape beyond counting',
    withHeader({ x: { ...entry, shape: [2 ** 40, 2 ** 40, 0] } }),
    /more numbers than can be/,
  ],
  ['a header that is not UTF-8', withHeader('{"x": "?"}').map(byte => (byte === 0x3f ? 0xff : byte)), /UTF-8/],
  ['one good and one bad tensor', withHeader({ a: entry, b: { ...entry, shape: [3] } }), /"b"/],
]

example('each way to be wrong is an error that says what', () => {
  for (const [what, bytes, reason] of wrong) {
    const read = storage.readSafetensors(bytes)
    assert.ok(E.isLeft(read), what)
    const { kind, reason: given }: storage.FormatError = read.left
    assert.equal(kind, 'not safetensors')
    assert.match(given, reason, what)
  }
})

example('other types are read as the numbers that they are', () => {
  const bytes = withHeader(
    {
      double: { dtype: 'F64', shape: [1], data_offsets: [0, 8] },
      half: { dtype: 'F16', shape: [4], data_offsets: [8, 16] },
      brain: { dtype: 'BF16', shape: [2], data_offsets: [16, 20] },
      whole: { dtype: 'I32', shape: [], data_offsets: [20, 24] },
      long: { dtype: 'I64', shape: [1], data_offsets: [24, 32] },
      __metadata__: { format: 'pt' },
    },
    32,
  )
  const view = new DataView(bytes.buffer, bytes.length - 32)
  view.setFloat64(0, -0.1, true)
  ;[0x3c00, 0x8001, 0x7c00, 0xc500].forEach((half, at) => {
    view.setUint16(8 + 2 * at, half, true)
  })
  view.setUint16(16, 0x3f80, true)
  view.setUint16(18, 0xc049, true)
  view.setInt32(20, -7, true)
  view.setBigInt64(24, -(2n ** 20n), true)
  const read = storage.readSafetensors(bytes)
  assert.ok(E.isRight(read))
  const of = (name: string) => [...read.right.tensors.get(name)!.data]
  assert.deepEqual(of('double'), [-0.1])
  assert.deepEqual(of('half'), [1, -(2 ** -24), Number.POSITIVE_INFINITY, -5])
  assert.deepEqual(of('brain'), [1, -3.140625])
  assert.deepEqual(of('whole'), [-7])
  assert.deepEqual(of('long'), [-(2 ** 20)])
  assert.deepEqual(read.right.metadata, { format: 'pt' })
})

const index = (map: unknown): string => JSON.stringify({ metadata: { total_size: 16 }, weight_map: map })
const shardOf = (...tensors: readonly string[]): Uint8Array =>
  storage.writeSafetensors({
    tensors: new Map(tensors.map(name => [name, { shape: [1], data: Float32Array.of(name.length) }])),
    metadata: {},
  })

/** The tensors of two shards under an index, or the reason why there are none. */
const readBoth = (text: string, files: Readonly<Record<string, Uint8Array>>) => {
  const read = storage.readShardIndex(text)
  if (E.isLeft(read)) return read.left
  const shards = storage.readShards(read.right, file => E.fromNullable(`no ${file}`)(files[file]))
  return E.isLeft(shards) ? shards.left : [...shards.right.keys()].sort()
}

example('several files with an index are one; what the index and the files do not agree on is named', () => {
  const files = { one: shardOf('a', 'bb'), two: shardOf('c') }
  const whole = { a: 'one', bb: 'one', c: 'two' }
  assert.deepEqual(readBoth(index(whole), files), ['a', 'bb', 'c'])
  assert.match(String(readBoth(index({ ...whole, d: 'two' }), files)), /two lacks what the index places there: d/)
  assert.match(
    String(readBoth(index({ a: 'one', c: 'two' }), files)),
    /one has what the index does not place there: bb/,
  )
  assert.match(String(readBoth(index({ ...whole, c: 'one' }), files)), /one lacks .*: c/)
  assert.match(String(readBoth(index({ ...whole, d: 'three' }), files)), /no three/)
  assert.match(String(readBoth(index({ a: '../one' }), files)), /"\.\.\/one", which is no file beside it/)
  assert.match(String(readBoth(index({}), files)), /no weight_map/)
  assert.match(String(readBoth('{"weight_map":{"a":"one","a":"two"}}', files)), /"a" stands twice/)
  assert.match(String(readBoth(index({ a: 'one' }), { one: files.one.subarray(1) })), /^one: /)
})
