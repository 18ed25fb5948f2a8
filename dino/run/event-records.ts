// Metrics as TensorBoard reads them: a file of records, each a protocol buffer (tensorflow/core/util/event.proto) in a
// frame with checksums (tensorflow/core/lib/io/record_writer.cc):
//
//   length of the data, 8 bytes | checksum of those 8 bytes | data | checksum of the data
//
// Numbers are little-endian; a checksum is the CRC-32C (RFC 3720, B.4) turned right by 15 bits, plus a constant.

import type { Metrics } from './metrics-csv.ts'

/** The polynomial of Castagnoli, its bits in reverse. */
const polynomial = 0x82f63b78

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte
  for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? (rest >>> 1) ^ polynomial : rest >>> 1
  return rest
})

/** The checksum of some bytes, as it stands in a frame. */
export const maskedChecksum = (bytes: Uint8Array): number => {
  const rest = bytes.reduce((crc, byte) => (crc >>> 8) ^ table[(crc ^ byte) & 255], 0xffffffff)
  const crc = ~rest >>> 0
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0
}

const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const all = new Uint8Array(parts.reduce((total, { length }) => total + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** A whole number in groups of seven bits, the lowest first. */
const varint = (value: number): Uint8Array => {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  return Uint8Array.from([...bytes, rest])
}

const little = (bytes: number, write: (view: DataView) => void): Uint8Array => {
  const view = new DataView(new ArrayBuffer(bytes))
  write(view)
  return new Uint8Array(view.buffer)
}

/** The kinds in which a protocol buffer stores a field. */
const wires = { varint: 0, eight: 1, bytes: 2, four: 5 } as const

const tag = (field: number, wire: keyof typeof wires): Uint8Array => varint(field * 8 + wires[wire])

const doubleField = (field: number, value: number): Uint8Array =>
  joined([tag(field, 'eight'), little(8, view => view.setFloat64(0, value, true))])
const floatField = (field: number, value: number): Uint8Array =>
  joined([tag(field, 'four'), little(4, view => view.setFloat32(0, value, true))])
const wholeField = (field: number, value: number): Uint8Array => joined([tag(field, 'varint'), varint(value)])
const bytesField = (field: number, bytes: Uint8Array): Uint8Array =>
  joined([tag(field, 'bytes'), varint(bytes.length), bytes])
const textField = (field: number, text: string): Uint8Array => bytesField(field, new TextEncoder().encode(text))

const framed = (data: Uint8Array): Uint8Array => {
  const length = little(8, view => view.setBigUint64(0, BigInt(data.length), true))
  const sum = (of: Uint8Array): Uint8Array => little(4, view => view.setUint32(0, maskedChecksum(of), true))
  return joined([length, sum(length), data, sum(data)])
}

/** The record with which a file begins; times are seconds since 1970. */
export const firstRecord = (time: number): Uint8Array =>
  framed(joined([doubleField(1, time), textField(3, 'brain.Event:2')]))

/** The record of a step: each metric as a scalar under its name. */
export const stepRecord = (time: number, { step = 0, ...metrics }: Metrics): Uint8Array => {
  const scalars = Object.entries(metrics).flatMap(([name, value]) =>
    value === undefined ? [] : [bytesField(1, joined([textField(1, name), floatField(2, value)]))],
  )
  return framed(joined([doubleField(1, time), wholeField(2, step), bytesField(5, joined(scalars))]))
}

const doubleBytes = 9
const frameBytes = 12

/** The step of a record's data, in which the time comes first; the first record of a file has none. */
const stepIn = (data: Uint8Array): number | undefined => {
  if (data[doubleBytes] !== 2 * 8 + wires.varint) return undefined
  let [step, factor] = [0, 1]
  for (const byte of data.subarray(doubleBytes + 1)) {
    step += (byte % 128) * factor
    factor *= 128
    if (byte < 128) return step
  }
  return undefined
}

/** How many bytes of a file come before the first record of step `step` or later, or before one that is broken. */
export const bytesBefore = (file: Uint8Array, step: number): number => {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  let at = 0
  while (at + frameBytes <= file.length) {
    const from = at + frameBytes
    const to = from + Number(view.getBigUint64(at, true))
    if (view.getUint32(at + 8, true) !== maskedChecksum(file.subarray(at, at + 8)) || to + 4 > file.length) return at
    const data = file.subarray(from, to)
    if (view.getUint32(to, true) !== maskedChecksum(data) || (stepIn(data) ?? -1) >= step) return at
    at = to + 4
  }
  return at
}
