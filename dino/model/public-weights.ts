// Weights of the public PyTorch code as trees of this project. Each leaf of a model comes from one tensor there, whose axes are
// the leaf's in another order; queries, keys and values are three parts of one tensor. The language itself does the moving.

import * as E from 'fp-ts/lib/Either.js'
import {
  type As,
  array,
  at,
  concat,
  type Dense,
  dense,
  elements,
  evaluate,
  expand,
  type Initialiser,
  leavesOf,
  mapTree,
  type Sizes,
  type StoredTensor,
  type Tensor,
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

const parts = ['query', 'key', 'value']

/** DINO, vision_transformer.py: the backbone's names. */
const backbone: readonly Source[] = [
  { path: /^patch\.weight$/, name: 'patch_embed.proj.weight', axes: ['feature', 'colour', 'patchRow', 'patchColumn'] },
  { path: /^patch\.bias$/, name: 'patch_embed.proj.bias', axes: ['feature'] },
  { path: /^classToken$/, name: 'cls_token', axes: ['token', 'feature'] },
  { path: /^position$/, name: 'pos_embed', axes: ['token', 'feature'] },
  { path: /^norm\.(\w+)$/, name: 'norm.$1', axes: ['feature'] },
  { path: /^blocks\.(\d+)\.norm(\d)\.(\w+)$/, name: 'blocks.$1.norm$2.$3', axes: ['feature'] },
  {
    path: /^blocks\.(\d+)\.attention\.(?:query|key|value)\.weight$/,
    name: 'blocks.$1.attn.qkv.weight',
    axes: ['part', 'head', 'channel', 'feature'],
  },
  {
    path: /^blocks\.(\d+)\.attention\.(?:query|key|value)\.bias$/,
    name: 'blocks.$1.attn.qkv.bias',
    axes: ['part', 'head', 'channel'],
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

/** The values of a leaf of `sizes` from a tensor with these axes. */
const extract = (sizes: Sizes, axes: readonly string[], part: number, values: Float32Array): Float64Array => {
  const given = Object.fromEntries(axes.map(axis => [axis, axis === 'part' ? parts.length : sizes[axis]]))
  const whole: Tensor<string> = array(given, values)
  const chosen = axes.includes('part') ? at('part', part)(whole) : whole
  return evaluate([chosen.expr], new Map(), [sizes])[0]
}

const readTree =
  (sources: readonly Source[]) =>
  <T extends object>(
    tree: T,
    tensors: ReadonlyMap<string, StoredTensor>,
    prefix = '',
  ): E.Either<WeightError, As<'dense', T>> => {
    const errors: string[] = []
    const read = mapTree<'initialiser', 'dense'>(<A extends string>({ sizes }: Initialiser<A>, path: string) => {
      const { name, axes } = sourceOf(sources, path)
      const stored = tensors.get(`${prefix}${name}`)
      const expected = elements(sizes) * (axes.includes('part') ? parts.length : 1)
      if (stored?.data.length !== expected) {
        errors.push(`${prefix}${name} expected ${expected} values, came ${stored?.data.length ?? 'no such tensor'}`)
        return dense(sizes, new Float64Array(elements(sizes)))
      }
      const part = parts.findIndex(word => path.includes(`.${word}.`))
      return dense(sizes, extract(sizes, axes, part, stored.data))
    })(tree)
    return errors.length === 0 ? E.right(read) : E.left({ kind: 'weights', reason: errors.join('; ') })
  }

/** The values of a tensor with these axes from the leaves that are its parts, in their order. */
const assemble = (axes: readonly string[], leaves: readonly Dense<string>[]): StoredTensor => {
  const [{ sizes }] = leaves
  const parted = axes.includes('part')
  const given = leaves.map(leaf => {
    const whole: Tensor<string> = array(leaf.sizes, leaf.data)
    return parted ? expand({ part: 1 })(whole) : whole
  })
  const [first, ...rest] = given
  const joined = parted ? concat('part')<string>(first, ...rest) : first
  const shape = Object.fromEntries(axes.map(axis => [axis, axis === 'part' ? leaves.length : sizes[axis]]))
  return { shape: Object.values(shape), data: Float32Array.from(evaluate([joined.expr], new Map(), [shape])[0]) }
}

const writeTree =
  (sources: readonly Source[]) =>
  (tree: object, prefix = ''): ReadonlyMap<string, StoredTensor> => {
    const found = new Map<string, { readonly axes: readonly string[]; readonly leaves: Dense<string>[] }>()
    for (const [path, leaf] of leavesOf<'dense'>(tree)) {
      const { name, axes } = sourceOf(sources, path)
      const known = found.get(name) ?? { axes, leaves: [] }
      known.leaves.push(dense<string>(leaf.sizes, leaf.data))
      found.set(name, known)
    }
    return new Map([...found].map(([name, { axes, leaves }]) => [`${prefix}${name}`, assemble(axes, leaves)]))
  }

/** A vision transformer's weights from tensors with the names of the public code, each after `prefix`. */
export const readBackbone = readTree(backbone)

/** A projection head's weights from tensors with the names of the public code, each after `prefix`. */
export const readHead = readTree(head)

/** A vision transformer's weights, or any tree like them, as tensors with the names of the public code after `prefix`. */
export const writeBackbone = writeTree(backbone)

/** A projection head's weights, or any tree like them, as tensors with the names of the public code after `prefix`. */
export const writeHead = writeTree(head)
