// Weights under the names of another program, as a table of rows. A row says of some leaves of a tree by which names
// they are stored there and in which shape: their axes in another order, some of them merged. A leaf may be several
// tensors there, one for each position of an axis. The tensor language itself moves the values. For example the leaf
//
//   blocks.0.attention.project.weight [feature, role 3, head, channel]   is stored by DINO as
//   blocks.0.attn.qkv.weight, of shape [3 * head * channel, feature], and by Hugging Face as three tensors,
//   encoder.layer.0.attention.q_proj.weight and so on, of shape [head * channel, feature]

import type * as E from 'fp-ts/lib/Either.js'
import { type As, array, compiler, type Sizes, storage } from '../../lib/index.ts'

/** A dimension of a stored tensor: an axis, several merged into one, the first slowest, or none, of size 1. */
export type Dimension = string | readonly string[]

/** A dimension of size 1. */
export const one: Dimension = []

/** A row of a naming. */
export interface NamingRow {
  /** The path of a leaf here. */
  readonly path: RegExp
  /** The tensors' names there; `$1` is what the path's first group matched. */
  readonly names: readonly string[]
  /** The shape of each tensor. */
  readonly shape: readonly Dimension[]
  /** The axis that has a tensor for each of its positions, where there are several. */
  readonly along?: string
}

/** A naming: its rows, and for names that no pattern gives, a last change of each name. */
export interface Naming {
  readonly rows: readonly NamingRow[]
  readonly finish?: (name: string) => string
}

/** A row of leaves that are one tensor each. */
export const row = (path: RegExp, name: string, ...shape: readonly Dimension[]): NamingRow => ({
  path,
  names: [name],
  shape,
})

/** A row of leaves that are several tensors each, one for each position of the axis `along`. */
export const rowsAlong = (
  along: string,
  path: RegExp,
  names: readonly string[],
  ...shape: readonly Dimension[]
): NamingRow => ({ path, names, shape, along })

/** The values of an array of sizes `from` in the order of `to`, which has the same axes. */
const reorder = (from: Sizes, to: Sizes, values: storage.Numbers): Float64Array =>
  compiler.evaluate([array(from, values).expr], new Map(), [to])[0]

/** Values in `count` pieces of one length. */
const pieces = (values: storage.Numbers, count: number): readonly storage.Numbers[] => {
  const length = values.length / count
  return Array.from({ length: count }, (_, at) => values.slice(at * length, (at + 1) * length))
}

/** Pieces as one. */
const joined = (parts: readonly storage.Numbers[]): storage.Numbers => {
  if (parts.length === 1) return parts[0]
  const whole = new Float64Array(parts.reduce((length, part) => length + part.length, 0))
  parts.reduce((at, part) => {
    whole.set(part, at)
    return at + part.length
  }, 0)
  return whole
}

/** Values that were float32 are so again; nothing is rounded, for values only moved. */
const asPrecise = (values: Float64Array, before: readonly storage.Numbers[]): storage.Numbers =>
  before.every(one => one instanceof Float32Array) ? new Float32Array(values) : values

/** How leaves are stored under a naming, each name after `prefix`. A leaf that it does not have keeps its path. */
export const storagesOf =
  ({ rows, finish = name => name }: Naming, prefix: string): storage.Storages =>
  (path, sizes) => {
    const found = rows.find(({ path: pattern }) => pattern.test(path))
    const { names, shape, along } = found ?? row(/^$/, path, ...Object.keys(sizes))
    const axes = [...(along === undefined ? [] : [along]), ...shape.flat()]
    const stored = Object.fromEntries(axes.map(axis => [axis, sizes[axis]]))
    const lengths = shape.map(dimension => [dimension].flat().reduce((product, axis) => product * sizes[axis], 1))
    const nameOf = (name: string): string => prefix + (found ? finish(path.replace(found.path, name)) : path)
    return {
      tensors: names.map(name => ({ name: nameOf(name), shape: lengths })),
      store: values => pieces(asPrecise(reorder(sizes, stored, values), [values]), names.length),
      load: parts => asPrecise(reorder(stored, sizes, joined(parts)), parts),
    }
  }

const startingWith = (
  prefix: string,
  tensors: ReadonlyMap<string, storage.StoredTensor>,
): ReadonlyMap<string, storage.StoredTensor> => new Map([...tensors].filter(([name]) => name.startsWith(prefix)))

/**
 * The weights of a tree from tensors with the names of a naming, each after `prefix`. Every tensor after that prefix
 * must be one of them, and of the shape that it has there.
 */
export const readNamed =
  (naming: Naming) =>
  <T extends object>(
    tree: T,
    tensors: ReadonlyMap<string, storage.StoredTensor>,
    prefix = '',
  ): E.Either<storage.StoredError, As<'dense', T>> =>
    storage.loadTree(storagesOf(naming, prefix))(tree, startingWith(prefix, tensors))

/** The weights of a tree, or any tree like them, as tensors with the names of a naming after `prefix`. */
export const writeNamed =
  (naming: Naming) =>
  (tree: object, prefix = ''): ReadonlyMap<string, storage.StoredTensor> =>
    storage.storeTree(storagesOf(naming, prefix))(tree)
