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
  /** Deviation of initial weights. */
  readonly deviation?: number
}

/** Initialisers of a layer norm over `feature`. */
export const norm = (features: number) => ({ weight: ones({ feature: features }), bias: zeros({ feature: features }) })

/** Initialisers of a block. */
export const block = ({ features, heads, mlpRatio, deviation }: BlockSizes) => {
  const feature = { feature: features }
  const headed = { head: heads, channel: features / heads }
  const roles = { role: 3, ...headed }
  const hidden = { hidden: features * mlpRatio }
  return {
    norm1: norm(features),
    attention: { project: linear(feature, roles, deviation), out: linear(headed, feature, deviation) },
    norm2: norm(features),
    mlp: { up: linear(feature, hidden, deviation), down: linear(hidden, feature, deviation) },
  }
}

/** Parameters of a block. */
export type Block = As<'tensor', ReturnType<typeof block>>

/** What each branch of a block is multiplied by before it is added: 0, or 1 over the probability to keep it. */
export type BranchMask<A extends string> = Tensor<A | 'branch'>

/** What tokens ask for, answer to and hand over; keys and values belong to the tokens of the context. */
interface Projected<A extends string> {
  readonly query: Tensor<A | 'token' | 'head' | 'channel'>
  readonly key: Tensor<A | 'context' | 'head' | 'channel'>
  readonly value: Tensor<A | 'context' | 'head' | 'channel'>
}

const project =
  ({ project: parameters }: Block['attention']) =>
  <A extends string>(x: Tensor<A | 'token' | 'feature'>): Projected<A> => {
    const roles = applyLinear('feature')(parameters)(x)
    const [query, key, value] = [0, 1, 2].map(role => at('role', role)(roles))
    return { query, key: rename('token', 'context')(key), value: rename('token', 'context')(value) }
  }

/** How much each token takes from each token of its context: softmax(Q K^T / sqrt(channels)), summing to 1. */
const attentionWeights = <A extends string>({ query, key }: Projected<A>): Tensor<A | 'token' | 'head' | 'context'> =>
  softmax('context')(scale(1 / Math.sqrt(sizeOf('channel', query)))(dot('channel')(query, key)))

/** The output of an attention layer, and its weights. */
export interface Attended<A extends string> {
  readonly tokens: Tensor<A | 'token' | 'feature'>
  readonly weights: Tensor<A | 'token' | 'head' | 'context'>
}

/** Multi-head self-attention (Vaswani et al. 2017, section 3.2.2). */
export const attend =
  (parameters: Block['attention']) =>
  <A extends string>(x: Tensor<A | 'token' | 'feature'>): Attended<A> => {
    const projected = project(parameters)(x)
    const weights = attentionWeights(projected)
    const taken = dot('context')(weights, projected.value)
    return { tokens: applyLinear('head', 'channel')(parameters.out)(taken), weights }
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
    const { tokens: branch1, weights } = scope('attention')(attend(parameters.attention))(
      layerNorm('feature')(parameters.norm1)(x),
    )
    const attended = add(x, branchOf(mask, 0)(branch1))
    const branch2 = scope('mlp')(perceptron(parameters.mlp))(layerNorm('feature')(parameters.norm2)(attended))
    return { tokens: add(attended, branchOf(mask, 1)(branch2)), attention: weights }
  }
