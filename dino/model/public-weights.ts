// Weights of the public PyTorch code as trees of this project, and back. Each leaf of a model is one tensor there, whose axes
// are the leaf's in another order; the language itself does the moving.

import * as E from 'fp-ts/lib/Either.js'
import {
  type As,
  array,
  dense,
  elements,
  evaluate,
  leavesOf,
  mapTree,
  type Sizes,
  type StoredTensor,
} from '../../lib/index.ts'

/** Why weights could not be read: the tensor, what was expected of it and what came. */
export interface WeightError {
  readonly kind: 'weights'
  readonly reason: string
}

interface Source {
  /** The path of a leaf here. */
  readonly path: RegExp
  /** The tensor's name there; `$1` is what the path's first group matched. */
  readonly name: string
  /** The axes of the tensor, in memory order. */
  readonly axes: readonly string[]
}

/** DINO, vision_transformer.py: the backbone's names. */
const backbone: readonly Source[] = [
  { path: /^patch\.weight$/, name: 'patch_embed.proj.weight', axes: ['feature', 'colour', 'patchRow', 'patchColumn'] },
  { path: /^patch\.bias$/, name: 'patch_embed.proj.bias', axes: ['feature'] },
  { path: /^classToken$/, name: 'cls_token', axes: ['token', 'feature'] },
  { path: /^position$/, name: 'pos_embed', axes: ['token', 'feature'] },
  { path: /^norm\.(\w+)$/, name: 'norm.$1', axes: ['feature'] },
  { path: /^blocks\.(\d+)\.norm(\d)\.(\w+)$/, name: 'blocks.$1.norm$2.$3', axes: ['feature'] },
  {
    path: /^blocks\.(\d+)\.attention\.project\.weight$/,
    name: 'blocks.$1.attn.qkv.weight',
    axes: ['role', 'head', 'channel', 'feature'],
  },
  {
    path: /^blocks\.(\d+)\.attention\.project\.bias$/,
    name: 'blocks.$1.attn.qkv.bias',
    axes: ['role', 'head', 'channel'],
  },
  {
    path: /^blocks\.(\d+)\.attention\.out\.weight$/,
    name: 'blocks.$1.attn.proj.weight',
    axes: ['feature', 'head', 'channel'],
  },
  { path: /^blocks\.(\d+)\.attention\.out\.bias$/, name: 'blocks.$1.attn.proj.bias', axes: ['feature'] },
  { path: /^blocks\.(\d+)\.mlp\.up\.weight$/, name: 'blocks.$1.mlp.fc1.weight', axes: ['hidden', 'feature'] },
  { path: /^blocks\.(\d+)\.mlp\.up\.bias$/, name: 'blocks.$1.mlp.fc1.bias', axes: ['hidden'] },
  { path: /^blocks\.(\d+)\.mlp\.down\.weight$/, name: 'blocks.$1.mlp.fc2.weight', axes: ['feature', 'hidden'] },
  { path: /^blocks\.(\d+)\.mlp\.down\.bias$/, name: 'blocks.$1.mlp.fc2.bias', axes: ['feature'] },
]

/** DINO, vision_transformer.py, DINOHead: the head's names. Its linear layers stand at even places. */
const head: readonly Source[] = [
  { path: /^layers\.(\d+)\.weight$/, name: 'mlp.$1.weight', axes: ['nextUnit', 'unit'] },
  { path: /^layers\.(\d+)\.bias$/, name: 'mlp.$1.bias', axes: ['nextUnit'] },
  { path: /^prototypes\.direction$/, name: 'last_layer.weight_v', axes: ['prototype', 'unit'] },
  { path: /^prototypes\.gain$/, name: 'last_layer.weight_g', axes: ['prototype'] },
]

const headName = (name: string): string => name.replace(/^mlp\.(\d+)/, (_, layer: string) => `mlp.${2 * Number(layer)}`)

const sourceOf = (
  sources: readonly Source[],
  path: string,
): { readonly name: string; readonly axes: readonly string[] } => {
  const source = sources.find(({ path: pattern }) => pattern.test(path))
  return source === undefined
    ? { name: path, axes: [] }
    : { name: headName(path.replace(source.path, source.name)), axes: source.axes }
}

/** The values of an array of sizes `from` in the order of `to`, which has the same axes. */
const reorder = (from: Sizes, to: Sizes, values: Float32Array | Float64Array): Float64Array =>
  evaluate([array(from, values).expr], new Map(), [to])[0]

const inOrder = (axes: readonly string[], sizes: Sizes): Sizes =>
  Object.fromEntries(axes.map(axis => [axis, sizes[axis]]))

const readTree =
  (sources: readonly Source[]) =>
  <T extends object>(
    tree: T,
    tensors: ReadonlyMap<string, StoredTensor>,
    prefix = '',
  ): E.Either<WeightError, As<'dense', T>> => {
    const errors: string[] = []
    const read = mapTree<'initialiser', 'dense'>(({ sizes }, path) => {
      const { name, axes } = sourceOf(sources, path)
      const stored = tensors.get(`${prefix}${name}`)
      if (stored?.data.length === elements(sizes))
        return dense(sizes, reorder(inOrder(axes, sizes), sizes, stored.data))
      errors.push(
        `${prefix}${name} expected ${elements(sizes)} values, came ${stored?.data.length ?? 'no such tensor'}`,
      )
      return dense(sizes, new Float64Array(elements(sizes)))
    })(tree)
    return errors.length === 0 ? E.right(read) : E.left({ kind: 'weights', reason: errors.join('; ') })
  }

const writeTree =
  (sources: readonly Source[]) =>
  (tree: object, prefix = ''): ReadonlyMap<string, StoredTensor> =>
    new Map(
      leavesOf<'dense'>(tree).map(([path, { sizes, data }]) => {
        const { name, axes } = sourceOf(sources, path)
        const to = inOrder(axes, sizes)
        return [`${prefix}${name}`, { shape: Object.values(to), data: Float32Array.from(reorder(sizes, to, data)) }]
      }),
    )

/** A vision transformer's weights from tensors with the names of the public code, each after `prefix`. */
export const readBackbone = readTree(backbone)

/** A projection head's weights from tensors with the names of the public code, each after `prefix`. */
export const readHead = readTree(head)

/** A vision transformer's weights, or any tree like them, as tensors with the names of the public code after `prefix`. */
export const writeBackbone = writeTree(backbone)

/** A projection head's weights, or any tree like them, as tensors with the names of the public code after `prefix`. */
export const writeHead = writeTree(head)
