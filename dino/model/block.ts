// A transformer block with pre-normalisation (Dosovitskiy et al. 2021; DINO, vision_transformer.py): attention and a
// two-layer perceptron, each added to what it read. Written for the axes 'token' and 'feature'; any further axis (batch, view)
// is carried along.

import {
  type As,
  add,
  at,
  dot,
  gelu,
  layerNorm,
  mul,
  ones,
  rename,
  scale,
  scope,
  sizeOf,
  softmax,
  type Tensor,
  zeros,
} from '../../lib/index.ts'
import { applyLinear, linear } from './linear.ts'

/** The sizes of a block: features of a token, heads, hidden features of the perceptron per feature of a token. */
export interface BlockSizes {
  readonly features: number
  readonly heads: number
  readonly mlpRatio: number
}

/** Initialisers of a layer norm over `feature`. */
export const norm = (features: number) => ({ weight: ones({ feature: features }), bias: zeros({ feature: features }) })

/** Initialisers of a block. */
export const block = ({ features, heads, mlpRatio }: BlockSizes) => {
  const feature = { feature: features }
  const headed = { head: heads, channel: features / heads }
  const hidden = { hidden: features * mlpRatio }
  return {
    norm1: norm(features),
    attention: {
      query: linear(feature, headed),
      key: linear(feature, headed),
      value: linear(feature, headed),
      out: linear(headed, feature),
    },
    norm2: norm(features),
    mlp: { up: linear(feature, hidden), down: linear(hidden, feature) },
  }
}

/** Parameters of a block. */
export type Block = As<'tensor', ReturnType<typeof block>>

/** What each branch of a block is multiplied by before it is added: 0, or 1 over the probability to keep it. */
export type BranchMask<A extends string> = Tensor<A | 'branch'>

/** Attention weights: how much each token takes from each token of its context; they sum to 1 over 'context'. */
export const attentionWeights =
  ({ query, key }: Block['attention']) =>
  <A extends string>(x: Tensor<A | 'token' | 'feature'>): Tensor<A | 'token' | 'head' | 'context'> => {
    const queries = applyLinear('feature')(query)(x)
    const keys = rename('token', 'context')(applyLinear('feature')(key)(x))
    const channels = sizeOf('channel', queries)
    return softmax('context')(scale(1 / Math.sqrt(channels))(dot('channel')(queries, keys)))
  }

/** Multi-head self-attention (Vaswani et al. 2017, section 3.2.2), given its weights. */
export const attend =
  ({ value, out }: Block['attention']) =>
  <A extends string>(
    x: Tensor<A | 'token' | 'feature'>,
    weights: Tensor<A | 'token' | 'head' | 'context'>,
  ): Tensor<A | 'token' | 'feature'> => {
    const values = rename('token', 'context')(applyLinear('feature')(value)(x))
    return applyLinear('head', 'channel')(out)(dot('context')(weights, values))
  }

/** The perceptron of a block: up, GELU, down. */
export const perceptron =
  ({ up, down }: Block['mlp']) =>
  <A extends string>(x: Tensor<A | 'feature'>): Tensor<A | 'feature'> =>
    applyLinear('hidden')(down)(gelu(applyLinear('feature')(up)(x)))

/** A block's output, and the attention weights on the way. */
export interface BlockOutput<A extends string> {
  readonly tokens: Tensor<A | 'token' | 'feature'>
  readonly attention: Tensor<A | 'token' | 'head' | 'context'>
}

const branchOf =
  <A extends string>(mask: BranchMask<A> | undefined, branch: number) =>
  (x: Tensor<A | 'token' | 'feature'>): Tensor<A | 'token' | 'feature'> =>
    mask === undefined ? x : mul(x, at('branch', branch)(mask))

/** One block. The mask, if given, drops branches (stochastic depth, Huang et al. 2016). */
export const applyBlock =
  (parameters: Block) =>
  <A extends string>(x: Tensor<A | 'token' | 'feature'>, mask?: BranchMask<A>): BlockOutput<A> => {
    const normal1 = layerNorm('feature')(parameters.norm1)(x)
    const attention = attentionWeights(parameters.attention)(normal1)
    const branch1 = scope('attention')((y: typeof x) => attend(parameters.attention)(y, attention))(normal1)
    const attended = add(x, branchOf(mask, 0)(branch1))
    const normal2 = layerNorm('feature')(parameters.norm2)(attended)
    const branch2 = scope('mlp')(perceptron(parameters.mlp))(normal2)
    return { tokens: add(attended, branchOf(mask, 1)(branch2)), attention }
  }
