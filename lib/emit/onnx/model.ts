// An ONNX model (https://onnx.ai) as data: operators in the order in which they run, tensors that belong to the model,
// and the values that go in and come out. It can be looked at, compared, and written as bytes (`encode.ts`). Of the
// operators of ONNX only those of opset 17 are used that every runtime has.
//
//   matmul_3 = MatMul(image, patch.weight)
//   y = Add(matmul_3, patch.bias)

/** The version of ONNX's operators that models are written in. */
export const opset = 17

/** What an operator is given beside its inputs: whole numbers, or lists of them. */
export type Attributes = Readonly<Record<string, number | readonly number[]>>

/** One operator with the names of what it reads and of what it makes. */
export interface Operation {
  readonly operator: string
  readonly inputs: readonly string[]
  readonly output: string
  readonly attributes: Attributes
}

/** A tensor that belongs to a model: a parameter, a constant, or whole numbers that an operator is given. */
export interface OwnTensor {
  readonly name: string
  readonly dims: readonly number[]
  readonly data: Float32Array | BigInt64Array
}

/** An input or output with its dimensions; one that is chosen anew at every run is a name. */
export interface Port {
  readonly name: string
  readonly dims: readonly (number | string)[]
}

/** A model. */
export interface OnnxModel {
  readonly inputs: readonly Port[]
  readonly outputs: readonly Port[]
  readonly tensors: readonly OwnTensor[]
  readonly operations: readonly Operation[]
  /** Free text by name. */
  readonly metadata: Readonly<Record<string, string>>
}

const showAttributes = (attributes: Attributes): string =>
  Object.entries(attributes)
    .map(([name, value]) => `, ${name} = ${[value].flat().join(' ')}`)
    .join('')

/** A model as text: a line for each input, each operator and each output. */
export const showOnnx = ({ inputs, operations, outputs }: OnnxModel): string =>
  [
    ...inputs.map(({ name, dims }) => `input ${name}: ${dims.join(' x ')}`),
    ...operations.map(
      ({ operator, inputs: read, output, attributes }) =>
        `${output} = ${operator}(${read.join(', ')}${showAttributes(attributes)})`,
    ),
    ...outputs.map(({ name, dims }) => `output ${name}: ${dims.join(' x ')}`),
  ].join('\n')

const sameTensor = (one: OwnTensor, other: OwnTensor): boolean =>
  one.name === other.name &&
  one.dims.join() === other.dims.join() &&
  (one.data === other.data || (one.data as Float32Array).every((value, at) => Object.is(value, other.data[at])))

/** Whether two models are the same in everything. */
export const sameOnnx = (one: OnnxModel, other: OnnxModel): boolean =>
  showOnnx(one) === showOnnx(other) &&
  JSON.stringify(one.metadata) === JSON.stringify(other.metadata) &&
  one.tensors.length === other.tensors.length &&
  one.tensors.every((tensor, at) => sameTensor(tensor, other.tensors[at]))
