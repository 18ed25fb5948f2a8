// From a graph of expressions to an ONNX model: each statement of the graph becomes one operator or a few. Renamings
// and repetitions become none, since the names of axes are kept beside the values. Sizes are those of the graph, but
// for an axis that is named dynamic.
//
//   y = add(dot('feature')(x, w), bias)        becomes        MatMul(x, w), Add(matmul_0, bias), Identity(add_1) to y

import type { Shape } from '../../language/axes.ts'
import type { Const, Expr, Merge, Pad, Reduce, Slice, Split } from '../../language/expression.ts'
import type { Numbers } from '../../tree/stored.ts'
import { readBy, type Statement, statementsOf } from '../statements.ts'
import { valueNames } from '../value-names.ts'
import { aligned, axesOf, type Dimension, fixed, grouped, ordered, repeated, reshaped, type Value } from './arrange.ts'
import { matrixProduct } from './matrix-product.ts'
import type { OnnxModel, OwnTensor, Port } from './model.ts'
import { operators } from './operators.ts'
import { emptySheet, type Sheet } from './worksheet.ts'

/** An output: what it is, and its axes in the order of its dimensions. */
export interface OnnxOutput {
  readonly value: Expr
  readonly axes: readonly string[]
}

/** A graph to be printed. */
export interface OnnxGraph {
  readonly outputs: Readonly<Record<string, OnnxOutput>>
  /**
   * The values of those inputs that belong to the model, by name: its parameters. The others are given at every run.
   */
  readonly parameters: ReadonlyMap<string, Numbers>
  /** An axis of the given inputs whose size may be chosen at every run. */
  readonly dynamic?: string
  readonly metadata?: Readonly<Record<string, string>>
}

const whole = (shape: Shape): readonly Dimension[] => Object.entries(shape).map(([axis, size]) => fixed(axis, size))

const printConstant = (sheet: Sheet, { shape, values }: Const): Value => {
  const dims = whole(shape)
  if (dims.length === 0) return { name: sheet.number(values[0]), dims }
  return { name: sheet.tensor(Object.values(shape), Float32Array.from(values)), dims }
}

const printReduce = (sheet: Sheet, { operation, axes, operand }: Reduce, given: Value): Value => {
  const value = repeated(sheet, given, axes, operand.shape)
  const places = axes.map(axis => axesOf(value).indexOf(axis))
  const dims = value.dims.filter(({ axis }) => !axes.includes(axis))
  const name =
    operation === 'sum'
      ? sheet.apply('ReduceSum', [value.name, sheet.integers(places)], { keepdims: 0 })
      : sheet.apply('ReduceMax', [value.name], { axes: places, keepdims: 0 })
  return { name, dims }
}

const printSplit = (sheet: Sheet, { axis, into }: Split, value: Value): Value => {
  if (!axesOf(value).includes(axis)) return value
  return reshaped(
    sheet,
    value,
    value.dims.flatMap(dim => (dim.axis === axis ? whole(into) : [dim])),
  )
}

const printMerge = (sheet: Sheet, { axes, into, operand }: Merge, given: Value): Value => {
  if (axes.every(axis => !axesOf(given).includes(axis))) return given
  const value = repeated(sheet, given, axes, operand.shape)
  const own = axesOf(value)
  const at = own.findIndex(axis => axes.includes(axis))
  const rest = own.filter(axis => !axes.includes(axis))
  const moved = ordered(sheet, value, [...rest.slice(0, at), ...axes, ...rest.slice(at)])
  const parts = moved.dims.slice(at, at + axes.length)
  return reshaped(sheet, moved, [
    ...moved.dims.slice(0, at),
    grouped(into, parts),
    ...moved.dims.slice(at + axes.length),
  ])
}

const resized = (dims: readonly Dimension[], axis: string, size: number, fixedNow: boolean): readonly Dimension[] =>
  dims.map(dim => (dim.axis === axis ? { ...dim, size, dynamic: dim.dynamic && !fixedNow } : dim))

const printSlice = (sheet: Sheet, { axis, start, size }: Slice, value: Value): Value => {
  const place = axesOf(value).indexOf(axis)
  if (place < 0) return value
  const ends = [[start], [start + size], [place]].map(sheet.integers)
  return { name: sheet.apply('Slice', [value.name, ...ends]), dims: resized(value.dims, axis, size, true) }
}

const printPad = (sheet: Sheet, { axis, before, after, operand, shape }: Pad, given: Value): Value => {
  const value = repeated(sheet, given, [axis], operand.shape)
  const along = (count: number) => axesOf(value).map(own => (own === axis ? count : 0))
  const pads = sheet.integers([...along(before), ...along(after)])
  return { name: sheet.apply('Pad', [value.name, pads]), dims: resized(value.dims, axis, shape[axis], false) }
}

