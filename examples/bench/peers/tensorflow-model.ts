// The networks of a DINO step in TensorFlow.js. Tokens are rows of matrices wherever they are multiplied by weights,
// since its products of three axes with two are slower and have no gradient.

import type { StepCase } from '../cases/cases.ts'
import type { Tensor } from './tensorflow-library.ts'

/** Parameters by path. */
export type Weights = Readonly<Record<string, Tensor>>

const affine = (weights: Weights, path: string, x: Tensor): Tensor =>
  x.matMul(weights[`${path}.weight`]).add(weights[`${path}.bias`])

const layerNorm = (weights: Weights, path: string, x: Tensor): Tensor => {
  const centred = x.sub(x.mean([-1], true))
  const deviation = centred.square().mean([-1], true).add(1e-6).sqrt()
  return centred.div(deviation).mul(weights[`${path}.weight`]).add(weights[`${path}.bias`])
}

const gelu = (x: Tensor): Tensor => x.mul(x.mul(Math.SQRT1_2).erf().add(1).mul(0.5))

const attention = (weights: Weights, path: string, x: Tensor, images: number, heads: number): Tensor => {
  const [rows, features] = x.shape
  const [tokens, channels] = [rows / images, features / heads]
  const roles = affine(weights, `${path}.project`, x)
    .reshape([images, tokens, 3, heads, channels])
    .transpose([2, 0, 3, 1, 4])
  const [query, key, value] = roles.unstack(0)
  const shares = query
    .matMul(key, false, true)
    .mul(1 / Math.sqrt(channels))
    .softmax()
  const taken = shares.matMul(value).transpose([0, 2, 1, 3]).reshape([rows, features])
  return affine(weights, `${path}.out`, taken)
}

const block = (weights: Weights, path: string, x: Tensor, images: number, heads: number): Tensor => {
  const attended = x.add(attention(weights, `${path}.attention`, layerNorm(weights, `${path}.norm1`, x), images, heads))
  const hidden = gelu(affine(weights, `${path}.mlp.up`, layerNorm(weights, `${path}.norm2`, attended)))
  return attended.add(affine(weights, `${path}.mlp.down`, hidden))
}

const patchesOf = (images: Tensor, size: number): Tensor => {
  const [count, colours, rows, columns] = images.shape
  const grid = images.reshape([count, colours, rows / size, size, columns / size, size])
  const tokens = (rows * columns) / size / size
  return grid.transpose([0, 2, 4, 1, 3, 5]).reshape([count * tokens, colours * size * size])
}

/** Class tokens of images [image, colour, row, column]; `resize` is for another size than that of the positions. */
export const backbone = (weights: Weights, step: StepCase, images: Tensor, resize?: Tensor): Tensor => {
  const { features, depth, heads, patchSize } = step
  const [count] = images.shape
  const patches = affine(weights, 'backbone.patch', patchesOf(images, patchSize)).reshape([count, -1, features])
  const first = weights['backbone.classToken'].reshape([1, 1, features]).tile([count, 1, 1])
  const position = weights['backbone.position']
  const embedded = first.concat(patches, 1).add(resize === undefined ? position : resize.matMul(position))
  const tokens = embedded.shape[1]
  let x = embedded.reshape([count * tokens, features])
  for (let at = 0; at < depth; at += 1) x = block(weights, `backbone.blocks.${at}`, x, count, heads)
  const classes = x.reshape([count, tokens, features]).slice([0, 0, 0], [count, 1, features]).reshape([count, features])
  return layerNorm(weights, 'backbone.norm', classes)
}

const normalise = (x: Tensor): Tensor => x.div(x.square().sum([-1], true).maximum(1e-24).sqrt())

/** Logits for each prototype. */
export const head = (weights: Weights, { headLayers }: StepCase, features: Tensor): Tensor => {
  let x = features
  for (let at = 0; at < headLayers; at += 1) x = affine(weights, `head.layers.${at}`, at === 0 ? x : gelu(x))
  const gain = weights['head.prototypes.gain'].reshape([-1, 1])
  return normalise(x).matMul(normalise(weights['head.prototypes.direction']).mul(gain), false, true)
}
