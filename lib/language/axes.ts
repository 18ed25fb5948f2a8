// Axes are names, and names are types. A tensor over 'batch' and 'token' has the union 'batch' | 'token' in its type;
// the order of its axes in memory is chosen by the compiler and never appears in a program. Everything that has axes (a
// tensor, host data, a specification, an initialiser) is a leaf of a tree and extends `Named`.

/** The property of whatever has axes. Types read the axes in it; at run time it only tells a leaf from a branch. */
const axes: unique symbol = Symbol('axes')

/** Anything indexed by the axes `A`, a union of axis names; `never` is a scalar. */
export interface Named<in out A extends string> {
  readonly [axes]: A
}

/**
 * Fields as a leaf, whose axes the type that it is given to must name. The symbol comes first, for V8 adds one to a
 * copied object twenty times slower than it copies fields to an object that has it.
 */
export const named = <F extends object>(fields: F): F & Named<never> => ({ [axes]: undefined as never, ...fields })

/** Whether something has axes. A copy by spread has them; structured clone and JSON lose them. */
export const isNamed = (value: object): boolean => axes in value

/** The size of each axis, at least 1. */
export type Sizes<A extends string = string> = { readonly [K in A]: number }

/** The shape of an expression: an unordered set of axis names with their sizes. */
export type Shape = Sizes

/**
 * Number of elements of a shape; 1 for a scalar.
 *
 * @example
 * ```ts
 * import { compiler } from 'functional-dino'
 * compiler.elements({ batch: 4, token: 16 }) // => 64
 * ```
 */
export const elements = (shape: Shape): number => {
  let count = 1
  for (const axis in shape) count *= shape[axis]
  return count
}

/** Whether both shapes have the same axes with the same sizes, in whatever order they are written. */
export const sameShape = (left: Shape, right: Shape): boolean => {
  let axesLeft = 0
  for (const axis in left) {
    if (left[axis] !== right[axis]) return false
    axesLeft += 1
  }
  return axesLeft === Object.keys(right).length
}

/** The axes of `shape` that `other` lacks, with their sizes. */
export const without = (shape: Shape, other: Shape): Shape => {
  const rest: Record<string, number> = {}
  for (const axis in shape) if (!(axis in other)) rest[axis] = shape[axis]
  return rest
}

/** The part of `shape` named by `names`, in the order of `shape`. */
export const only = (shape: Shape, names: readonly string[]): Shape => {
  const part: Record<string, number> = {}
  for (const axis in shape) if (names.includes(axis)) part[axis] = shape[axis]
  return part
}

/**
 * Reads as `batch 4, token 17`; `scalar` for no axes.
 *
 * @example
 * ```ts
 * import { compiler } from 'functional-dino'
 * compiler.showShape({ batch: 4, token: 16 }) // => 'batch 4, token 16'
 * compiler.showShape({}) // => 'scalar'
 * ```
 */
export const showShape = (shape: Shape): string =>
  Object.entries(shape)
    .map(([axis, size]) => `${axis} ${size}`)
    .join(', ') || 'scalar'
