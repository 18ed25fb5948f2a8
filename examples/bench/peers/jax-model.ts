// The networks of a DINO step in jax-js, as a user of that library would write them: functions of parameters by path,
// from images [image, colour, row, column] to features and logits.

import type { StepCase } from '../cases/cases.ts'
import type { Jax, Value, Values } from './jax-library.ts'

/** The networks as functions of their parameters by path. */
export interface Model {
  /** The class tokens of images; `resize` is for images of another size than that of the positions. */
  readonly backbone: (weights: Values, images: Value, resize?: Value) => Value
  /** Logits for each prototype. */
  readonly head: (weights: Values, features: Value) => Value
}

const keepdims = { keepdims: true }

const layers = ({ numpy: np, nn }: Jax) => {
  /** Rows of one matrix multiply several times as fast as matrices in a batch. */
  const affine = (weights: Values, path: string, x: Value): Value => {
    const [weight, bias] = [weights[`${path}.weight`].ref, weights[`${path}.bias`].ref]
    const [outer, [from, to]] = [x.shape.slice(0, -1), weight.shape]
    return np
      .matmul(x.reshape([-1, from]), weight)
      .add(bias)
      .reshape([...outer, to])
  }
  const layerNorm = (weights: Values, path: string, x: Value): Value => {
    const centred = x.ref.sub(x.mean(-1, keepdims))
    const deviation = np.sqrt(np.square(centred.ref).mean(-1, keepdims).add(1e-6))
    return centred.div(deviation).mul(weights[`${path}.weight`].ref).add(weights[`${path}.bias`].ref)
  }
  const gelu = (x: Value): Value => nn.gelu(x, { approximate: false })
  const normalise = (x: Value): Value => x.ref.div(np.sqrt(np.maximum(np.square(x).sum(-1, keepdims), 1e-24)))
  return { affine, layerNorm, gelu, normalise }
}

const blockOf = (jax: Jax, { heads }: StepCase) => {
  const { numpy: np, nn } = jax
  const { affine, layerNorm, gelu } = layers(jax)
  const attention = (weights: Values, path: string, x: Value): Value => {
    const [images, tokens, features] = x.shape
    const channels = features / heads
    const roles = affine(weights, `${path}.project`, x)
      .reshape([images, tokens, 3, heads, channels])
      .transpose([2, 0, 3, 1, 4])
    const [query, key, value] = [roles.ref.slice(0), roles.ref.slice(1), roles.slice(2)]
    const scores = np.matmul(query, key.transpose([0, 1, 3, 2])).mul(1 / Math.sqrt(channels))
    const taken = np.matmul(nn.softmax(scores, -1), value)
    return affine(weights, `${path}.out`, taken.transpose([0, 2, 1, 3]).reshape([images, tokens, features]))
  }
  return (weights: Values, path: string, x: Value): Value => {
    const attended = x.ref.add(attention(weights, `${path}.attention`, layerNorm(weights, `${path}.norm1`, x)))
    const hidden = gelu(affine(weights, `${path}.mlp.up`, layerNorm(weights, `${path}.norm2`, attended.ref)))
    return attended.add(affine(weights, `${path}.mlp.down`, hidden))
  }
}

const patchesOf = (images: Value, size: number): Value => {
  const [count, colours, rows, columns] = images.shape
  const grid = images.reshape([count, colours, rows / size, size, columns / size, size])
  const tokens = (rows * columns) / size / size
  return grid.transpose([0, 2, 4, 1, 3, 5]).reshape([count, tokens, colours * size * size])
}

/** The networks of these sizes. */
export const modelOf = (jax: Jax, step: StepCase): Model => {
  const { numpy: np } = jax
  const { affine, layerNorm, gelu, normalise } = layers(jax)
  const block = blockOf(jax, step)
  const { depth, features, patchSize, headLayers } = step
  return {
    backbone: (weights, images, resize) => {
      const [count] = images.shape
      const patches = affine(weights, 'backbone.patch', patchesOf(images, patchSize))
      const first = np.broadcastTo(weights['backbone.classToken'].ref.reshape([1, 1, features]), [count, 1, features])
      const position = weights['backbone.position'].ref
      let x = np.concatenate([first, patches], 1).add(resize === undefined ? position : np.matmul(resize, position))
      for (let at = 0; at < depth; at += 1) x = block(weights, `backbone.blocks.${at}`, x)
      return layerNorm(weights, 'backbone.norm', x.slice([], 0))
    },
    head: (weights, input) => {
      let x = input
      for (let at = 0; at < headLayers; at += 1) x = affine(weights, `head.layers.${at}`, at === 0 ? x : gelu(x))
      const gain = weights['head.prototypes.gain'].ref.reshape([-1, 1])
      const direction = normalise(weights['head.prototypes.direction'].ref).mul(gain)
      return np.matmul(normalise(x), direction.transpose())
    },
  }
}
