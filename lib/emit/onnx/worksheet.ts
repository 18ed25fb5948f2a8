// The sheet on which a model is written, an operator after the other. It lives for one model: an operator is put at its
// end and gives the name of its result, and constants that an operator needs (a number, the sizes of a shape) are
// tensors that are written once, however often they are needed.
//
//   sheet.apply('Reshape', ['x', sheet.integers([-1, 96])])        is        'reshape_4'

import type { Attributes, Operation, OwnTensor } from './model.ts'

/** A model as far as it is written. */
export interface Sheet {
  /** Writes an operator; gives the name of what it makes. */
  readonly apply: (operator: string, inputs: readonly string[], attributes?: Attributes) => string
  /** Writes an operator that makes the value of this name. */
  readonly make: (output: string, operator: string, inputs: readonly string[]) => void
  /** A list of whole numbers as a tensor. */
  readonly integers: (values: readonly number[]) => string
  /** A number as a tensor without dimensions. */
  readonly number: (value: number) => string
  /** A tensor of the model. */
  readonly tensor: (dims: readonly number[], data: Float32Array) => string
  readonly operations: readonly Operation[]
  readonly tensors: readonly OwnTensor[]
}

/** An empty sheet. `name` gives a new name of a value at every call, and `own` are tensors that have names already. */
export const emptySheet = (name: (of: string) => string, own: readonly OwnTensor[]): Sheet => {
  const operations: Operation[] = []
  const tensors = [...own]
  const known = new Map<string, string>()
  const add = (of: string, dims: readonly number[], data: OwnTensor['data']): string => {
    const tensor = { name: name(of), dims, data }
    tensors.push(tensor)
    return tensor.name
  }
  const once = (key: string, make: () => string): string => {
    const found = known.get(key) ?? make()
    known.set(key, found)
    return found
  }
  const write = (output: string, operator: string, inputs: readonly string[], attributes: Attributes): string => {
    operations.push({ operator, inputs, output, attributes })
    return output
  }
  return {
    operations,
    tensors,
    apply: (operator, inputs, attributes = {}) => write(name(operator.toLowerCase()), operator, inputs, attributes),
    make: (output, operator, inputs) => void write(output, operator, inputs, {}),
    integers: values =>
      once(`integers ${values}`, () => add('integers', [values.length], BigInt64Array.from(values, BigInt))),
    number: value => {
      const rounded = Float32Array.of(value)
      return once(`number ${new Uint32Array(rounded.buffer)[0]}`, () => add('number', [], rounded))
    },
    tensor: (dims, data) => add('constant', dims, data),
  }
}
