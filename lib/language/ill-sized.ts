// The faults of operations whose operands do not fit, and the repaired shapes with which building goes on.
//
//   sized('iota', { token: 0 })        is        shape { token: 1 }, and the fault: expected a whole size of at least 1

import type { Shape } from './axes.ts'
import type { ShapeError } from './fault.ts'
import type { Expr } from './node.ts'

/** No faults: one list for all well-sized nodes. */
export const sound: readonly ShapeError[] = []

/** The faults of a node: those of its operands, each once, and its own. */
export const gather = (operands: readonly Expr[], own: readonly ShapeError[]): readonly ShapeError[] => {
  if (own.length === 0 && operands.every(operand => operand.faults.length === 0)) return sound
  return [...new Set([...operands.flatMap(operand => operand.faults), ...own])]
}

/** A shape error outside of any scope. */
export const fault = (
  operation: string,
  axis: string,
  expected: string,
  came: string,
  ...shapes: Shape[]
): ShapeError => ({
  operation,
  axis,
  expected,
  came,
  shapes,
  path: [],
})

/** Whether a number can be the size of an axis. */
export const isSize = (size: number): boolean => Number.isInteger(size) && size >= 1

/** Whether a number can count elements to be added. */
export const isCount = (count: number): boolean => Number.isInteger(count) && count >= 0

/** A fault for each size that is not a whole number of at least 1. */
export const sizeFaults = (operation: string, sizes: Shape): ShapeError[] =>
  Object.entries(sizes)
    .filter(([, size]) => !isSize(size))
    .map(([axis, size]) => fault(operation, axis, 'a whole size of at least 1', String(size)))

/** The same sizes, with 1 in place of each that is at fault. */
export const repaired = (sizes: Shape): Shape =>
  Object.fromEntries(Object.entries(sizes).map(([axis, size]) => [axis, isSize(size) ? size : 1]))

/** The shape of a new node of the given sizes, repaired, and its faults. */
export const sized = (
  operation: string,
  sizes: Shape,
): { readonly shape: Shape; readonly faults: readonly ShapeError[] } => {
  const own = sizeFaults(operation, sizes)
  return own.length === 0 ? { shape: sizes, faults: sound } : { shape: repaired(sizes), faults: own }
}

/** The fault of an axis that the operand lacks. */
export const missing = (operation: string, axis: string, shape: Shape): ShapeError =>
  fault(operation, axis, 'an axis of the operand', 'none', shape)

/** The fault of a new axis that the operand has already. */
export const taken = (operation: string, axis: string, shape: Shape): ShapeError =>
  fault(operation, axis, 'a new axis', 'one that the operand has', shape)

/** The same value with a fault of the caller's own: a function's demand on its arguments that no operation states. */
export const reject = (operation: string, axis: string, expected: string, came: string, operand: Expr): Expr => ({
  ...operand,
  faults: gather([operand], [fault(operation, axis, expected, came, operand.shape)]),
})

/** The same value, its faults other than `known` marked as raised inside the part of a model called `name`. */
export const within = (name: string, known: ReadonlySet<ShapeError>, operand: Expr): Expr =>
  operand.faults.length === 0
    ? operand
    : {
        ...operand,
        faults: operand.faults.map(error => (known.has(error) ? error : { ...error, path: [name, ...error.path] })),
      }
