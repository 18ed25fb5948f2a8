// The form of ONNX models, without a runtime: a file holds what was written, every value is made before it is read and
// once only, and tensors have as many elements as their dimensions say.

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { array, compiler, emit, input, iota, mul, rename } from '../../lib/index.ts'
import { holds, sameData } from '../support/compare.ts'
import { example } from '../support/example.ts'
import type { Sample } from '../support/graph-shrink.ts'
import { graphs } from '../support/graphs.ts'
import { law } from '../support/law.ts'
import { readOnnx } from '../support/onnx-file.ts'

const printed = ({ roots }: Sample, simplify: boolean): emit.OnnxModel => {
  const values = simplify ? compiler.simplify(roots) : roots
  const outputs = values.map((value, at) => [`y${at}`, { value, axes: Object.keys(value.shape) }])
  return emit.printOnnx({ parameters: new Map(), outputs: Object.fromEntries(outputs), metadata: { of: 'a graph' } })
}

const models = fc.tuple(graphs('real'), fc.boolean()).map(([sample, simplify]) => printed(sample, simplify))

/** JSON knows neither big integers nor typed arrays. */
const plain = ({ tensors, ...rest }: emit.OnnxModel) => ({
  ...rest,
  tensors: tensors.map(({ data, ...tensor }) => ({ ...tensor, kind: data.constructor.name, data: `${data}` })),
})

law('a file holds the model that was written', models, model => {
  const { form, opset, model: read } = readOnnx(emit.encodeOnnx(model))
  return [sameData('versions', [form, opset], [8, 17]), sameData('model', plain(read), plain(model))]
})

law('values are made once, and before they are read', models, ({ inputs, tensors, operations, outputs }) => {
  const made = new Set<string>()
  const makes = (name: string) => {
    const fresh = !made.has(name)
    made.add(name)
    return holds(`${name} is made once`, fresh)
  }
  const facts = [...inputs, ...tensors].map(({ name }) => makes(name))
  for (const { inputs: read, output } of operations)
    facts.push(...read.map(name => holds(`${name} is there for ${output}`, made.has(name))), makes(output))
  return [...facts, ...outputs.map(({ name }) => holds(`output ${name} is made`, made.has(name)))]
})

law('tensors have as many elements as their dimensions say', models, ({ tensors }) =>
  tensors.map(({ name, dims, data }) =>
    sameData(
      name,
      data.length,
      dims.reduce((product, size) => product * size, 1),
    ),
  ),
)

example('a model as text', () => {
  const x = input('x', { row: 2, column: 3 })
  const product = mul(x, rename('other', 'row')(array({ other: 2 }, [1, 2])))
  const ports = { outputs: { y: { value: product.expr, axes: ['column', 'row'] } }, parameters: new Map() }
  const lines = [
    'input x: 2 x 3',
    'unsqueeze_2 = Unsqueeze(constant_0, integers_1)',
    'mul_3 = Mul(x, unsqueeze_2)',
    'transpose_4 = Transpose(mul_3, perm = 1 0)',
    'y = Identity(transpose_4)',
    'output y: 3 x 2',
  ]
  assert.equal(emit.showOnnx(emit.printOnnx(ports)), lines.join('\n'))
})

example('parameters and inputs keep their names, and no new value takes one of them', () => {
  const value = mul(mul(input('mul_1', { row: 2 }), input('mul_0', { row: 2 })), iota('row', 2)).expr
  const { inputs, tensors, operations } = emit.printOnnx({
    outputs: { mul_3: { value, axes: ['row'] } },
    parameters: new Map([['mul_0', Float64Array.of(3, 4)]]),
  })
  assert.deepEqual(inputs, [{ name: 'mul_1', dims: [2] }])
  assert.deepEqual(tensors[0], { name: 'mul_0', dims: [2], data: Float32Array.of(3, 4) })
  const made = operations.map(({ output }) => output)
  assert.equal(new Set([...made, 'mul_0', 'mul_1']).size, made.length + 2)
  assert.equal(made.at(-1), 'mul_3')
})
