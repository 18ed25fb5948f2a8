// Making expressions: one function for each kind of node, named as its kind. Each checks the sizes of its operands and
// keeps what does not fit in the node, as a fault, so that a graph is built without exceptions and checked as a whole.
//
//   reduce('sum', ['token'], x (batch 4, token 17))        has the shape        batch 4

import { elements, only, type Shape, sameShape, without } from './axes.ts'
import type { ShapeError } from './fault.ts'
import { fault, gather, isCount, isSize, missing, repaired, sized, sizeFaults, sound, taken } from './ill-sized.ts'
import type { Const, Expr, Mark, Reduction, ScalarName } from './node.ts'

export * from './node.ts'

/** A constant array; `values` are ordered as the axes are written in `shape`, the last axis contiguous. */
export const array = (shape: Shape, values: Const['values']): Expr => {
  const { shape: fine, faults } = sized('constant', shape)
  if (values.length === elements(fine)) return { kind: 'const', shape: fine, values, faults }
  const wrong = fault('constant', '*', `${elements(fine)} values`, `${values.length}`, fine)
  return { kind: 'const', shape: fine, values: new Float64Array(elements(fine)), faults: [...faults, wrong] }
}

/** A scalar constant. */
export const constant = (value: number): Expr => ({ kind: 'const', shape: {}, values: [value], faults: sound })

/** A value named `name`, given when the graph is run. */
export const input = (name: string, sizes: Shape): Expr => ({ kind: 'input', name, ...sized(`input ${name}`, sizes) })

/** 0, 1, ..., size - 1 along `axis`. */
export const iota = (axis: string, size: number): Expr => ({ kind: 'iota', axis, ...sized('iota', { [axis]: size }) })

const union = (operands: readonly Expr[]): Shape => {
  const [first, ...rest] = operands
  if (rest.every(({ shape }) => Object.keys(shape).every(axis => axis in first.shape))) return first.shape
  const shape: Record<string, number> = {}
  for (const operand of operands)
    for (const axis in operand.shape) if (!(axis in shape)) shape[axis] = operand.shape[axis]
  return shape
}

/** One scalar operation, element by element; axes of one name must agree in size. */
export const map = (operation: ScalarName, ...operands: readonly Expr[]): Expr => {
  const shape = union(operands)
  const own: ShapeError[] = []
  for (const operand of operands)
    for (const axis in operand.shape)
      if (operand.shape[axis] !== shape[axis])
        own.push(
          fault(operation, axis, `${shape[axis]}`, `${operand.shape[axis]}`, ...operands.map(({ shape }) => shape)),
        )
  return { kind: 'map', operation, operands, shape, faults: gather(operands, own) }
}

/** Sum or maximum over `axes`. */
export const reduce = (operation: Reduction, axes: readonly string[], operand: Expr): Expr => {
  const absent = axes.filter(axis => !(axis in operand.shape))
  const present = [...new Set(axes.filter(axis => axis in operand.shape))]
  const own = absent.map(axis => missing(operation, axis, operand.shape))
  if (present.length === 0 && own.length === 0) return operand
  const shape = without(operand.shape, only(operand.shape, present))
  return { kind: 'reduce', operation, axes: present, operand, shape, faults: gather([operand], own) }
}

/** Repetition along new axes. */
export const expand = (sizes: Shape, operand: Expr): Expr => {
  const added = without(sizes, operand.shape)
  const clashes = Object.keys(sizes).filter(axis => axis in operand.shape)
  const own = [...clashes.map(axis => taken('expand', axis, operand.shape)), ...sizeFaults('expand', added)]
  if (Object.keys(added).length === 0 && own.length === 0) return operand
  const fine = repaired(added)
  const shape = { ...operand.shape, ...fine }
  return { kind: 'expand', sizes: fine, operand, shape, faults: gather([operand], own) }
}

/** Repetition to `shape`, which contains the axes of the operand. */
export const expandTo = (shape: Shape, operand: Expr): Expr => expand(without(shape, operand.shape), operand)

/** New axis names, all at once. */
export const rename = (names: Readonly<Record<string, string>>, operand: Expr): Expr => {
  const own: ShapeError[] = []
  const shape: Record<string, number> = {}
  for (const axis in names) if (!(axis in operand.shape)) own.push(missing('rename', axis, operand.shape))
  for (const axis in operand.shape) {
    const name = names[axis] ?? axis
    if (name in shape) own.push(taken('rename', name, operand.shape))
    else shape[name] = operand.shape[axis]
  }
  return { kind: 'rename', names, operand, shape, faults: gather([operand], own) }
}

/** The same value, which enters or leaves a scope here; simplification drops it as a renaming that changes nothing. */
export const marked = (mark: Mark, operand: Expr): Expr => ({
  kind: 'rename',
  names: {},
  mark,
  operand,
  shape: operand.shape,
  faults: operand.faults,
})

