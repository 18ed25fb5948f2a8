// Weights of DINO's public PyTorch code as trees of this project, and back (vision_transformer.py):
//
//   blocks.0.attention.project.weight   is blocks.0.attn.qkv.weight there
//   layers.1.weight                     of a head is mlp.2.weight, for its linear layers stand at even places

import { trees } from '../../lib/index.ts'
import { type Naming, one, readNamed, row, writeNamed } from './naming.ts'

const perHead = ['role', 'head', 'channel']

/** The backbone's names. */
export const dinoBackbone: Naming = {
  rows: [
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
  ],
}

/** The head's names. */
export const dinoHead: Naming = {
  rows: [
    row(/^layers\.(\d+)\.weight$/, 'mlp.$1.weight', 'nextUnit', 'unit'),
    row(/^layers\.(\d+)\.bias$/, 'mlp.$1.bias', 'nextUnit'),
    row(/^prototypes\.direction$/, 'last_layer.weight_v', 'prototype', 'unit'),
    row(/^prototypes\.gain$/, 'last_layer.weight_g', 'prototype', one),
  ],
  finish: name => name.replace(/^mlp\.(\d+)/, (_, layer: string) => `mlp.${2 * Number(layer)}`),
}

/** The names of a head whose last layer is plain (DINOv3, dino_head.py). */
export const plainHead: Naming = {
  ...dinoHead,
  rows: [row(/^prototypes\.direction$/, 'last_layer.weight', 'prototype', 'unit'), ...dinoHead.rows],
}

const headOf = (tree: object): Naming =>
  trees.leavesOf(tree).some(([path]) => path === 'prototypes.gain') ? dinoHead : plainHead

/**
 * A vision transformer's weights from tensors with the names of the public code, each after `prefix`. Every tensor
 * after that prefix must be one of them, and of the shape that it has there.
 */
export const readBackbone: ReturnType<typeof readNamed> = readNamed(dinoBackbone)

/** A projection head's weights from tensors with the names of the public code, each after `prefix`, and no others. */
export const readHead: ReturnType<typeof readNamed> = (tree, tensors, prefix) =>
  readNamed(headOf(tree))(tree, tensors, prefix)

/**
 * A vision transformer's weights, or any tree like them, as tensors with the names of the public code after `prefix`.
 */
export const writeBackbone: ReturnType<typeof writeNamed> = writeNamed(dinoBackbone)

/** A projection head's weights, or any tree like them, as tensors with the names of the public code after `prefix`. */
export const writeHead: ReturnType<typeof writeNamed> = (tree, prefix) => writeNamed(headOf(tree))(tree, prefix)
