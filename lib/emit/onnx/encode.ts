// From an ONNX model to the bytes of a .onnx file: a protocol buffer whose messages and field numbers are those of
// onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto). Tensors are inside the file, as in memory.
//
//   integer(1, 8)        is the field `ir_version` of a ModelProto

import { type Attributes, type OnnxModel, type Operation, type OwnTensor, opset, type Port } from './model.ts'
import { bytes, integer, joined, type Message, nested, text, written } from './wire.ts'

/** The version of the file's form that goes with opset 17. */
const formVersion = 8

/** Types of elements, in TensorProto.DataType. */
const elementTypes = { float: 1, int64: 7 } as const

/** Types of attributes, in AttributeProto.AttributeType. */
const attributeTypes = { int: 2, ints: 7 } as const

/** AttributeProto */
const attribute = ([name, value]: readonly [string, Attributes[string]]): readonly Message[] =>
  typeof value === 'number'
    ? [text(1, name), integer(3, value), integer(20, attributeTypes.int)]
    : [text(1, name), ...value.map(each => integer(8, each)), integer(20, attributeTypes.ints)]

/** NodeProto */
const operation = ({ operator, inputs, output, attributes }: Operation): readonly Message[] => [
  ...inputs.map(name => text(1, name)),
  text(2, output),
  text(3, output),
  text(4, operator),
  ...Object.entries(attributes).map(each => nested(5, attribute(each))),
]

/** TensorProto */
const tensor = ({ name, dims, data }: OwnTensor): readonly Message[] => [
  ...dims.map(size => integer(1, size)),
  integer(2, data instanceof Float32Array ? elementTypes.float : elementTypes.int64),
  text(8, name),
  bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
]

/** ValueInfoProto, of float32 numbers */
const port = ({ name, dims }: Port): readonly Message[] => {
  const shape = dims.map(size => nested(1, [typeof size === 'number' ? integer(1, size) : text(2, size)]))
  return [text(1, name), nested(2, [nested(1, [integer(1, elementTypes.float), nested(2, shape)])])]
}

/** GraphProto */
const graph = ({ inputs, outputs, tensors, operations }: OnnxModel): readonly Message[] => [
  ...operations.map(each => nested(1, operation(each))),
  text(2, 'functional-dino'),
  ...tensors.map(each => nested(5, tensor(each))),
  ...inputs.map(each => nested(11, port(each))),
  ...outputs.map(each => nested(12, port(each))),
]

/** The bytes that a protocol buffer may have. */
export const mostBytes = 2 ** 31 - 1

/** The bytes that a model's tensors take: nearly all of the file. */
export const bytesOfTensors = ({ tensors }: OnnxModel): number =>
  tensors.reduce((total, { data }) => total + data.byteLength, 0)

/** The bytes of a model's file. Its tensors must leave room below `mostBytes`. */
export const encodeOnnx = (model: OnnxModel): Uint8Array =>
  written(
    joined([
      integer(1, formVersion),
      text(2, 'functional-dino'),
      nested(7, graph(model)),
      nested(8, [text(1, ''), integer(2, opset)]),
      ...Object.entries(model.metadata).map(([key, value]) => nested(14, [text(1, key), text(2, value)])),
    ]),
  )
