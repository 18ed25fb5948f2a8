// The length of a whole tree, all of its numbers taken as one vector: of gradients, of a step, of parameters.
//
//   lengthOf({ a: 3, b: 4 })        is        5

import { add, constant, type Scalar, sqrt, square, total } from '../language/tensor.ts'
import { leavesOf } from './tree.ts'

/**
 * The Euclidean length of a tree of tensors.
 *
 * @example
 * ```ts
 * import { constant, trees, valuesOf } from 'functional-dino'
 * valuesOf(trees.euclidean({ a: constant(3), b: constant(4) })) // => [5]
 * ```
 */
export const euclidean = (tree: object): Scalar =>
  sqrt(
    leavesOf<'tensor'>(tree)
      .map(([, leaf]) => total(square(leaf)))
      .reduce((sum, next) => add(sum, next), constant(0)),
  )
