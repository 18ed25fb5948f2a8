// Safetensors (https://github.com/huggingface/safetensors): eight bytes of header length, a JSON header that gives each
// tensor's type, shape and place, and the numbers, little-endian. Bytes in, tensors by name out, or the reason why the
// bytes are no such file; a broken file is never read in part. Numbers of 64 bits stay so, all others come as float32.
//
//   {"bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}        is the header of a file of one tensor

import * as E from 'fp-ts/lib/Either.js'

/** A tensor of a file: its sizes in memory order and its values, which are stored as they are: F32 or F64. */
export interface StoredTensor {
  readonly shape: readonly number[]
  readonly data: Float32Array | Float64Array
}

/** The tensors of a file by name, and its free text. */
export interface StoredTensors {
  readonly tensors: ReadonlyMap<string, StoredTensor>
  readonly metadata: Readonly<Record<string, string>>
}

/** The reason why bytes are not a safetensors file. */
export interface FormatError {
  readonly kind: 'not safetensors'
  readonly reason: string
}

interface Entry {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly data_offsets: readonly [number, number]
}

const headerLimit = 100_000_000
const metadataField = '__metadata__'

const wrong = (reason: string): E.Either<FormatError, never> => E.left({ kind: 'not safetensors', reason })

const count = (shape: readonly number[]): number => shape.reduce((total, size) => total * size, 1)

/** The bits of numbers, 32 at a time: copying those, and not numbers, keeps every NaN as it is. */
const bitsOf = ({ buffer, byteOffset, byteLength }: StoredTensor['data']): Uint32Array =>
  new Uint32Array(buffer, byteOffset, byteLength / 4)

/**
 * The bytes of a file; tensors are written in the order of their names, so that equal contents give equal bytes.
 *
 * @example
 * ```ts
 * import { storage } from 'functional-dino'
 * const tensors = new Map([['bias', { shape: [2], data: Float32Array.of(1, 2) }]])
 * storage.writeSafetensors({ tensors, metadata: {} }).slice(-8) // => new Uint8Array(Float32Array.of(1, 2).buffer)
 * ```
 */
export const writeSafetensors = ({ tensors, metadata }: StoredTensors): Uint8Array => {
  const names = [...tensors.keys()].sort()
  const header: Record<string, unknown> = Object.keys(metadata).length > 0 ? { [metadataField]: metadata } : {}
  let offset = 0
  for (const name of names) {
    const { shape, data } = tensors.get(name)!
    header[name] = {
      dtype: data instanceof Float64Array ? 'F64' : 'F32',
      shape,
      data_offsets: [offset, offset + data.byteLength],
    }
    offset += data.byteLength
  }
  const text = new TextEncoder().encode(JSON.stringify(header))
  const padding = (8 - (text.length % 8)) % 8
  const start = 8 + text.length + padding
  const bytes = new Uint8Array(start + offset).fill(0x20, 8, start)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, BigInt(text.length + padding), true)
  bytes.set(text, 8)
  let at = start
  for (const name of names)
    for (const word of bitsOf(tensors.get(name)!.data)) {
      view.setUint32(at, word, true)
      at += 4
    }
  return bytes
}

const isEntry = (value: unknown): value is Entry => {
  const entry = value as Partial<Entry> | null
  const whole = (number: unknown) => Number.isSafeInteger(number) && (number as number) >= 0
  return (
    typeof entry === 'object' &&
    entry !== null &&
    typeof entry.dtype === 'string' &&
    Array.isArray(entry.shape) &&
    entry.shape.every(whole) &&
    Array.isArray(entry.data_offsets) &&
    entry.data_offsets.length === 2 &&
    entry.data_offsets.every(whole)
  )
}

const isText = (value: unknown): value is Record<string, string> =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every(text => typeof text === 'string')

const halfValue = (bits: number): number => {
  const [sign, exponent, fraction] = [bits >> 15, (bits >> 10) & 31, bits & 1023]
  const size =
    exponent === 0
      ? fraction * 2 ** -24
      : exponent === 31
        ? fraction > 0
          ? Number.NaN
          : Number.POSITIVE_INFINITY
        : (1 + fraction / 1024) * 2 ** (exponent - 15)
  return sign > 0 ? -size : size
}

