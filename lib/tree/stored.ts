// Trees of values as stored tensors, and back. Names must agree exactly: a file that lacks a leaf, has one too many or
// has one of another shape is refused, with every such name.
// The tree
//
//   { mlp: { weight: [unit 2, nextUnit 3], bias: [nextUnit 3] } }
//
// is stored as `mlp.weight` of shape 2 x 3 and `mlp.bias` of shape 3; a file with `mlp.weight` of shape 3 x 2 and a
// tensor `b` is refused with
//
//   missing: mlp.bias; unexpected: b; "mlp.weight" expected 2 x 3, came 3 x 2

import * as E from 'fp-ts/lib/Either.js'
import { elements, type Sizes } from '../language/axes.ts'
import type { Numbers } from './number-formats.ts'
import type { StoredTensor } from './safetensors.ts'
import { type As, dense, leavesOf, mapTree } from './tree.ts'

export type { Numbers } from './number-formats.ts'

/** How a leaf is stored: the tensor's name and shape, and its values from the leaf's order and back to it. */
export interface Storage {
  readonly name: string
  readonly shape: readonly number[]
  readonly store: (values: Numbers) => Numbers
  readonly load: (values: Numbers) => Numbers
}

/** How each leaf is stored, by its path and its sizes. */
export type Storages = (path: string, sizes: Sizes) => Storage

const unchanged = (values: Numbers): Numbers => values

/**
 * Leaves under their paths, as they are in memory.
 *
 * @example
 * ```ts
 * import { storage } from 'functional-dino'
 * storage.byPath('mlp.weight', { from: 2, to: 3 }).shape // => [2, 3]
 * ```
 */
export const byPath: Storages = (path, sizes) => ({
  name: path,
  shape: Object.values(sizes),
  store: unchanged,
  load: unchanged,
})

/** The faults of stored tensors that should be a tree. */
export interface StoredError {
  readonly kind: 'stored'
  /** Names that the tree has and the tensors lack. */
  readonly missing: readonly string[]
  /** Names that the tree does not have. */
  readonly unexpected: readonly string[]
  readonly illShaped: readonly {
    readonly name: string
    readonly expected: readonly number[]
    readonly came: readonly number[]
  }[]
}

const showShape = (shape: readonly number[]): string => (shape.length === 0 ? 'one number' : shape.join(' x '))

/**
 * Reads as `missing: a, b; unexpected: c; "d" expected 3 x 4, came 4 x 3`.
 *
 * @example
 * ```ts
 * import { storage } from 'functional-dino'
 * const illShaped = [{ name: 'd', expected: [3, 4], came: [4, 3] }]
 * const said = 'missing: a; unexpected: c; "d" expected 3 x 4, came 4 x 3'
 * storage.showStoredError({ kind: 'stored', missing: ['a'], unexpected: ['c'], illShaped }) // => said
 * ```
 */
export const showStoredError = ({ missing, unexpected, illShaped }: StoredError): string =>
  [
    ...(missing.length > 0 ? [`missing: ${missing.join(', ')}`] : []),
    ...(unexpected.length > 0 ? [`unexpected: ${unexpected.join(', ')}`] : []),
    ...illShaped.map(
      ({ name, expected, came }) => `"${name}" expected ${showShape(expected)}, came ${showShape(came)}`,
    ),
  ].join('; ')

/**
 * A tree's values as tensors by name; in the precision that they have.
 *
 * @example
 * ```ts
 * import { dense, storage } from 'functional-dino'
 * const tensors = storage.storeTree()({ mlp: { bias: dense({ to: 2 }, Float32Array.of(1, 2)) } })
 * [...tensors] // => [['mlp.bias', { shape: [2], data: [1, 2] }]]
 * ```
 */
export const storeTree =
  (storages: Storages = byPath) =>
  (tree: object): ReadonlyMap<string, StoredTensor> =>
    new Map(
      leavesOf<'dense'>(tree).map(([path, { sizes, data }]) => {
        const { name, shape, store } = storages(path, sizes)
        return [name, { shape, data: store(data) }]
      }),
    )

const sameShape = (one: readonly number[], other: readonly number[]): boolean =>
  one.length === other.length && one.every((size, place) => size === other[place])

const disagreement = (tree: object, tensors: ReadonlyMap<string, StoredTensor>, storages: Storages): StoredError => {
  const wanted = new Map(
    leavesOf<'spec'>(tree).map(([path, { sizes }]) => {
      const { name, shape } = storages(path, sizes)
      return [name, shape]
    }),
  )
  return {
    kind: 'stored',
    missing: [...wanted.keys()].filter(name => !tensors.has(name)),
    unexpected: [...tensors.keys()].filter(name => !wanted.has(name)),
    illShaped: [...wanted].flatMap(([name, expected]) => {
      const came = tensors.get(name)?.shape
      return came === undefined || sameShape(expected, came) ? [] : [{ name, expected, came }]
    }),
  }
}

/**
 * The values of a tree from tensors by name, which must be exactly its own. `tree` says which: its leaves have sizes.
 *
 * @example
 * ```ts
 * import { spec, storage } from 'functional-dino'
 * const tensors = new Map([['bias', { shape: [2], data: Float32Array.of(1, 2) }]])
 * storage.loadTree()({ bias: spec({ to: 2 }) }, tensors)._tag // => 'Right'
 * storage.loadTree()({ bias: spec({ to: 3 }) }, tensors)._tag // => 'Left'
 * ```
 */
export const loadTree =
  (storages: Storages = byPath) =>
  <T extends object>(tree: T, tensors: ReadonlyMap<string, StoredTensor>): E.Either<StoredError, As<'dense', T>> => {
    const wrong = disagreement(tree, tensors, storages)
    if (wrong.missing.length + wrong.unexpected.length + wrong.illShaped.length > 0) return E.left(wrong)
    return E.right(
      mapTree<'spec', 'dense'>(({ sizes }, path) => {
        const { name, load } = storages(path, sizes)
        return dense(sizes, load(tensors.get(name)?.data ?? new Float32Array(elements(sizes))))
      })(tree),
    )
  }
