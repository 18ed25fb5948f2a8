// The part of a block that every token passes by itself, in two forms: a perceptron, down(GELU(up x)), as in DINO, or
// SwiGLU, down(SiLU(gate x) * up x), as in the giant model of DINOv2 (Shazeer 2020, equation 6; swiglu_ffn.py). SwiGLU
// has three matrices for the perceptron's two and so two thirds of its hidden features, rounded up to a multiple of 8:
//
//   24 features, ratio 4:   96 hidden features of a perceptron, 64 of SwiGLU

import { type As, at, gelu, mul, silu, type Tensor } from '../../lib/index.ts'
import { applyLinear, linear } from './linear.ts'

/** The forms of the feed-forward part of a block. */
export const feedForwards = ['perceptron', 'swiglu'] as const

/** The form of the feed-forward part of a block. */
export type FeedForward = (typeof feedForwards)[number]

/** The sizes of a feed-forward part: features of a token, and hidden features of a perceptron for each of them. */
export interface FeedForwardSizes {
  readonly features: number
  readonly mlpRatio: number
  /** Deviation of initial weights. */
  readonly deviation?: number
}

/**
 * The hidden features: those of a perceptron times 2/3 for SwiGLU, rounded up to a multiple of 8 (swiglu_ffn.py,
 * SwiGLUFFNFused).
 *
 * @example
 * ```ts
 * import { hiddenFeatures } from 'functional-dino/dino'
 * hiddenFeatures('perceptron', { features: 1536, mlpRatio: 4 }) // => 6144
 * hiddenFeatures('swiglu', { features: 1536, mlpRatio: 4 }) // => 4096
 * ```
 */
export const hiddenFeatures = (form: FeedForward, { features, mlpRatio }: FeedForwardSizes): number => {
  const wide = Math.floor(features * mlpRatio)
  return form === 'perceptron' ? wide : 8 * Math.ceil(Math.floor((2 * wide) / 3) / 8)
}

/** Initialisers of a perceptron. */
export const perceptron = (sizes: FeedForwardSizes) => {
  const [feature, hidden] = [{ feature: sizes.features }, { hidden: hiddenFeatures('perceptron', sizes) }]
  return { up: linear(feature, hidden, sizes.deviation), down: linear(hidden, feature, sizes.deviation) }
}

/** Initialisers of SwiGLU: gate and up are the factors 0 and 1 of one map. */
export const swiglu = (sizes: FeedForwardSizes) => {
  const [feature, hidden] = [{ feature: sizes.features }, { hidden: hiddenFeatures('swiglu', sizes) }]
  return {
    factors: linear(feature, { factor: 2, ...hidden }, sizes.deviation),
    down: linear(hidden, feature, sizes.deviation),
  }
}

/** Parameters of a perceptron. */
export type Perceptron = As<'tensor', ReturnType<typeof perceptron>>

/** Parameters of SwiGLU. */
export type Swiglu = As<'tensor', ReturnType<typeof swiglu>>

/** down(GELU(up x)) */
export const applyPerceptron =
  ({ up, down }: Perceptron) =>
  <A extends string>(x: Tensor<A | 'feature'>): Tensor<A | 'feature'> =>
    applyLinear('hidden')(down)(gelu(applyLinear('feature')(up)(x)))

/** down(SiLU(gate x) * up x) */
export const applySwiglu =
  ({ factors, down }: Swiglu) =>
  <A extends string>(x: Tensor<A | 'feature'>): Tensor<A | 'feature'> => {
    const both = applyLinear('feature')(factors)(x)
    const [gate, up] = [0, 1].map(factor => at('factor', factor)(both))
    return applyLinear('hidden')(down)(mul(silu(gate), up))
  }

/** The feed-forward part, of whichever form its parameters have. */
export const applyFeedForward = (
  parameters: Perceptron | Swiglu,
): (<A extends string>(x: Tensor<A | 'feature'>) => Tensor<A | 'feature'>) =>
  'up' in parameters ? applyPerceptron(parameters) : applySwiglu(parameters)
