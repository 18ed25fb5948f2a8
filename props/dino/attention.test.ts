// Attention and the transformer block: weights are distributions, tokens may come in any order, further
// axes do not see each other, and what a head gives is a mean of values.

import type * as fc from 'fast-check'
import { attend } from '../../dino/model/attention.ts'
import { applyBlock, type Block } from '../../dino/model/block.ts'
import { applyPerceptron, type Perceptron } from '../../dino/model/feed-forward.ts'
import { applyLinear } from '../../dino/model/linear.ts'
import {
  add,
  at,
  concat,
  fill,
  iota,
  layerNorm,
  max,
  mean,
  merge,
  neg,
  oneHot,
  scale,
  sizeOf,
  slice,
  split,
  sum,
  type Tensor,
} from '../../lib/index.ts'
import { fractions, problem, reals } from '../support/arbitrary.ts'
import { agree, atMost, below, near, same } from '../support/compare.ts'
import { law } from '../support/law.ts'
import { element, mapped, pick, tabulate } from '../support/tensors.ts'
import { unit64 } from '../support/tolerance.ts'

const features = 4
const heads = 2
const channels = features / heads

const blocks = problem({
  dims: {
    batch: [1, 2],
    token: [1, 4],
    feature: [features, features],
    role: [3, 3],
    head: [heads, heads],
    channel: [channels, channels],
    hidden: [1, 3],
  },
  tensors: {
    x: reals('batch', 'token', 'feature'),
    project: fractions('feature', 'role', 'head', 'channel'),
    offset: fractions('role', 'head', 'channel'),
    out: fractions('head', 'channel', 'feature'),
    up: fractions('feature', 'hidden'),
    down: fractions('hidden', 'feature'),
    bias: fractions('feature'),
  },
})

type Tokens = Tensor<'batch' | 'token' | 'feature'>
type Drawn = typeof blocks extends fc.Arbitrary<infer P> ? P : never

const centred = mapped(value => value - 0.5)

const blockOf = ({ project, offset, out, up, down, bias, sizes }: Drawn): Block & { readonly mlp: Perceptron } => {
  const norm = { weight: fill({ feature: features }, 1), bias }
  return {
    norm1: norm,
    attention: { project: { weight: centred(project), bias: offset }, out: { weight: centred(out), bias } },
    norm2: norm,
    mlp: {
      up: { weight: centred(up), bias: fill({ hidden: sizes.hidden }, 0.25) },
      down: { weight: centred(down), bias },
    },
  }
}

const reversed =
  <K extends string>(axis: K) =>
  <A extends string>(x: Tensor<A | K>): Tensor<A | K> => {
    const [first, ...rest] = Array.from({ length: sizeOf(axis, x) }, (_, place) => slice(axis, place, 1)(x)).reverse()
    return concat(axis)(first, ...rest)
  }

law('each token spreads its attention over its context: weights are not negative and sum to one', blocks, p => {
  const { attention: weights } = attend(blockOf(p).attention)(p.x)
  const sums = sum('context')(weights)
  const whole = { batch: p.sizes.batch, token: p.sizes.token, head: heads }
  return [
    near(unit64 * (p.sizes.token + 2))(sums, fill(whole, 1), 'sum'),
    atMost(0)(fill({ ...whole, context: p.sizes.token }, 0), weights, 'not negative'),
  ]
})

law(
  'a block does not know the order of its tokens',
  blocks,
  p => {
    const block = blockOf(p)
    const turned: Tokens = pick('token', Array.from({ length: p.sizes.token }, (_, place) => place).reverse())(p.x)
    const [plain, other] = [applyBlock(block)(p.x), applyBlock(block)(turned)]
    return [
      agree(other.tokens, reversed('token')(plain.tokens), 'tokens'),
      agree(other.attention, reversed('token')(reversed('context')(plain.attention)), 'attention'),
    ]
  },
  'middling',
)

law(
  'images of a batch do not see each other',
  blocks,
  p => {
    const block = blockOf(p)
    const together = applyBlock(block)(p.x).tokens
    return Array.from({ length: p.sizes.batch }, (_, image) => {
      const alone: Tensor<'token' | 'feature'> = applyBlock(block)(at('batch', image)(p.x)).tokens
      return same(alone, at('batch', image)(together), `image ${image}`)
    })
  },
  'middling',
)

/** An attention layer that hands its heads through: channel c of head h becomes feature h c. */
const handedThrough = (p: Drawn): Block['attention'] => {
  const identity: Tensor<'feature' | 'other'> = oneHot('other', features)(iota('feature', features))
  const weight = split('other', { head: heads, channel: channels })(identity)
  return { ...blockOf(p).attention, out: { weight, bias: fill({ feature: features }, 0) } }
}

const valuesOf = ({ project }: Block['attention'], x: Tokens): Tokens =>
  merge(['head', 'channel'], 'feature')(at('role', 2)(applyLinear('feature')(project)(x)))

law('what a head gives lies between the least and the greatest of its values', blocks, p => {
  const attention = handedThrough(p)
  const { tokens } = attend(attention)(p.x)
  const values = valuesOf(attention, p.x)
  const wide = (row: Tensor<'batch' | 'feature'>): Tokens => add(scale(0)(tokens), row)
  return [
    below(tokens, wide(max('token')(values)), 'greatest'),
    below(wide(neg(max('token')(neg(values)))), tokens, 'least'),
  ]
})

law('where all keys are alike it is the mean of the values', blocks, p => {
  const attention = handedThrough(p)
  const blind = tabulate(p.project.sizes, place => (place.role === 1 ? 0 : element(p.project, place) - 0.5))
  const keyless = { ...attention, project: { ...attention.project, weight: blind } }
  const { tokens, attention: weights } = attend(keyless)(p.x)
  const whole = { batch: p.sizes.batch, token: p.sizes.token, head: heads, context: p.sizes.token }
  return [
    agree(weights, fill(whole, 1 / p.sizes.token), 'weights'),
    agree(tokens, add(scale(0)(tokens), mean('token')(valuesOf(keyless, p.x))), 'tokens'),
  ]
})

law('keeping every branch is no mask; dropping every branch is the identity', blocks, p => {
  const block = blockOf(p)
  const kept = applyBlock(block)(p.x, fill({ batch: p.sizes.batch, branch: 2 }, 1))
  const dropped = applyBlock(block)(p.x, fill({ batch: p.sizes.batch, branch: 2 }, 0))
  return [same(kept.tokens, applyBlock(block)(p.x).tokens, 'kept'), same(dropped.tokens, p.x, 'dropped')]
})

law('each branch has a factor of its own: with the other at 0 it alone is added to what it read', blocks, p => {
  const block = blockOf(p)
  const masked = (attention: number, hidden: number): Tokens =>
    applyBlock(block)(
      p.x,
      tabulate({ batch: p.sizes.batch, branch: 2 }, ({ branch }) => (branch === 0 ? attention : hidden)),
    ).tokens
  const attended = attend(block.attention)(layerNorm('feature')(block.norm1)(p.x)).tokens
  const thought = applyPerceptron(block.mlp)(layerNorm('feature')(block.norm2)(p.x))
  return [1, 2].flatMap(factor => [
    same(masked(factor, 0), add(p.x, scale(factor)(attended)), `attention times ${factor}`),
    same(masked(0, factor), add(p.x, scale(factor)(thought)), `perceptron times ${factor}`),
  ])
})
