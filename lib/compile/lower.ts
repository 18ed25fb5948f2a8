// From an expression to the kernel that fills its buffer, and the buffers that the kernel reads. To compute a node at
// some indices, its operands are computed at indices that the node rewrites, and so on down to nodes that have buffers.
// Nodes that only move elements (slices, renames, splits) rewrite indices and leave no instruction behind.
//
//   sum over column of slice row 1..3 of x (row 4, column 8)   gives   for i0 < 2: sum over i1 < 8: x[i0 + 1, i1]

import type { Shape } from '../language/axes.ts'
import type { Expr, Pad, Reduce } from '../language/expression.ts'
import { counter, flatten, literal, plus, quotient, remainder } from '../loops/affine.ts'
import { type Index, showIndex } from '../loops/indices.ts'
import type { Instruction, Kernel, KernelReduction } from '../loops/kernel.ts'
import { longestStrideOutermost } from '../loops/reorder.ts'
import type { Order } from './layout.ts'

/** The buffers of a program: the nodes that have one, and the memory order of each node's axes. */
export interface Buffers {
  readonly has: (node: Expr) => boolean
  readonly order: (node: Expr) => Order
}

/** A kernel with the nodes whose buffers it reads, in the order of its inputs. */
export interface Lowered {
  readonly kernel: Kernel
  readonly inputs: readonly Expr[]
}

type Position = Readonly<Record<string, Index>>

/**
 * Instructions while they are emitted, and where each node has its value already, by the position that it is read at.
 */
interface Emitted {
  readonly instructions: Instruction[]
  readonly seen: Map<Expr, Map<string, number>>
}

const nothing = (): Emitted => ({ instructions: [], seen: new Map() })

/** An index of one axis as indices of the axes that it was split into or merged from, the last one fastest. */
const unmerge = (index: Index, parts: Shape): Position => {
  const position: Record<string, Index> = {}
  let rest = index
  for (const axis of Object.keys(parts).reverse()) {
    position[axis] = remainder(rest, parts[axis])
    rest = quotient(rest, parts[axis])
  }
  return position
}

/** The position at which an operand is read when the movement `node` is read at `position`. */
const moved = (node: Expr, position: Position): Position => {
  switch (node.kind) {
    case 'rename':
      return Object.fromEntries(Object.keys(node.operand.shape).map(axis => [axis, position[node.names[axis] ?? axis]]))
    case 'split': {
      const parts = Object.keys(node.into)
      const index = flatten(
        parts.map(part => node.into[part]),
        parts.map(part => position[part]),
      )
      return { ...position, [node.axis]: index }
    }
    case 'merge': {
      const parts = Object.fromEntries(node.axes.map(axis => [axis, node.operand.shape[axis]]))
      return { ...position, ...unmerge(position[node.into], parts) }
    }
    case 'slice':
      return { ...position, [node.axis]: plus(position[node.axis], literal(node.start)) }
    case 'pad':
      return { ...position, [node.axis]: plus(position[node.axis], literal(-node.before)) }
    default:
      return position
  }
}

const numbered = (axes: Order, shape: Shape, from: number): Position =>
  Object.fromEntries(axes.map((axis, at) => [axis, counter(from + at, shape[axis])]))

/** A kernel while it is pulled. */
interface Pulling {
  readonly root: Expr
  readonly buffers: Buffers
  /** The axes of the output loops. */
  readonly axes: Order
  /** The nodes whose buffers are read, as far as they were met. */
  readonly inputs: Expr[]
  /** The reduction, once it was met; the schedule sees to it that there are no two. */
  readonly reductions: KernelReduction[]
}

const push = ({ instructions }: Emitted, instruction: Instruction): number => instructions.push(instruction) - 1

const load = ({ buffers, inputs }: Pulling, block: Emitted, node: Expr, position: Position): number => {
  const known = inputs.indexOf(node)
  const input = known >= 0 ? known : inputs.push(node) - 1
  return push(block, { kind: 'load', input, at: buffers.order(node).map(axis => position[axis]) })
}

const reduce = (pulling: Pulling, block: Emitted, node: Reduce, position: Position): number => {
  const { operation, axes, operand } = node
  const body = nothing()
  emit(pulling, body, operand, { ...position, ...numbered(axes, operand.shape, pulling.axes.length) })
  const loops = axes.map(axis => operand.shape[axis])
  pulling.reductions.push({ operation, loops, body: body.instructions })
  return push(block, { kind: 'accumulated' })
}

const inside = (pulling: Pulling, block: Emitted, node: Pad, position: Position): number => {
  const at = moved(node, position)
  const value = nothing()
  emit(pulling, value, node.operand, at)
  const size = node.operand.shape[node.axis]
  return push(block, { kind: 'inside', index: at[node.axis], size, value: value.instructions })
}

/** Emits a node that has no buffer; gives the place of its value. */
const compute = (pulling: Pulling, block: Emitted, node: Expr, position: Position): number => {
  switch (node.kind) {
    case 'input':
      return load(pulling, block, node, position)
    case 'const':
      return Object.keys(node.shape).length > 0
        ? load(pulling, block, node, position)
        : push(block, { kind: 'literal', value: node.values[0] })
    case 'iota':
      return push(block, { kind: 'ramp', index: position[node.axis] })
    case 'map': {
      const operands = node.operands.map(operand => emit(pulling, block, operand, position))
      return push(block, { kind: 'apply', operation: node.operation, operands })
    }
    case 'reduce':
      return reduce(pulling, block, node, position)
    case 'pad':
      return inside(pulling, block, node, position)
    default:
      return emit(pulling, block, node.operand, moved(node, position))
  }
}

/** Emits a node at a position, once; gives the place of its value in the block. */
const emit = (pulling: Pulling, block: Emitted, node: Expr, position: Position): number => {
  const places = block.seen.get(node) ?? new Map<string, number>()
  block.seen.set(node, places)
  const key = Object.keys(node.shape)
    .map(axis => showIndex(position[axis]))
    .join()
  const known = places.get(key)
  if (known !== undefined) return known
  const stored = node !== pulling.root && pulling.buffers.has(node)
  const place = (stored ? load : compute)(pulling, block, node, position)
  places.set(key, place)
  return place
}

/** The kernel that computes `root` from buffers. */
export const lower = (root: Expr, buffers: Buffers): Lowered => {
  const axes = buffers.order(root)
  const pulling: Pulling = { root, buffers, axes, inputs: [], reductions: [] }
  const body = nothing()
  emit(pulling, body, root, numbered(axes, root.shape, 0))
  const { inputs, reductions } = pulling
  const kernel: Kernel = {
    inputs: inputs.map(node => buffers.order(node).map(axis => node.shape[axis])),
    loops: axes.map(axis => root.shape[axis]),
    reduction: reductions[0],
    body: body.instructions,
  }
  return { kernel: longestStrideOutermost(kernel), inputs }
}
