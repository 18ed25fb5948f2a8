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
import type { Sizes } from '../language/axes.ts'
import type { Numbers } from './number-formats.ts'
import type { StoredTensor } from './safetensors.ts'
import { type As, dense, leavesOf, mapTree } from './tree.ts'

export type { Numbers } from './number-formats.ts'

/** How a leaf is stored: its tensors, mostly one, and its values as theirs and back, in the same order. */
export interface Storage {
  readonly tensors: readonly { readonly name: string; readonly shape: readonly number[] }[]
  readonly store: (values: Numbers) => readonly Numbers[]
  readonly load: (stored: readonly Numbers[]) => Numbers
}

/** How each leaf is stored, by its path and its sizes. */
export type Storages = (path: string, sizes: Sizes) => Storage

/**
 * Leaves under their paths, as they are in memory.
 *
 * @example
 * ```ts
 * import { storage } from 'functional-dino'
 * storage.byPath('mlp.weight', { from: 2, to: 3 }).tensors // => [{ name: 'mlp.weight', shape: [2, 3] }]
 * ```
 */
export const byPath: Storages = (path, sizes) => ({
  tensors: [{ name: path, shape: Object.values(sizes) }],
  store: values => [values],
  load: ([values]) => values,
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
      leavesOf<'dense'>(tree).flatMap(([path, { sizes, data }]) => {
        const { tensors, store } = storages(path, sizes)
        const stored = store(data)
        return tensors.map(({ name, shape }, at) => [name, { shape, data: stored[at] }] as const)
      }),
    )

const product = (shape: readonly number[]): number => shape.reduce((count, size) => count * size, 1)

const sameShape = (one: readonly number[], other: readonly number[]): boolean =>
  one.length === other.length && one.every((size, place) => size === other[place])

const disagreement = (tree: object, tensors: ReadonlyMap<string, StoredTensor>, storages: Storages): StoredError => {
  const wanted = new Map(
    leavesOf<'spec'>(tree).flatMap(([path, { sizes }]) =>
      storages(path, sizes).tensors.map(({ name, shape }) => [name, shape] as const),
    ),
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
        const { tensors: own, load } = storages(path, sizes)
        const stored = own.map(({ name, shape }) => tensors.get(name)?.data ?? new Float32Array(product(shape)))
        return dense(sizes, load(stored))
      })(tree),
    )
  }
