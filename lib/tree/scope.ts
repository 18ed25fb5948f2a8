// Scopes name the parts of a model, so that a fault says where it was raised: `in block 3 / mlp: add: axis ...`.
// Nothing is kept in the background while a part is built: the faults raised inside are those that the function's
// result has and its argument has not, and the graph itself has a mark where values enter and leave the part, from
// which `placesOf` finds the scopes of every node.
//
//   scope('mlp')(gelu)(x)        is        leave mlp(gelu(enter mlp(x)))

import { type Mark, marked } from '../language/expression.ts'
import { within } from '../language/ill-sized.ts'
import { type Tensor, tensor } from '../language/tensor.ts'
import { leavesOf, refill } from './tree.ts'

/** The same tree with a mark at each leaf. */
const marking = <T extends object>(scope: string, side: Mark['side'], tree: T): T =>
  refill(
    tree,
    leavesOf<'tensor'>(tree).map(([, { expr }]): Tensor<never> => tensor(marked({ scope, side, of: 'value' }, expr))),
  )

/** Whether something is a tree, and not the number or the function that another argument may be. */
const isTree = (x: unknown): x is object => typeof x === 'object' && x !== null

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
    const known = new Set(isTree(x) ? leavesOf<'tensor'>(x).flatMap(([, leaf]) => leaf.expr.faults) : [])
    const result = f(isTree(x) ? marking(name, 'enter', x) : x)
    const told = leavesOf<'tensor'>(result).map(([, leaf]) => tensor(within(name, known, leaf.expr)))
    return marking(name, 'leave', refill(result, told))
  }
