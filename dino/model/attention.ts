// Multi-head self-attention (Vaswani et al. 2017, section 3.2.2). In each head a token's query is compared with the
// keys of all tokens, its context, and the token takes a mean of their values by how well they fit. It is written for
// the axes 'token' and 'feature'; any further axis (batch, view) is carried along.
//
//   scores 0 and ln 3 of two tokens of the context   are weights of 1/4 and 3/4

import { type As, at, dot, rename, type Sizes, scale, sizeOf, softmax, type Tensor } from '../../lib/index.ts'
import { applyLinear, linear } from './linear.ts'
import type { Rotation } from './rotary.ts'

/** The sizes of an attention layer: features of a token, and heads, which divide them. */
export interface AttentionSizes {
  readonly features: number
  readonly heads: number
  /** Deviation of initial weights. */
  readonly deviation?: number
}

/** Initialisers of an attention layer: query, key and value are the roles 0, 1 and 2 of one map. */
export const attention = ({ features, heads, deviation }: AttentionSizes) => {
  const feature = { feature: features }
  const headed: Sizes<'head' | 'channel'> = { head: heads, channel: features / heads }
  return {
    project: linear(feature, { role: 3, ...headed }, deviation),
    out: linear(headed, feature, deviation),
  }
}

/** Parameters of an attention layer. */
export type Attention = As<'tensor', ReturnType<typeof attention>>

/** Tokens of a block, over further axes `A` (batch, view). */
export type Tokens<A extends string> = Tensor<A | 'token' | 'feature'>

/**
 * How much each token takes, in each head, from each token of its context: at least 0, summing to 1 over the context.
 */
export type AttentionWeights<A extends string> = Tensor<A | 'token' | 'head' | 'context'>

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

/** softmax(Q K^T / sqrt(channels)) V; with a rotation, of queries and keys that are turned by it. */
export const attend = ({ project, out }: Attention, rotate: Rotation = x => x): Attends => {
  const attended = <A extends string>(x: Tokens<A>): Attended<A> => {
    const roles = applyLinear('feature')(project)(x)
    const [query, key, value] = [0, 1, 2].map(role => at('role', role)(roles))
    const scores = scale(1 / Math.sqrt(sizeOf('channel', query)))(
      dot('channel')(rotate(query), rename('token', 'context')(rotate(key))),
    )
    const attention = softmax('context')(scores)
    const taken = dot('context')(attention, rename('token', 'context')(value))
    return { tokens: applyLinear('head', 'channel')(out)(taken), attention }
  }
  return attended as Attends
}
