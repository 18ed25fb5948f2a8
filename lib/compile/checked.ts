// A graph is what an executor is given: outputs by name, over inputs by name, and the state that each run hands to the
// next. It is checked as a whole before anything is compiled, and the result is either its outputs or every error in
// it, not only the first. Beside the shapes of single nodes, two things are checked here: inputs of one name are one
// value, and state comes out of a run with the axes with which it went in.
//
//   { outputs: { state: add(state, sum of x) }, carried: { state: { row: 4 } } }     `state` is updated at every run

import { isNonEmpty } from 'fp-ts/lib/Array.js'
import * as E from 'fp-ts/lib/Either.js'
import type { NonEmptyArray } from 'fp-ts/lib/NonEmptyArray.js'
import { type Shape, sameShape, showShape } from '../language/axes.ts'
import type { Expr, Input } from '../language/expression.ts'
import type { ShapeError } from '../language/fault.ts'
import { check, postorder } from '../language/walk.ts'

/** Outputs by name, over inputs by name. */
export interface Graph {
  readonly outputs: Readonly<Record<string, Expr>>
  /**
   * The state: outputs that are the next run's inputs of the same names. Each has its axes in the order in which its
   * values are written and read.
   */
  readonly carried: Readonly<Record<string, Shape>>
}

const inputNodes = (roots: readonly Expr[]): readonly Input[] =>
  postorder(roots).filter((node): node is Input => node.kind === 'input')

/** The inputs that expressions read, by name. */
export const inputsOf = (roots: readonly Expr[]): ReadonlyMap<string, Input> =>
  new Map(inputNodes(roots).map(node => [node.name, node]))

const mismatch = (operation: string, expected: string, came: string): ShapeError => ({
  operation,
  axis: '*',
  expected,
  came,
  shapes: [],
  path: [],
})

/** The same axes in the same order: values of both shapes lie in memory alike. */
const sameOrder = (left: Shape, right: Shape): boolean =>
  sameShape(left, right) && Object.keys(left).join() === Object.keys(right).join()

/** Inputs of one name are one value. */
const inputErrors = (roots: readonly Expr[]): readonly ShapeError[] => {
  const first = new Map<string, Shape>()
  return inputNodes(roots).flatMap(({ name, shape }) => {
    const known = first.get(name)
    if (known === undefined) first.set(name, shape)
    return known === undefined || sameOrder(known, shape)
      ? []
      : [mismatch(`input ${name}`, showShape(known), showShape(shape))]
  })
}

/** State goes into a run as it came out of the one before. */
const stateErrors = ({ outputs, carried }: Graph): readonly ShapeError[] => {
  const inputs = inputsOf(Object.values(outputs))
  return Object.entries(carried).flatMap(([name, shape]) => {
    const [next, before] = [outputs[name], inputs.get(name)]
    if (next === undefined) return [mismatch(`state ${name}`, 'an output of that name', 'none')]
    return [
      ...(sameShape(next.shape, shape) ? [] : [mismatch(`state ${name}`, showShape(shape), showShape(next.shape))]),
      ...(before === undefined || sameOrder(before.shape, shape)
        ? []
        : [mismatch(`input ${name}`, showShape(shape), showShape(before.shape))]),
    ]
  })
}

/** The outputs of a graph, or every error in it. */
export const checkGraph = (graph: Graph): E.Either<NonEmptyArray<ShapeError>, readonly Expr[]> => {
  const roots = Object.values(graph.outputs)
  const checked = check(roots)
  const errors = [...(E.isLeft(checked) ? checked.left : []), ...inputErrors(roots), ...stateErrors(graph)]
  return isNonEmpty(errors) ? E.left(errors) : E.right(roots)
}
