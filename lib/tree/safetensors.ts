// Safetensors (https://github.com/huggingface/safetensors): eight bytes of header length, a JSON header that gives each
// tensor's type, shape and place, and the numbers, little-endian. Bytes in, tensors by name out, or the reason why the
// bytes are no such file. Reading is as strict as the reference implementation: the tensors cover the bytes after the
// header without holes and overlaps, and nothing follows. A broken file is never read in part.
//
//   {"bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}        is the header of a file of one tensor

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { bytesOf, type Numbers, numberFormats } from './number-formats.ts'
import { isTextRecord, type JsonRecord, parseRecord } from './strict-json.ts'
import { checkCover, checkEntry, type FormatError, wrong } from './tensor-entries.ts'

export type { FormatError } from './tensor-entries.ts'

/** A tensor of a file: its sizes in memory order and its values, which are written as they are: F32 or F64. */
export interface StoredTensor {
  readonly shape: readonly number[]
  readonly data: Numbers
}

/** The tensors of a file by name, and its free text. */
export interface StoredTensors {
  readonly tensors: ReadonlyMap<string, StoredTensor>
  readonly metadata: Readonly<Record<string, string>>
}

/** A tensor to come: its type and shape. */
export interface TensorForm {
  readonly dtype: 'F32' | 'F64'
  readonly shape: readonly number[]
}

const headerLimit = 100_000_000
const metadataField = '__metadata__'

/** Wide numbers first, so that each begins at a multiple of its own size; then by name, as equal contents must. */
const inOrder = (forms: ReadonlyMap<string, TensorForm>): readonly (readonly [string, TensorForm])[] =>
  [...forms].sort(([one, { dtype }], [other, { dtype: next }]) =>
    dtype !== next ? (dtype === 'F64' ? -1 : 1) : one < other ? -1 : 1,
  )

/**
 * The beginning of a file, up to its numbers, and the names of the tensors in the order in which their numbers follow.
 * It is of use where these are too many to be in memory at once.
 */
export const safetensorsHeader = (
  forms: ReadonlyMap<string, TensorForm>,
  metadata: Readonly<Record<string, string>>,
): { readonly bytes: Uint8Array; readonly names: readonly string[]; readonly end: number } => {
  const ordered = inOrder(forms)
  let end = 0
  const entries = ordered.map(([name, { dtype, shape }]): [string, unknown] => {
    const from = end
    end += shape.reduce((product, size) => product * size, numberFormats[dtype].bytes)
    return [name, { dtype, shape, data_offsets: [from, end] }]
  })
  const free = Object.keys(metadata).length > 0 ? [[metadataField, metadata]] : []
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries([...free, ...entries])))
  const length = 8 * Math.ceil(text.length / 8)
  const bytes = new Uint8Array(8 + length).fill(0x20)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true)
  bytes.set(text, 8)
  return { bytes, names: ordered.map(([name]) => name), end }
}

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
  const forms = [...tensors].map(([name, { shape, data }]): [string, TensorForm] => [
    name,
    { dtype: data instanceof Float64Array ? 'F64' : 'F32', shape },
  ])
  const header = safetensorsHeader(new Map(forms), metadata)
  const bytes = new Uint8Array(header.bytes.length + header.end)
  bytes.set(header.bytes)
  let at = header.bytes.length
  for (const name of header.names) {
    const { data } = tensors.get(name)!
    bytes.set(bytesOf(data), at)
    at += data.byteLength
  }
  return bytes
}

const headerText = (bytes: Uint8Array): E.Either<FormatError, { readonly text: string; readonly start: number }> => {
  if (bytes.length < 8) return wrong(`a file of ${bytes.length} bytes has no header`)
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true))
  if (length > headerLimit || 8 + length > bytes.length)
    return wrong(`the header claims ${length} bytes, the file has ${bytes.length - 8} after its first eight`)
  if (bytes[8] !== 0x7b || length === 0) return wrong('the header is not a JSON object: it does not begin with {')
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
    return E.right({ text: decoder.decode(bytes.subarray(8, 8 + length)), start: 8 + length })
  } catch {
    return wrong('the header is not UTF-8')
  }
}

const readEntries = (header: JsonRecord, numbers: Uint8Array): E.Either<FormatError, StoredTensors> => {
  const { [metadataField]: metadata = {}, ...entries } = header
  if (!isTextRecord(metadata)) return wrong('the metadata is not a record of texts')
  return pipe(
    Object.entries(entries),
    E.traverseArray(([name, entry]) => checkEntry(name, entry)),
    E.chain(checked => checkCover(checked, numbers.length)),
    E.map(checked => ({
      metadata,
      tensors: new Map(
        checked.map(([name, { dtype, shape, data_offsets: offsets }]) => [
          name,
          { shape, data: numberFormats[dtype].decode(numbers.subarray(...offsets)) },
        ]),
      ),
    })),
  )
}

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
export const readSafetensors = (bytes: Uint8Array): E.Either<FormatError, StoredTensors> =>
  pipe(
    headerText(bytes),
    E.chain(({ text, start }) =>
      pipe(
        parseRecord(text),
        E.match(
          reason => wrong(`the header is ${reason}`),
          header => readEntries(header, bytes.subarray(start)),
        ),
      ),
    ),
  )
