// The wire format of protocol buffers (https://protobuf.dev/programming-guides/encoding), as far as ONNX needs it: a
// message is its fields one after the other, each with its number and its type, and a message or a text within a
// message is preceded by its length. A message is kept as a list of byte arrays, so that large tensors are copied only
// once.
//
//   integer(1, 300)        is the bytes        08 ac 02

/** A message, or a part of one: its bytes in pieces. */
export interface Message {
  readonly length: number
  readonly pieces: readonly Uint8Array[]
}

const varintType = 0
const lengthType = 2

/** Seven bits a byte, the lowest first; every byte but the last has its highest bit set. Negative numbers take ten. */
const varint = (value: number): Uint8Array => {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128)
  return Uint8Array.from([...bytes, Number(rest)])
}

const single = (bytes: Uint8Array): Message => ({ length: bytes.length, pieces: [bytes] })

/** Messages or fields one after the other. */
export const joined = (parts: readonly Message[]): Message => ({
  length: parts.reduce((total, { length }) => total + length, 0),
  pieces: parts.flatMap(({ pieces }) => pieces),
})

const tag = (field: number, type: number): Message => single(varint(field * 8 + type))

/** A field that holds a whole number. */
export const integer = (field: number, value: number): Message =>
  joined([tag(field, varintType), single(varint(value))])

/** A field that holds a message. */
export const nested = (field: number, parts: readonly Message[]): Message => {
  const inner = joined(parts)
  return joined([tag(field, lengthType), single(varint(inner.length)), inner])
}

/** A field that holds bytes. */
export const bytes = (field: number, value: Uint8Array): Message => nested(field, [single(value)])

/** A field that holds a text. */
export const text = (field: number, value: string): Message => bytes(field, new TextEncoder().encode(value))

/** The bytes of a message. */
export const written = ({ length, pieces }: Message): Uint8Array => {
  const all = new Uint8Array(length)
  let at = 0
  for (const piece of pieces) {
    all.set(piece, at)
    at += piece.length
  }
  return all
}
