// The zip archive that torch.save has written since torch 1.6 (APPNOTE.TXT of PKWARE, sections 4.3.7, 4.3.12, 4.3.14 to
// 4.3.16). Its entries are stored, not compressed. Libraries for zip inflate what torch never deflates and do not hold
// the contents against their checksums; this reader does the reverse. A name that stands twice, a compressed or
// encrypted entry, a place outside the file and a wrong checksum are refused.
//
//   model/data.pkl   model/byteorder   model/data/0   model/data/1   model/version

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'

/** The contents of an archive's files by their names. */
export type ZipEntries = ReadonlyMap<string, Uint8Array>

const marks = {
  local: 0x04034b50,
  central: 0x02014b50,
  end: 0x06054b50,
  wideEnd: 0x06064b50,
  wideAt: 0x07064b50,
} as const
const lengths = { local: 30, central: 46, end: 22, wideEnd: 56, wideAt: 20 } as const
const encrypted = 1
const narrowLimit = 0xffffffff
const wideField = 1

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte
  for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1
  return rest
})

const crcOf = (bytes: Uint8Array): number => {
  let rest = 0xffffffff
  for (const byte of bytes) rest = (rest >>> 8) ^ crcTable[(rest ^ byte) & 255]
  return (rest ^ 0xffffffff) >>> 0
}

/** Reading of little-endian numbers; whoever reads has made sure that they are inside. */
const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

const wideNumber = (view: DataView, at: number): number => Number(view.getBigUint64(at, true))

interface Directory {
  readonly count: number
  readonly size: number
  readonly at: number
}

const isAt = (view: DataView, kind: keyof typeof marks, at: number): boolean =>
  Number.isSafeInteger(at) &&
  at >= 0 &&
  at + lengths[kind] <= view.byteLength &&
  view.getUint32(at, true) === marks[kind]

/** The directory as the end of the file tells of it; torch writes no comment after it. */
const directoryOf = (view: DataView): E.Either<string, Directory> => {
  const end = view.byteLength - lengths.end
  if (!isAt(view, 'end', end)) return E.left('no directory at the end: cut short, or no zip archive')
  const count = view.getUint16(end + 10, true)
  const narrow = { count, size: view.getUint32(end + 12, true), at: view.getUint32(end + 16, true) }
  const wideAt = end - lengths.wideAt
  if (!isAt(view, 'wideAt', wideAt)) return E.right(narrow)
  const at = wideNumber(view, wideAt + 8)
  if (!isAt(view, 'wideEnd', at)) return E.left('the end of the directory is not where the file says')
  return E.right({
    count: wideNumber(view, at + 32),
    size: wideNumber(view, at + 40),
    at: wideNumber(view, at + 48),
  })
}

interface Entry {
  readonly name: string
  readonly size: number
  readonly crc: number
  readonly at: number
  /** Where the next entry of the directory begins. */
  readonly next: number
}

/** Sizes and place that do not fit 32 bits stand in the extra field 1, in this order, each only if it does not fit. */
const widened = (narrow: readonly number[], view: DataView, from: number, to: number): readonly number[] => {
  let at = from
  while (at + 4 <= to && view.getUint16(at, true) !== wideField) at += 4 + view.getUint16(at + 2, true)
  let field = at + 4
  return narrow.map(number => {
    if (number !== narrowLimit || field + 8 > to) return number
    field += 8
    return wideNumber(view, field - 8)
  })
}

const entryAt = (bytes: Uint8Array, view: DataView, at: number): E.Either<string, Entry> => {
  if (!isAt(view, 'central', at)) return E.left('the directory is broken')
  const [named, extra, comment] = [28, 30, 32].map(field => view.getUint16(at + field, true))
  const start = at + lengths.central
  const next = start + named + extra + comment
  if (next > bytes.length) return E.left('the directory is cut short')
  const name = new TextDecoder().decode(bytes.subarray(start, start + named))
  const said = JSON.stringify(name)
  if (view.getUint16(at + 8, true) & encrypted) return E.left(`${said} is encrypted`)
  if (view.getUint16(at + 10, true) !== 0) return E.left(`${said} is compressed, as torch.save never does`)
  const narrow = [24, 20, 42].map(field => view.getUint32(at + field, true))
  const [size, packed, place] = widened(narrow, view, start + named, start + named + extra)
  if (size !== packed) return E.left(`${said} has two sizes, ${size} and ${packed}`)
  return E.right({ name, size, crc: view.getUint32(at + 16, true), at: place, next })
}

const contentsOf = (
  bytes: Uint8Array,
  view: DataView,
  { name, size, crc, at }: Entry,
): E.Either<string, Uint8Array> => {
  const said = JSON.stringify(name)
  if (!isAt(view, 'local', at)) return E.left(`${said} is not where the directory says`)
  const named = view.getUint16(at + 26, true)
  const local = at + lengths.local
  const start = local + named + view.getUint16(at + 28, true)
  if (!(start + size <= bytes.length)) return E.left(`${said} ends at byte ${start + size} of ${bytes.length}`)
  if (new TextDecoder().decode(bytes.subarray(local, local + named)) !== name)
    return E.left(`${said} has another name where it stands`)
  const contents = bytes.subarray(start, start + size)
  return crcOf(contents) === crc
    ? E.right(contents)
    : E.left(`${said} does not have its checksum: its bytes were changed`)
}

/** The files of an archive whose entries are stored, or what is wrong with it. */
export const readStoredZip = (bytes: Uint8Array): E.Either<string, ZipEntries> => {
  const view = viewOf(bytes)
  return pipe(
    directoryOf(view),
    E.chain(({ count, size, at: first }): E.Either<string, ZipEntries> => {
      const files = new Map<string, Uint8Array>()
      let at = first
      for (let index = 0; index < count; index += 1) {
        const entry = entryAt(bytes, view, at)
        if (E.isLeft(entry)) return entry
        const { name, next } = entry.right
        if (files.has(name)) return E.left(`${JSON.stringify(name)} stands twice`)
        const contents = contentsOf(bytes, view, entry.right)
        if (E.isLeft(contents)) return contents
        files.set(name, contents.right)
        at = next
      }
      return at === first + size ? E.right(files) : E.left('the directory has another length than it says')
    }),
  )
}
