// The reference evaluator: expressions in, their numbers in float64 out, one node after the other. Compiled executors
// are tested against it, so it knows nothing of the compiler. A value is a strided view of an array, so that renaming,
// repeating, splitting and slicing copy nothing; each is dropped after its last reader, so that a training step fits in
// memory.
//
//   rows 0..1 of a 4 x 8 array        is the view        { shape: { row: 1, column: 8 }, offset: 0, strides: 8, 1 }

import { elements, type Shape } from './axes.ts'
import { type Expr, type MapNode, type Merge, operandsOf, type Pad, type Reduce } from './expression.ts'
import { scalars } from './scalar.ts'
import { countReads, postorder } from './walk.ts'

interface View {
  readonly shape: Shape
  readonly data: ArrayLike<number>
  readonly offset: number
  readonly strides: Readonly<Record<string, number>>
}

/** Values of the inputs of a graph by name, in the order of the axes of the input's shape, the last axis contiguous. */
export type Bindings = ReadonlyMap<string, ArrayLike<number>>

const rowMajor = (shape: Shape): Record<string, number> => {
  const strides: Record<string, number> = {}
  let stride = 1
  for (const axis of Object.keys(shape).reverse()) {
    strides[axis] = stride
    stride *= shape[axis]
  }
  return strides
}

const fresh = (shape: Shape, data: ArrayLike<number>): View => ({ shape, data, offset: 0, strides: rowMajor(shape) })

/**
 * Calls `visit` with the address of each element of `views`, walked together over `axes` in row-major order: from one
 * element to the next, the fast axes that are at their end begin again, and the one before them moves on.
 */
const walk = (axes: Shape, views: readonly View[], visit: (addresses: Int32Array) => void): void => {
  const names = Object.keys(axes)
  const addresses = Int32Array.from(views, view => view.offset)
  const counters = new Int32Array(names.length)
  const sizes = names.map(axis => axes[axis])
  const strides = names.map(axis => views.map(view => view.strides[axis] ?? 0))
  const move = (step: readonly number[], turns: number): void => {
    for (let view = 0; view < views.length; view += 1) addresses[view] += turns * step[view]
  }
  for (;;) {
    visit(addresses)
    let axis = names.length - 1
    for (; axis >= 0 && counters[axis] === sizes[axis] - 1; axis -= 1) {
      move(strides[axis], -counters[axis])
      counters[axis] = 0
    }
    if (axis < 0) return
    move(strides[axis], 1)
    counters[axis] += 1
  }
}

const evaluateMap = (node: MapNode, views: readonly View[]): View => {
  const { value } = scalars[node.operation]
  const data = new Float64Array(elements(node.shape))
  const [x, y, w] = [0, 1, 2].map(position => views[position]?.data ?? [])
  let next = 0
  walk(node.shape, views, at => {
    data[next] = value(x[at[0]], y[at[1]], w[at[2]])
    next += 1
  })
  return fresh(node.shape, data)
}

const evaluateReduce = (node: Reduce, view: View): View => {
  const result = fresh(
    node.shape,
    new Float64Array(elements(node.shape)).fill(node.operation === 'sum' ? 0 : -Infinity),
  )
  const data = result.data as Float64Array
  if (node.operation === 'sum')
    walk(view.shape, [view, result], at => {
      data[at[1]] += view.data[at[0]]
    })
  else
    walk(view.shape, [view, result], at => {
      data[at[1]] = Math.max(data[at[1]], view.data[at[0]])
    })
  return result
}

/** A dense copy of a view, its axes in the order of `shape`. */
const densely = (shape: Shape, view: View): Float64Array => {
  const data = new Float64Array(elements(shape))
  let next = 0
  walk(shape, [view], at => {
    data[next] = view.data[at[0]]
    next += 1
  })
  return data
}

const evaluateMerge = (node: Merge, view: View): View => {
  const parts = Object.fromEntries(node.axes.map(axis => [axis, view.shape[axis]]))
  const order: Record<string, number> = {}
  for (const axis in node.shape) Object.assign(order, axis === node.into ? parts : { [axis]: node.shape[axis] })
  return fresh(node.shape, densely(order, view))
}

const evaluatePad = (node: Pad, view: View): View => {
  const result = fresh(node.shape, new Float64Array(elements(node.shape)))
  const inner = { ...result, shape: view.shape, offset: node.before * result.strides[node.axis] }
  const data = result.data as Float64Array
  walk(view.shape, [view, inner], at => {
    data[at[1]] = view.data[at[0]]
  })
  return result
}

const splitStrides = (stride: number, into: Shape): Record<string, number> =>
  Object.fromEntries(Object.entries(rowMajor(into)).map(([axis, inner]) => [axis, inner * stride]))

const evaluateNode = (node: Expr, views: readonly View[], bindings: Bindings): View => {
  const [view] = views
  switch (node.kind) {
    case 'const':
      return fresh(node.shape, node.values)
    case 'input':
      return fresh(node.shape, bindings.get(node.name)!)
    case 'iota':
      return fresh(
        node.shape,
        Float64Array.from({ length: elements(node.shape) }, (_, index) => index),
      )
    case 'map':
      return evaluateMap(node, views)
    case 'reduce':
      return evaluateReduce(node, view)
    case 'merge':
      return evaluateMerge(node, view)
    case 'pad':
      return evaluatePad(node, view)
    case 'stop':
      return view
    case 'expand': {
      const still = Object.keys(node.sizes).map(axis => [axis, 0])
      return { ...view, shape: node.shape, strides: { ...view.strides, ...Object.fromEntries(still) } }
    }
    case 'rename': {
      const strides = Object.entries(view.strides).map(([axis, stride]) => [node.names[axis] ?? axis, stride])
      return { ...view, shape: node.shape, strides: Object.fromEntries(strides) }
    }
    case 'split': {
      const { [node.axis]: stride, ...rest } = view.strides
      return { ...view, shape: node.shape, strides: { ...rest, ...splitStrides(stride, node.into) } }
    }
    case 'slice':
      return { ...view, shape: node.shape, offset: view.offset + node.start * view.strides[node.axis] }
  }
}

/**
 * Values of well-sized `roots` in float64, each ordered as the axes of its root's shape, or of the shape in `orders`
 * at its place.
 *
 * @example
 * ```ts
 * import { compiler, input, square } from 'functional-dino'
 * const squared = square(input('x', { token: 2 })).expr
 * compiler.evaluate([squared], new Map([['x', [3, 4]]])) // => [[9, 16]]
 * ```
 */
export const evaluate = (
  roots: readonly Expr[],
  bindings: Bindings = new Map(),
  orders: readonly (Shape | undefined)[] = [],
): readonly Float64Array[] => {
  const views = new Map<Expr, View>()
  const unread = new Map(countReads(roots))
  for (const node of postorder(roots)) {
    const operands = operandsOf(node)
    const values = operands.map(operand => views.get(operand)!)
    views.set(node, evaluateNode(node, values, bindings))
    for (const operand of operands) {
      const left = unread.get(operand)! - 1
      unread.set(operand, left)
      if (left === 0) views.delete(operand)
    }
  }
  return roots.map((root, at) => densely(orders[at] ?? root.shape, views.get(root)!))
}
