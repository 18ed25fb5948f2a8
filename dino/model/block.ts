// A transformer block with pre-normalisation (Dosovitskiy et al. 2021; DINO, vision_transformer.py): attention and a
// feed-forward part, each of which reads the normalised tokens and is added to them. With LayerScale (Touvron et al.
// 2021, section 2) each feature of a branch has a factor of its own before it is added:
//
//   x + scale1 * attention(norm1 x)       and of that, y + scale2 * mlp(norm2 y)

import { type As, add, at, initialisers, layerNorm, mul, scope, type Tensor } from '../../lib/index.ts'
import { type Attended, type AttentionSizes, attend, attention, type Tokens } from './attention.ts'
import { applyFeedForward, type FeedForward, type FeedForwardSizes, perceptron, swiglu } from './feed-forward.ts'
import { onlyIf } from './optional.ts'
import type { Rotation } from './rotary.ts'

/** The sizes of a block. */
export interface BlockSizes extends AttentionSizes, FeedForwardSizes {
  /** The form of the feed-forward part; a perceptron if not given. */
  readonly feedForward?: FeedForward
  /** Each branch's factor of every feature at first (DINOv2: 1e-5); 0, or not given, has no such factors. */
  readonly layerScale?: number
}

/** Initialisers of a layer norm over `feature`. */
export const layerNormWeights = (features: number) => ({
  weight: initialisers.withRole('norm')(initialisers.ones({ feature: features })),
  bias: initialisers.withRole('norm')(initialisers.zeros({ feature: features })),
})

const layerScaleWeights = (features: number, value: number) =>
  initialisers.withRole('layer scale')(initialisers.constantly(value)({ feature: features }))

/** Initialisers of a block. */
export const block = (sizes: BlockSizes) => {
  const { features, layerScale = 0 } = sizes
  const scaled = layerScale > 0
  return {
    norm1: layerNormWeights(features),
    attention: attention(sizes),
    ...onlyIf(scaled, () => ({ scale1: layerScaleWeights(features, layerScale) })),
    norm2: layerNormWeights(features),
    mlp: sizes.feedForward === 'swiglu' ? swiglu(sizes) : perceptron(sizes),
    ...onlyIf(scaled, () => ({ scale2: layerScaleWeights(features, layerScale) })),
  }
}

/** Parameters of a block. */
export type Block = As<'tensor', ReturnType<typeof block>>

/** The factor of each branch of a block before it is added: 0, or 1 over the probability to keep the branch. */
export type BranchMask<A extends string> = Tensor<A | 'branch'>

/** A block: one signature for tokens without further axes, one for the others; see `Replaces`. */
export interface AppliesBlock {
  (x: Tokens<never>, mask?: BranchMask<never>): Attended<never>
  <A extends string>(x: Tokens<A>, mask?: BranchMask<A>): Attended<A>
}

const scaledBy =
  (factors: Tensor<'feature'> | undefined) =>
  <A extends string>(x: Tokens<A>): Tokens<A> =>
    factors === undefined ? x : mul(x, factors)

const branchOf =
  <A extends string>(mask: BranchMask<A> | undefined, branch: number) =>
  (x: Tokens<A>): Tokens<A> =>
    mask === undefined ? x : mul(x, at('branch', branch)(mask))

/** One block. The mask, if given, drops branches (stochastic depth, Huang et al. 2016). */
export const applyBlock = (
  { attention: layer, mlp, norm1, norm2, scale1, scale2 }: Block,
  rotate?: Rotation,
): AppliesBlock => {
  const applied = <A extends string>(x: Tokens<A>, mask?: BranchMask<A>): Attended<A> => {
    const { tokens: taken, attention } = scope('attention')((y: Tokens<A>) => attend(layer, rotate)(y))(
      layerNorm('feature')(norm1)(x),
    )
    const attended = add(x, branchOf(mask, 0)(scaledBy(scale1)(taken)))
    const thought = scope('mlp')(applyFeedForward(mlp))(layerNorm('feature')(norm2)(attended))
    return { tokens: add(attended, branchOf(mask, 1)(scaledBy(scale2)(thought))), attention }
  }
  return applied as AppliesBlock
}
