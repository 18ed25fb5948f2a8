// The columns of the table of scalar operations (`scalar.ts`). Tests draw operands from the intervals and hold
// executors to the accuracies, so that a new row is tested without a new test.

import type { Expr } from './node.ts'

/**
 * The cotangents of the operands, from the cotangent g, the result z and the operands, all of them expressions. Nothing
 * flows to an operand whose entry is missing: (g, _z, x, y) => [mul(g, y), mul(g, x)] for a product.
 */
export type Derivative = (g: Expr, z: Expr, x: Expr, y: Expr, w: Expr) => readonly (Expr | undefined)[]

/** Smallest and largest of some numbers. */
export type Interval = readonly [low: number, high: number]

/** One row of the table. */
export interface Scalar {
  readonly arity: 1 | 2 | 3
  /** Relative cost of one evaluation: 1 for an addition, 8 for a transcendental function. */
  readonly cost: number
  /** Whether targets spell it out in many instructions, so that a loop with it is not unrolled. */
  readonly heavy: boolean
  /** Its value in float64. */
  readonly value: (x: number, y: number, w: number) => number
  readonly derivative: Derivative
  /** Operands within this interval have a finite result in float32, which executors round as `ulps` says. */
  readonly domain: Interval
  /** Of an operation that has a pole or grows fast: the operands for which value and slope stay below about 150. */
  readonly gentle?: Interval
  /** Its largest slope in the domain; infinite where there is none, or where it has several operands. */
  readonly steepest: number
  /** Linear; smooth inside its domain; with kinks, where the derivative jumps; or constant between steps. */
  readonly smoothness: 'linear' | 'smooth' | 'kinks' | 'steps'
  /** Whether it rises or falls throughout its domain; nothing is said of operations of several operands. */
  readonly monotone?: 'rising' | 'falling'
  /** Whether it gives whole numbers for whole numbers. */
  readonly integral: boolean
  /** How many units in the last place its result may be off by: on executors, and in a JavaScript engine's float64. */
  readonly ulps: { readonly float32: number; readonly float64: number }
}
