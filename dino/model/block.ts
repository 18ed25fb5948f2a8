// A transformer block with pre-normalisation (Dosovitskiy et al. 2021; DINO, vision_transformer.py): attention and a
// two-layer perceptron, each of which reads the normalised tokens and is added to them. It is written for the axes
// 'token' and 'feature'; any further axis (batch, view) is carried along.

import {
  type As,
  add,
  at,
  dot,
  gelu,
  initialisers,
  layerNorm,
  mul,
  rename,
  scale,
  scope,
  sizeOf,
  softmax,
  type Tensor,
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
export const layerNormWeights = (features: number) => ({
  weight: initialisers.withRole('norm')(initialisers.ones({ feature: features })),
  bias: initialisers.withRole('norm')(initialisers.zeros({ feature: features })),
})

/** Initialisers of a block. */
export const block = ({ features, heads, mlpRatio, deviation }: BlockSizes) => {
  const feature = { feature: features }
  const headed = { head: heads, channel: features / heads }
  const roles = { role: 3, ...headed }
  const hidden = { hidden: features * mlpRatio }
  return {
    norm1: layerNormWeights(features),
    attention: { project: linear(feature, roles, deviation), out: linear(headed, feature, deviation) },
    norm2: layerNormWeights(features),
    mlp: { up: linear(feature, hidden, deviation), down: linear(hidden, feature, deviation) },
  }
}

/** Parameters of a block. */
export type Block = As<'tensor', ReturnType<typeof block>>

/** Tokens of a block, over further axes `A` (batch, view). */
export type Tokens<A extends string> = Tensor<A | 'token' | 'feature'>

/**
 * How much each token takes, in each head, from each token of its context: at least 0, summing to 1 over the context.
 */
export type AttentionWeights<A extends string> = Tensor<A | 'token' | 'head' | 'context'>

/** The factor of each branch of a block before it is added: 0, or 1 over the probability to keep the branch. */
export type BranchMask<A extends string> = Tensor<A | 'branch'>

/** The output of an attention layer or of a whole block, and the attention weights on the way. */
export interface Attended<A extends string> {
  readonly tokens: Tokens<A>
  readonly attention: AttentionWeights<A>
}

/** An attention layer: one signature for tokens without further axes, one for the others; see `Replaces`. */
export interface Attends {
  (x: Tokens<never>): Attended<never>
  <A extends string>(x: Tokens<A>): Attended<A>
}

/** A block: one signature for tokens without further axes, one for the others; see `Replaces`. */
export interface AppliesBlock {
  (x: Tokens<never>, mask?: BranchMask<never>): Attended<never>
  <A extends string>(x: Tokens<A>, mask?: BranchMask<A>): Attended<A>
}

/** Multi-head self-attention: softmax(Q K^T / sqrt(channels)) V (Vaswani et al. 2017, section 3.2.2). */
export const attend = ({ project, out }: Block['attention']): Attends => {
  const attended = <A extends string>(x: Tokens<A>): Attended<A> => {
    const roles = applyLinear('feature')(project)(x)
    const [query, key, value] = [0, 1, 2].map(role => at('role', role)(roles))
    const scores = scale(1 / Math.sqrt(sizeOf('channel', query)))(
      dot('channel')(query, rename('token', 'context')(key)),
    )
    const attention = softmax('context')(scores)
    const taken = dot('context')(attention, rename('token', 'context')(value))
    return { tokens: applyLinear('head', 'channel')(out)(taken), attention }
  }
  return attended as Attends
}

/** The perceptron of a block: up, GELU, down. */
export const perceptron =
  ({ up, down }: Block['mlp']) =>
  <A extends string>(x: Tensor<A | 'feature'>): Tensor<A | 'feature'> =>
    applyLinear('hidden')(down)(gelu(applyLinear('feature')(up)(x)))

const branchOf =
  <A extends string>(mask: BranchMask<A> | undefined, branch: number) =>
  (x: Tokens<A>): Tokens<A> =>
    mask === undefined ? x : mul(x, at('branch', branch)(mask))

/** One block. The mask, if given, drops branches (stochastic depth, Huang et al. 2016). */
export const applyBlock = ({ attention: layer, mlp, norm1, norm2 }: Block): AppliesBlock => {
  const applied = <A extends string>(x: Tokens<A>, mask?: BranchMask<A>): Attended<A> => {
    const { tokens: taken, attention } = scope('attention')((y: Tokens<A>) => attend(layer)(y))(
      layerNorm('feature')(norm1)(x),
    )
    const attended = add(x, branchOf(mask, 0)(taken))
    const thought = scope('mlp')(perceptron(mlp))(layerNorm('feature')(norm2)(attended))
    return { tokens: add(attended, branchOf(mask, 1)(thought)), attention }
  }
  return applied as AppliesBlock
}