const printNode = (sheet: Sheet, node: Expr, values: readonly Value[], inputs: ReadonlyMap<string, Value>): Value => {
  switch (node.kind) {
    case 'const':
      return printConstant(sheet, node)
    case 'input':
      return inputs.get(node.name)!
    case 'iota': {
      const [[axis, size]] = Object.entries(node.shape)
      return {
        name: sheet.tensor(
          [size],
          Float32Array.from({ length: size }, (_, at) => at),
        ),
        dims: [fixed(axis, size)],
      }
    }
    case 'map': {
      const { names, dims } = aligned(sheet, values)
      return { name: operators[node.operation](sheet, names), dims }
    }
    case 'reduce':
      return printReduce(sheet, node, values[0])
    case 'split':
      return printSplit(sheet, node, values[0])
    case 'merge':
      return printMerge(sheet, node, values[0])
    case 'slice':
      return printSlice(sheet, node, values[0])
    case 'pad':
      return printPad(sheet, node, values[0])
    case 'rename':
      return { ...values[0], dims: values[0].dims.map(dim => ({ ...dim, axis: node.names[dim.axis] ?? dim.axis })) }
    case 'expand':
    case 'stop':
      return values[0]
  }
}

const printStatement = (
  sheet: Sheet,
  statement: Statement,
  values: readonly Value[],
  inputs: ReadonlyMap<string, Value>,
): Value => {
  if (statement.kind === 'single') return printNode(sheet, statement.node, values, inputs)
  const { left, right, summed } = statement
  return matrixProduct(sheet, [values[0], values[1]], summed, { ...left.shape, ...right.shape })
}

/** The inputs that are given, and the tensors of the parameters. */
const sourcesOf = (statements: readonly Statement[], { parameters, dynamic }: OnnxGraph) => {
  const inputs = new Map<string, Value>()
  const own: OwnTensor[] = []
  for (const { node } of statements) {
    if (node.kind !== 'input' || inputs.has(node.name)) continue
    const parameter = parameters.get(node.name)
    const isOpen = (axis: string) => parameter === undefined && axis === dynamic
    const dims = Object.entries(node.shape).map(([axis, size]) => ({ axis, size, dynamic: isOpen(axis) }))
    inputs.set(node.name, { name: node.name, dims })
    if (parameter === undefined) continue
    const data = parameter instanceof Float32Array ? parameter : Float32Array.from(parameter)
    own.push({ name: node.name, dims: Object.values(node.shape), data })
  }
  return { inputs, own }
}

const portOf = ({ name, dims }: Value): Port => ({
  name,
  dims: dims.map(({ axis, size, dynamic }) => (dynamic ? axis : size)),
})

/**
 * The model of a graph, whose expressions must be well-sized. Parameters and given inputs have the names and the
 * dimensions of the graph's inputs.
 *
 * @example
 * ```ts
 * import { dot, emit, input } from 'functional-dino'
 * const y = dot('from')(input('x', { row: 4, from: 2 }), input('weight', { from: 2, to: 2 }))
 * const outputs = { y: { value: y.expr, axes: ['row', 'to'] } }
 * const model = emit.printOnnx({ outputs, parameters: new Map([['weight', Float32Array.of(1, 2, 3, 4)]]) })
 * emit.showOnnx(model).split('\n')[1] // => 'matmul_0 = MatMul(x, weight)'
 * ```
 */
export const printOnnx = (graph: OnnxGraph): OnnxModel => {
  const outputs = Object.entries(graph.outputs)
  const statements = statementsOf(outputs.map(([, { value }]) => value))
  const { inputs, own } = sourcesOf(statements, graph)
  const sheet = emptySheet(valueNames([...inputs.keys(), ...Object.keys(graph.outputs)]), own)
  const values = new Map<Expr, Value>()
  for (const statement of statements) {
    const read = readBy(statement).map(node => values.get(node)!)
    values.set(statement.node, printStatement(sheet, statement, read, inputs))
  }
  const ports = outputs.map(([name, { value, axes }]) => {
    const result = ordered(sheet, repeated(sheet, values.get(value)!, axes, value.shape), axes)
    sheet.make(name, 'Identity', [result.name])
    return portOf({ name, dims: result.dims })
  })
  const given = [...inputs.values()].filter(({ name }) => !graph.parameters.has(name))
  const { operations, tensors } = sheet
  return { inputs: given.map(portOf), outputs: ports, tensors, operations, metadata: graph.metadata ?? {} }
}
