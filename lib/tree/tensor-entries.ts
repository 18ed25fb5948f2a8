// The entries of a safetensors header: each gives a tensor's type, shape and place, and all together must cover the
// numbers of the file. An entry whose place has not the bytes of its shape is refused, and so are a hole, an overlap
// and bytes after the last tensor:
//
//   "b" begins at byte 12, expected 8: a hole or an overlap

import * as E from 'fp-ts/lib/Either.js'
import { countOf, type FormatName, isFormatName, numberFormats } from './number-formats.ts'

/** The reason why bytes are not a safetensors file. */
export interface FormatError {
  readonly kind: 'not safetensors'
  readonly reason: string
}

/** A tensor without its values, as the header of a file has it. */
interface TensorEntry {
  readonly dtype: string
  readonly shape: readonly number[]
  /** Its first byte and the one after its last, counted from the end of the header. */
  readonly data_offsets: readonly [number, number]
}

/** A refusal. */
export const wrong = (reason: string): E.Either<FormatError, never> => E.left({ kind: 'not safetensors', reason })

const isEntry = (value: unknown): value is TensorEntry => {
  const entry = value as Partial<TensorEntry> | null
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

/** A tensor's name, and its entry, which agrees with itself. */
export type Checked = readonly [name: string, entry: TensorEntry & { readonly dtype: FormatName }]

/** An entry of a header, if it has a known type, a shape, and the bytes that both need. */
export const checkEntry = (name: string, entry: unknown): E.Either<FormatError, Checked> => {
  if (!isEntry(entry)) return wrong(`the entry of "${name}" is not { dtype, shape, data_offsets }`)
  const { dtype, shape, data_offsets: offsets } = entry
  if (!isFormatName(dtype))
    return wrong(`"${name}" has type ${dtype}; known are ${Object.keys(numberFormats).join(', ')}`)
  const needed = countOf([numberFormats[dtype].bytes, ...shape])
  const [from, to] = offsets
  if (needed === undefined) return wrong(`"${name}" of shape ${shape.join(' x ')} has more numbers than can be counted`)
  if (to - from !== needed)
    return wrong(`"${name}" of shape ${shape.join(' x ')} needs ${needed} bytes, has ${to - from}`)
  return E.right([name, { dtype, shape, data_offsets: offsets }])
}

/** Tensors in the order of their bytes must follow each other, and end where the file ends. */
export const checkCover = (entries: readonly Checked[], length: number): E.Either<FormatError, readonly Checked[]> => {
  const sorted = [...entries].sort(
    ([, { data_offsets: one }], [, { data_offsets: other }]) => one[0] - other[0] || one[1] - other[1],
  )
  let end = 0
  for (const [name, { data_offsets: offsets }] of sorted) {
    const [from, to] = offsets
    if (to > length) return wrong(`"${name}" ends at byte ${to} of ${length}: cut short`)
    if (from !== end) return wrong(`"${name}" begins at byte ${from}, expected ${end}: a hole or an overlap`)
    end = to
  }
  return end === length ? E.right(entries) : wrong(`${length - end} bytes follow the last tensor`)
}