const replaceAxes = (shape: Shape, removed: readonly string[], inserted: Shape): Shape => {
  const result: Record<string, number> = {}
  for (const axis in shape) {
    if (axis === removed[0]) Object.assign(result, inserted)
    if (!removed.includes(axis)) result[axis] = shape[axis]
  }
  return result
}

/** One axis as several; the product of the sizes is the size of the axis. */
export const split = (axis: string, into: Shape, operand: Expr): Expr => {
  const own = sizeFaults('split', into)
  const size = operand.shape[axis]
  if (size === undefined) own.push(missing('split', axis, operand.shape))
  else if (elements(into) !== size) own.push(fault('split', axis, `${size}`, `${elements(into)}`, operand.shape, into))
  for (const part in into) if (part !== axis && part in operand.shape) own.push(taken('split', part, operand.shape))
  if (own.length > 0) {
    const shape = { ...operand.shape, ...repaired(into) }
    return { kind: 'split', axis, into, operand, shape, faults: gather([operand], own) }
  }
  const shape = replaceAxes(operand.shape, [axis], into)
  return { kind: 'split', axis, into, operand, shape, faults: gather([operand], own) }
}

/** Several axes as one; the first of `axes` is the slowest. No axes at all make a new one of size 1. */
export const merge = (axes: readonly string[], into: string, operand: Expr): Expr => {
  const own = axes.filter(axis => !(axis in operand.shape)).map(axis => missing('merge', axis, operand.shape))
  if (into in operand.shape && !axes.includes(into)) own.push(taken('merge', into, operand.shape))
  const parts = only(operand.shape, axes)
  const rest = without(operand.shape, parts)
  const merged = { [into]: elements(parts) }
  const first = Object.keys(operand.shape).find(axis => axes.includes(axis))
  const order = first === undefined ? [] : [first, ...axes.filter(axis => axis !== first)]
  const shape =
    own.length > 0 || order.length === 0 ? { ...rest, ...merged } : replaceAxes(operand.shape, order, merged)
  return { kind: 'merge', axes, into, operand, shape, faults: gather([operand], own) }
}

/** Elements `start` to `start + size` of an axis. */
export const slice = (axis: string, start: number, size: number, operand: Expr): Expr => {
  const whole = operand.shape[axis]
  const own: ShapeError[] = []
  if (whole === undefined) own.push(missing('slice', axis, operand.shape))
  else if (!(Number.isInteger(start) && isSize(size) && start >= 0 && start + size <= whole))
    own.push(fault('slice', axis, `a part of 0..${whole}`, `${start}..${start + size}`, operand.shape))
  if (own.length === 0 && start === 0 && size === whole) return operand
  const shape = { ...operand.shape, [axis]: isSize(size) ? size : 1 }
  return { kind: 'slice', axis, start, size, operand, shape, faults: gather([operand], own) }
}

/** Zeros before and after an axis. */
export const pad = (axis: string, before: number, after: number, operand: Expr): Expr => {
  const whole = operand.shape[axis]
  const own: ShapeError[] = []
  if (whole === undefined) own.push(missing('pad', axis, operand.shape))
  if (!isCount(before) || !isCount(after))
    own.push(fault('pad', axis, 'whole counts of at least 0', `${before} and ${after}`, operand.shape))
  if (own.length === 0 && before === 0 && after === 0) return operand
  const shape = own.length > 0 ? operand.shape : { ...operand.shape, [axis]: before + whole + after }
  return { kind: 'pad', axis, before, after, operand, shape, faults: gather([operand], own) }
}

/** The same value with gradient zero. */
export const stop = (operand: Expr): Expr => ({
  kind: 'stop',
  operand,
  shape: operand.shape,
  faults: operand.faults,
})

/** Sum over the axes that `shape` lacks: the adjoint of `expandTo`. */
export const sumTo = (shape: Shape, operand: Expr): Expr =>
  sameShape(shape, operand.shape) ? operand : reduce('sum', Object.keys(without(operand.shape, shape)), operand)

/** The same operation on other operands. */
export const withOperands = (node: Expr, operands: readonly Expr[]): Expr => {
  switch (node.kind) {
    case 'const':
    case 'input':
    case 'iota':
      return node
    case 'map':
      return map(node.operation, ...operands)
    case 'reduce':
      return reduce(node.operation, node.axes, operands[0])
    case 'expand':
      return expand(node.sizes, operands[0])
    case 'rename':
      return node.mark === undefined ? rename(node.names, operands[0]) : marked(node.mark, operands[0])
    case 'split':
      return split(node.axis, node.into, operands[0])
    case 'merge':
      return merge(node.axes, node.into, operands[0])
    case 'slice':
      return slice(node.axis, node.start, node.size, operands[0])
    case 'pad':
      return pad(node.axis, node.before, node.after, operands[0])
    case 'stop':
      return stop(operands[0])
  }
}
