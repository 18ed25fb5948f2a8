// The names under which backbones are published, as a table: the tensor names, how a file of that kind differs from a
// tree besides its names, and how the program that reads such files resizes positions. A file that a program expects to
// have a part that a backbone lacks gets the part that changes nothing: Dinov2Model has layer scales, and those of DINO
// are ones there.

import type { storage } from '../../lib/index.ts'
import { dinov2Backbone, timmBackbone } from '../model/dinov2-names.ts'
import type { FeedForward } from '../model/feed-forward.ts'
import { huggingfaceBackbone, huggingfaceFile } from '../model/huggingface-names.ts'
import type { Naming } from '../model/naming.ts'
import { type Resizing, resizings } from '../model/position.ts'
import { dinoBackbone } from '../model/public-weights.ts'
import { positionsApart, positionsTogether } from './timm-positions.ts'

/** Tensors by their names in a file, without prefixes. */
export type Tensors = ReadonlyMap<string, storage.StoredTensor>

/** Names of a file. */
export interface WeightNames {
  /** The program, for people. */
  readonly meaning: string
  readonly naming: (feedForward: FeedForward) => Naming
  /** The names, in a file, of what the sizes are read from. `0` in the name of a layer of a block is its number. */
  readonly classToken: string
  readonly patch: string
  readonly position: string
  readonly registers: string
  readonly maskToken: string
  readonly layerScale: string
  /** The second layer of a block, by the form of its feed-forward part. */
  readonly down: Readonly<Record<FeedForward, string>>
  /** The tensors of a file as they would be were its program like the tree, and back. */
  readonly fromFile: (tensors: Tensors) => Tensors
  readonly toFile: (tensors: Tensors) => Tensors
  readonly resizing: (registers: boolean) => Resizing
}

const unchanged = (tensors: Tensors): Tensors => tensors

const dinoLike = {
  classToken: 'cls_token',
  patch: 'patch_embed.proj.weight',
  position: 'pos_embed',
  registers: 'register_tokens',
  maskToken: 'mask_token',
  layerScale: 'blocks.0.ls1.gamma',
  fromFile: unchanged,
  toFile: unchanged,
} as const

const huggingfaceLike = {
  classToken: 'embeddings.cls_token',
  patch: 'embeddings.patch_embeddings.projection.weight',
  position: 'embeddings.position_embeddings',
  registers: 'embeddings.register_tokens',
  maskToken: 'embeddings.mask_token',
  layerScale: 'encoder.layer.0.layer_scale1.lambda1',
  fromFile: unchanged,
  resizing: (registers: boolean) => resizings[registers ? 'dinov2 with registers' : 'huggingface'],
} as const

const filled = (value: number, ...shape: readonly number[]): storage.StoredTensor => ({
  shape,
  data: new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(value),
})

/** Layer scales of one and a mask token of zero, where there are none. */
const completed = (tensors: Tensors): Tensors => {
  const layers = [...tensors.keys()].filter(name => /^encoder\.layer\.\d+\.norm1\.weight$/.test(name))
  const missing = layers.flatMap(name =>
    [1, 2].flatMap((branch): [string, storage.StoredTensor][] => {
      const own = name.replace('norm1.weight', `layer_scale${branch}.lambda1`)
      return tensors.has(own) ? [] : [[own, filled(1, ...tensors.get(name)!.shape)]]
    }),
  )
  const { classToken, maskToken } = huggingfaceLike
  const features = tensors.get(classToken)?.shape[2] ?? 0
  return new Map([[maskToken, filled(0, 1, features)], ...missing, ...tensors])
}

/** The names that can be written. */
export const weightNames = {
  v1: {
    ...dinoLike,
    meaning: "DINO's code",
    naming: () => dinoBackbone,
    down: { perceptron: 'blocks.0.mlp.fc2.weight', swiglu: 'blocks.0.mlp.w3.weight' },
    resizing: () => resizings.dino,
  },
  dinov2: {
    ...dinoLike,
    meaning: "DINOv2's code",
    naming: dinov2Backbone,
    down: { perceptron: 'blocks.0.mlp.fc2.weight', swiglu: 'blocks.0.mlp.w3.weight' },
    resizing: registers => resizings[registers ? 'dinov2 with registers' : 'dino'],
  },
  huggingface: {
    ...huggingfaceLike,
    meaning: "Hugging Face's Dinov2Model",
    naming: huggingfaceFile,
    down: { perceptron: 'encoder.layer.0.mlp.fc2.weight', swiglu: 'encoder.layer.0.mlp.weights_out.weight' },
    toFile: completed,
  },
  timm: {
    ...dinoLike,
    meaning: 'timm',
    naming: timmBackbone,
    registers: 'reg_token',
    down: { perceptron: 'blocks.0.mlp.fc2.weight', swiglu: 'blocks.0.mlp.fc2.weight' },
    fromFile: positionsTogether,
    toFile: positionsApart,
    resizing: () => resizings['dinov2 with registers'],
  },
} as const satisfies Readonly<Record<string, WeightNames>>

/** The names that are read and not written: those that transformers 5 has in memory. */
const inMemory: WeightNames = {
  ...huggingfaceLike,
  meaning: "Hugging Face's Dinov2Model, as it is in memory",
  naming: huggingfaceBackbone,
  down: { perceptron: 'encoder.layer.0.mlp.fc2.weight', swiglu: 'encoder.layer.0.mlp.down_proj.weight' },
  toFile: unchanged,
}

/** The names of names that can be written. */
export const writtenNames = ['v1', 'dinov2', 'huggingface', 'timm'] as const

/** Whether the first perceptron of timm has twice the rows that its second has columns: it is SwiGLU then. */
const isPacked = (tensors: Tensors): boolean =>
  tensors.get('blocks.0.mlp.fc1.weight')?.shape[0] === 2 * (tensors.get('blocks.0.mlp.fc2.weight')?.shape[1] ?? 0)

/** The form of the feed-forward parts of a file. */
export const feedForwardOf = (names: WeightNames, tensors: Tensors): FeedForward => {
  const { perceptron, swiglu } = names.down
  return (perceptron === swiglu ? isPacked(tensors) : tensors.has(swiglu)) ? 'swiglu' : 'perceptron'
}

/** The names that tensors go by, if they are known. timm's file without registers is one of DINOv2, without masks. */
export const namesOf = (tensors: Tensors): WeightNames | undefined => {
  if (tensors.has('embeddings.cls_token'))
    return tensors.has('encoder.layer.0.attention.q_proj.weight') ? inMemory : weightNames.huggingface
  if (!tensors.has('cls_token') || !tensors.has('patch_embed.proj.weight')) return undefined
  if (tensors.has('reg_token') || isPacked(tensors)) return weightNames.timm
  if (['mask_token', 'register_tokens', 'blocks.0.mlp.w12.weight'].some(name => tensors.has(name)))
    return weightNames.dinov2
  return tensors.has('blocks.0.ls1.gamma') ? weightNames.timm : weightNames.v1
}
