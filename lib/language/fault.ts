// A shape error is a value. Building an expression never throws: an ill-sized operation gives a node with a repaired
// shape that carries its fault, so that one run of `check` reports every fault of a graph and not only the first.
//
//   in block 3 / mlp: add: axis "token" expected 16, came 17 (batch 4, token 16; token 17)

import { type Shape, showShape } from './axes.ts'

/**
 * One ill-sized operation: what was expected of which axis (`*` for all of them), what came, the shapes met, and the
 * scopes around it.
 */
export interface ShapeError {
  readonly operation: string
  readonly axis: string
  readonly expected: string
  readonly came: string
  readonly shapes: readonly Shape[]
  /** Names of the enclosing scopes, outermost first: `['block 3', 'mlp']`. */
  readonly path: readonly string[]
}

/**
 * One line for a person: `in block 3 / mlp: add: axis "token" expected 16, came 17 (batch 4, token 16; token 17)`.
 *
 * @example
 * ```ts
 * import { add, fill, showShapeError } from 'functional-dino'
 * const { faults } = add(fill({ token: 16 }, 1), fill({ token: 17 }, 1)).expr
 * showShapeError(faults[0]) // => 'add: axis "token" expected 16, came 17 (token 16; token 17)'
 * ```
 */
export const showShapeError = ({ operation, axis, expected, came, shapes, path }: ShapeError): string => {
  const where = path.length > 0 ? `in ${path.join(' / ')}: ` : ''
  const met = shapes.length > 0 ? ` (${shapes.map(showShape).join('; ')})` : ''
  const what = axis === '*' ? '' : `axis "${axis}" `
  return `${where}${operation}: ${what}expected ${expected}, came ${came}${met}`
}
