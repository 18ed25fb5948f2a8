// The file of an ONNX model read back, for tests: the fields of a protocol buffer by number, and from them the model.
// Whatever is not understood fails the test.

import type { emit } from '../../lib/index.ts'

/** The values of each field of a message, in order: numbers, or the bytes of texts, tensors and messages. */
type Fields = ReadonlyMap<number, readonly (number | Uint8Array)[]>

const fieldsOf = (bytes: Uint8Array): Fields => {
  const fields = new Map<number, (number | Uint8Array)[]>()
  let at = 0
  const varint = (): number => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      if (at >= bytes.length || shift > 63n) throw new Error(`no end of a number at byte ${at}`)
      const byte = bytes[at]
      at += 1
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return Number(BigInt.asIntN(64, value))
    }
  }
  const part = (): Uint8Array => {
    const length = varint()
    at += length
    if (at > bytes.length) throw new Error(`a part of ${length} bytes ends at ${at} of ${bytes.length}`)
    return bytes.subarray(at - length, at)
  }
  while (at < bytes.length) {
    const tag = varint()
    const [field, type] = [tag >> 3, tag & 7]
    if (type !== 0 && type !== 2) throw new Error(`field ${field} is of wire type ${type}`)
    fields.set(field, [...(fields.get(field) ?? []), type === 0 ? varint() : part()])
  }
  return fields
}

const numbers = (fields: Fields, field: number): readonly number[] => (fields.get(field) ?? []) as readonly number[]
const number = (fields: Fields, field: number): number => numbers(fields, field)[0]
const parts = (fields: Fields, field: number): readonly Uint8Array[] =>
  (fields.get(field) ?? []) as readonly Uint8Array[]
const messages = (fields: Fields, field: number): readonly Fields[] => parts(fields, field).map(fieldsOf)
const texts = (fields: Fields, field: number): readonly string[] =>
  parts(fields, field).map(part => new TextDecoder('utf-8', { fatal: true }).decode(part))
const text = (fields: Fields, field: number): string => texts(fields, field)[0]

const tensorOf = (fields: Fields): emit.OnnxModel['tensors'][number] => {
  const raw = new Uint8Array(parts(fields, 9)[0]).buffer
  const type = number(fields, 2)
  if (type !== 1 && type !== 7) throw new Error(`a tensor of type ${type}`)
  return {
    name: text(fields, 8),
    dims: numbers(fields, 1),
    data: type === 1 ? new Float32Array(raw) : new BigInt64Array(raw),
  }
}

const operationOf = (fields: Fields): emit.OnnxModel['operations'][number] => ({
  operator: text(fields, 4),
  inputs: texts(fields, 1),
  output: text(fields, 2),
  attributes: Object.fromEntries(
    messages(fields, 5).map(attribute => [
      text(attribute, 1),
      number(attribute, 20) === 2 ? number(attribute, 3) : numbers(attribute, 8),
    ]),
  ),
})

const portOf = (fields: Fields): emit.Port => {
  const [type] = messages(messages(fields, 2)[0], 1)
  if (number(type, 1) !== 1) throw new Error(`a port of type ${number(type, 1)}`)
  const dims = messages(messages(type, 2)[0], 1)
  return { name: text(fields, 1), dims: dims.map(dim => (dim.has(1) ? number(dim, 1) : text(dim, 2))) }
}

/** A file as it was read: the versions in it, and the model. */
export interface OnnxFile {
  readonly form: number
  readonly opset: number
  readonly model: emit.OnnxModel
}

/** Reads the file of a model. */
export const readOnnx = (bytes: Uint8Array): OnnxFile => {
  const file = fieldsOf(bytes)
  const [graph] = messages(file, 7)
  const metadata = messages(file, 14).map(entry => [text(entry, 1), text(entry, 2)])
  return {
    form: number(file, 1),
    opset: number(messages(file, 8)[0], 2),
    model: {
      inputs: messages(graph, 11).map(portOf),
      outputs: messages(graph, 12).map(portOf),
      tensors: messages(graph, 5).map(tensorOf),
      operations: messages(graph, 1).map(operationOf),
      metadata: Object.fromEntries(metadata),
    },
  }
}
