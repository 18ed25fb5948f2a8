// The expression: a dozen kinds of immutable records, all float32, forming a directed acyclic graph. The first nodes of
// a graph are constants, inputs and ramps; computation is one scalar operation on all elements, or a reduction over
// axes; movement renames, splits, merges, slices, pads and repeats axes and changes no value. Everything else (softmax,
// a contraction) is a function that builds these nodes.
//
//   { kind: 'map', operation: 'add', operands: [x, y], shape: { batch: 4, token: 17 }, faults: [] }

import type { Shape } from './axes.ts'
import type { ShapeError } from './fault.ts'

interface Node {
  readonly shape: Shape
  /** Faults of this node and of everything below it; empty for a well-sized graph. */
  readonly faults: readonly ShapeError[]
}

/** A constant: one number, or an array whose axes are ordered as in `shape`, the last one contiguous. */
export interface Const extends Node {
  readonly kind: 'const'
  readonly values: readonly number[] | Float32Array | Float64Array
}
/** A value given at run time under a name. */
export interface Input extends Node {
  readonly kind: 'input'
  readonly name: string
}
/** The ramp 0, 1, 2, ... along one axis. */
export interface Iota extends Node {
  readonly kind: 'iota'
  readonly axis: string
}
/** The scalar operations; `scalar.ts` says what each is. */
export type ScalarName =
  | 'add'
  | 'mul'
  | 'neg'
  | 'recip'
  | 'exp'
  | 'log'
  | 'sqrt'
  | 'sin'
  | 'cos'
  | 'tanh'
  | 'erf'
  | 'atan'
  | 'max'
  | 'less'
  | 'select'
  | 'floor'
  | 'abs'

/** One scalar operation on each element; operands are repeated along the axes that they lack. */
export interface MapNode extends Node {
  readonly kind: 'map'
  readonly operation: ScalarName
  readonly operands: readonly Expr[]
}
/** Sum or maximum over `axes`. */
export interface Reduce extends Node {
  readonly kind: 'reduce'
  readonly operation: Reduction
  readonly axes: readonly string[]
  readonly operand: Expr
}
/** Repetition along the new axes `sizes`. */
export interface Expand extends Node {
  readonly kind: 'expand'
  readonly sizes: Shape
  readonly operand: Expr
}
/** A place where values enter or leave a scope, or their cotangents, which go the other way. */
export interface Mark {
  readonly scope: string
  readonly side: 'enter' | 'leave'
  readonly of: 'value' | 'cotangent'
}
/** New names for some axes, all at once, so that two axes can be swapped. With a mark it has no names at all. */
export interface Rename extends Node {
  readonly kind: 'rename'
  readonly names: Readonly<Record<string, string>>
  readonly mark?: Mark
  readonly operand: Expr
}
/** One axis seen as several, `into` ordered from the slowest to the fastest. */
export interface Split extends Node {
  readonly kind: 'split'
  readonly axis: string
  readonly into: Shape
  readonly operand: Expr
}
/** Several axes, ordered from the slowest to the fastest, seen as one. */
export interface Merge extends Node {
  readonly kind: 'merge'
  readonly axes: readonly string[]
  readonly into: string
  readonly operand: Expr
}
/** Elements `start` to `start + size` of an axis. */
export interface Slice extends Node {
  readonly kind: 'slice'
  readonly axis: string
  readonly start: number
  readonly size: number
  readonly operand: Expr
}
/** Zeros before and after an axis. */
export interface Pad extends Node {
  readonly kind: 'pad'
  readonly axis: string
  readonly before: number
  readonly after: number
  readonly operand: Expr
}
/** The same value, whose gradient is zero. */
export interface Stop extends Node {
  readonly kind: 'stop'
  readonly operand: Expr
}

/** The operations that combine all elements along an axis. */
export type Reduction = 'sum' | 'max'

/** A node of a graph, which holds its operands: an expression is its last node. */
export type Expr = Const | Input | Iota | MapNode | Reduce | Expand | Rename | Split | Merge | Slice | Pad | Stop

/** The operands of a node, in order. */
export const operandsOf = (node: Expr): readonly Expr[] => {
  switch (node.kind) {
    case 'const':
    case 'input':
    case 'iota':
      return []
    case 'map':
      return node.operands
    default:
      return [node.operand]
  }
}
