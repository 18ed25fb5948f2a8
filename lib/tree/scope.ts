// Scopes name the parts of a model, so that a fault says where it was raised: `in block 3 / mlp: add: axis ...`.
// Nothing is kept in the background while a part is built: the faults raised inside are those that the function's
// result has and its argument has not.

import { within } from '../language/ill-sized.ts'
import { tensor } from '../language/tensor.ts'
import { leavesOf, refill } from './tree.ts'

/**
 * The same function, whose faults carry `name`. Arguments and results are tensors or trees of them.
 *
 * @example
 * ```ts
 * import { add, fill, scope, showShapeError, type Tensor } from 'functional-dino'
 * const mlp = scope('mlp')((x: Tensor<'token'>) => add(x, fill({ token: 3 }, 1)))
 * const { faults } = mlp(fill({ token: 2 }, 1)).expr
 * faults.map(showShapeError) // => ['in mlp: add: axis "token" expected 2, came 3 (token 2; token 3)']
 * ```
 */
export const scope =
  (name: string) =>
  <X, Y extends object>(f: (x: X) => Y) =>
  (x: X): Y => {
    const given = typeof x === 'object' && x !== null ? leavesOf<'tensor'>(x) : []
    const known = new Set(given.flatMap(([, leaf]) => leaf.expr.faults))
    const result = f(x)
    return refill(
      result,
      leavesOf<'tensor'>(result).map(([, leaf]) => tensor(within(name, known, leaf.expr))),
    )
  }
