// Weights of the public PyTorch code as trees of this project, and back. Each leaf of a model is one tensor there; its
// axes are the leaf's in another order, some of them merged, and the tensor language itself moves the values. For
// example the leaf
//
//   blocks.0.attention.project.weight [feature, role, head, channel]   is stored as
//   blocks.0.attn.qkv.weight, of shape [role * head * channel, feature]

import type * as E from 'fp-ts/lib/Either.js'
import { type As, array, compiler, type Sizes, storage } from '../../lib/index.ts'

/** A dimension of a stored tensor: an axis, several merged into one, the first slowest, or none, of size 1. */
type Dimension = string | readonly string[]

const one: Dimension = []

interface Row {
  /** The path of a leaf here. */
  readonly path: RegExp
  /** The tensor's name there; `$1` is what the path's first group matched. */
  readonly name: string
  readonly shape: readonly Dimension[]
}

const row = (path: RegExp, name: string, ...shape: readonly Dimension[]): Row => ({ path, name, shape })

const perHead = ['role', 'head', 'channel']

/** DINO, vision_transformer.py: the backbone's names. */
const backbone: readonly Row[] = [
  row(/^patch\.weight$/, 'patch_embed.proj.weight', 'feature', 'colour', 'patchRow', 'patchColumn'),
  row(/^patch\.bias$/, 'patch_embed.proj.bias', 'feature'),
  row(/^classToken$/, 'cls_token', one, 'token', 'feature'),
  row(/^position$/, 'pos_embed', one, 'token', 'feature'),
  row(/^norm\.(\w+)$/, 'norm.$1', 'feature'),
  row(/^blocks\.(\d+)\.norm(\d)\.(\w+)$/, 'blocks.$1.norm$2.$3', 'feature'),
  row(/^blocks\.(\d+)\.attention\.project\.weight$/, 'blocks.$1.attn.qkv.weight', perHead, 'feature'),
  row(/^blocks\.(\d+)\.attention\.project\.bias$/, 'blocks.$1.attn.qkv.bias', perHead),
  row(/^blocks\.(\d+)\.attention\.out\.weight$/, 'blocks.$1.attn.proj.weight', 'feature', ['head', 'channel']),
  row(/^blocks\.(\d+)\.attention\.out\.bias$/, 'blocks.$1.attn.proj.bias', 'feature'),
  row(/^blocks\.(\d+)\.mlp\.up\.weight$/, 'blocks.$1.mlp.fc1.weight', 'hidden', 'feature'),
  row(/^blocks\.(\d+)\.mlp\.up\.bias$/, 'blocks.$1.mlp.fc1.bias', 'hidden'),
  row(/^blocks\.(\d+)\.mlp\.down\.weight$/, 'blocks.$1.mlp.fc2.weight', 'feature', 'hidden'),
  row(/^blocks\.(\d+)\.mlp\.down\.bias$/, 'blocks.$1.mlp.fc2.bias', 'feature'),
]

/** DINO, vision_transformer.py, DINOHead: the head's names. Its linear layers stand at even places. */
const head: readonly Row[] = [
  row(/^layers\.(\d+)\.weight$/, 'mlp.$1.weight', 'nextUnit', 'unit'),
  row(/^layers\.(\d+)\.bias$/, 'mlp.$1.bias', 'nextUnit'),
  row(/^prototypes\.direction$/, 'last_layer.weight_v', 'prototype', 'unit'),
  row(/^prototypes\.gain$/, 'last_layer.weight_g', 'prototype', one),
]

const headName = (name: string): string => name.replace(/^mlp\.(\d+)/, (_, layer: string) => `mlp.${2 * Number(layer)}`)

/** The values of an array of sizes `from` in the order of `to`, which has the same axes. */
const reorder = (from: Sizes, to: Sizes, values: storage.Numbers): Float64Array =>
  compiler.evaluate([array(from, values).expr], new Map(), [to])[0]

/** How leaves are stored by the public code, each name after `prefix`. A leaf that it does not have keeps its path. */
const storages =
  (rows: readonly Row[], prefix: string): storage.Storages =>
  (path, sizes) => {
    const found = rows.find(({ path: pattern }) => pattern.test(path))
    const shape = found?.shape ?? Object.keys(sizes)
    const stored = Object.fromEntries(shape.flat().map(axis => [axis, sizes[axis]]))
    return {
      name: prefix + (found === undefined ? path : headName(path.replace(found.path, found.name))),
      shape: shape.map(dimension => [dimension].flat().reduce((product, axis) => product * sizes[axis], 1)),
      store: values => reorder(sizes, stored, values),
      load: values => reorder(stored, sizes, values),
    }
  }

const startingWith = (
  prefix: string,
  tensors: ReadonlyMap<string, storage.StoredTensor>,
): ReadonlyMap<string, storage.StoredTensor> => new Map([...tensors].filter(([name]) => name.startsWith(prefix)))

const readRows =
  (rows: readonly Row[]) =>
  <T extends object>(
    tree: T,
    tensors: ReadonlyMap<string, storage.StoredTensor>,
    prefix = '',
  ): E.Either<storage.StoredError, As<'dense', T>> =>
    storage.loadTree(storages(rows, prefix))(tree, startingWith(prefix, tensors))

const writeRows =
  (rows: readonly Row[]) =>
  (tree: object, prefix = ''): ReadonlyMap<string, storage.StoredTensor> =>
    storage.storeTree(storages(rows, prefix))(tree)

/**
 * A vision transformer's weights from tensors with the names of the public code, each after `prefix`. Every tensor
 * after that prefix must be one of them, and of the shape that it has there.
 */
export const readBackbone = readRows(backbone)

/** A projection head's weights from tensors with the names of the public code, each after `prefix`, and no others. */
export const readHead = readRows(head)

/**
 * A vision transformer's weights, or any tree like them, as tensors with the names of the public code after `prefix`.
 */
export const writeBackbone = writeRows(backbone)

/** A projection head's weights, or any tree like them, as tensors with the names of the public code after `prefix`. */
export const writeHead = writeRows(head)