const brainValue = (bits: number): number => new Float32Array(Uint32Array.of(bits << 16).buffer)[0]

/** How many bytes a number of each type takes, and how to read one. */
const types: Readonly<
  Record<string, { readonly bytes: number; readonly read: (view: DataView, at: number) => number }>
> = {
  F64: { bytes: 8, read: (view, at) => view.getFloat64(at, true) },
  F32: { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
  F16: { bytes: 2, read: (view, at) => halfValue(view.getUint16(at, true)) },
  BF16: { bytes: 2, read: (view, at) => brainValue(view.getUint16(at, true)) },
  I64: { bytes: 8, read: (view, at) => Number(view.getBigInt64(at, true)) },
  I32: { bytes: 4, read: (view, at) => view.getInt32(at, true) },
}

const readEntry = (
  view: DataView,
  start: number,
  name: string,
  entry: unknown,
): E.Either<FormatError, StoredTensor> => {
  if (!isEntry(entry)) return wrong(`the entry of "${name}" is not { dtype, shape, data_offsets }`)
  const type = Object.hasOwn(types, entry.dtype) ? types[entry.dtype] : undefined
  if (type === undefined) return wrong(`"${name}" has type ${entry.dtype}; known are ${Object.keys(types).join(', ')}`)
  const [from, to] = entry.data_offsets
  const elements = count(entry.shape)
  if (to - from !== elements * type.bytes)
    return wrong(`"${name}" of shape ${entry.shape.join(' x ')} needs ${elements * type.bytes} bytes, has ${to - from}`)
  if (start + to > view.byteLength)
    return wrong(`"${name}" ends at byte ${start + to} of ${view.byteLength}: cut short`)
  const data = entry.dtype === 'F64' ? new Float64Array(elements) : new Float32Array(elements)
  if (entry.dtype === 'F32' || entry.dtype === 'F64')
    bitsOf(data).forEach((_, word, bits) => {
      bits[word] = view.getUint32(start + from + 4 * word, true)
    })
  else
    for (let index = 0; index < elements; index += 1) data[index] = type.read(view, start + from + index * type.bytes)
  return E.right({ shape: entry.shape, data })
}

const parseHeader = (text: string): E.Either<FormatError, Record<string, unknown>> =>
  E.tryCatch(
    () => {
      const header: unknown = JSON.parse(text)
      if (typeof header !== 'object' || header === null || Array.isArray(header)) throw new Error('not an object')
      return header as Record<string, unknown>
    },
    () => ({ kind: 'not safetensors', reason: 'the header is not a JSON object' }),
  )

/**
 * The tensors of a file's bytes, or what is wrong with it.
 *
 * @example
 * ```ts
 * import { storage } from 'functional-dino'
 * const reason = 'a file of 3 bytes has no header'
 * storage.readSafetensors(new Uint8Array(3)) // => { _tag: 'Left', left: { kind: 'not safetensors', reason } }
 * ```
 */
export const readSafetensors = (bytes: Uint8Array): E.Either<FormatError, StoredTensors> => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 8) return wrong(`a file of ${bytes.length} bytes has no header`)
  const length = Number(view.getBigUint64(0, true))
  if (length > headerLimit || 8 + length > bytes.length)
    return wrong(`the header claims ${length} bytes, the file has ${bytes.length - 8} after its first eight`)
  const header = parseHeader(new TextDecoder().decode(bytes.subarray(8, 8 + length)))
  if (E.isLeft(header)) return header
  const { [metadataField]: metadata = {}, ...entries } = header.right
  if (!isText(metadata)) return wrong('the metadata is not a record of texts')
  const tensors = new Map<string, StoredTensor>()
  for (const [name, entry] of Object.entries(entries)) {
    const read = readEntry(view, 8 + length, name, entry)
    if (E.isLeft(read)) return read
    tensors.set(name, read.right)
  }
  return E.right({ tensors, metadata })
}
