// The types of parameters, models and losses: a leaf, a field or an input of other axes does not compile, and what
// comes out has the axes that the type says, for a batch and for a single image.

import assert from 'node:assert/strict'
import { fileURLToPath } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import { attend } from '../../dino/model/attention.ts'
import { applyBlock, type Block } from '../../dino/model/block.ts'
import { applyFeedForward } from '../../dino/model/feed-forward.ts'
import { applyHead } from '../../dino/model/head.ts'
import { applyLinear } from '../../dino/model/linear.ts'
import { featureOf, type Network, network } from '../../dino/model/network.ts'
import { resizePosition, resizings } from '../../dino/model/position.ts'
import { rotation } from '../../dino/model/rotary.ts'
import { applyVit } from '../../dino/model/vit.ts'
import { dinoForm } from '../../dino/model/vit-form.ts'
import { crossEntropy, dinoLoss } from '../../dino/objective/dino.ts'
import { entropy } from '../../dino/objective/health.ts'
import {
  type As,
  add,
  compiler,
  type Dense,
  dense,
  hessianVector,
  initialisers,
  neg,
  optimisers,
  replacing,
  type Scalar,
  type spec,
  sum,
  type Tensor,
  total,
  trees,
} from '../../lib/index.ts'
import { input } from '../../lib/language/tensor.ts'
import { example } from '../support/example.ts'
import { faultsOfFile } from '../support/type-checker.ts'

const x = input('x', { batch: 2, token: 3, feature: 4 })
const row = input('row', { feature: 4 })
const weight = input('weight', { feature: 4, hidden: 5 })

type Parameters = As<'tensor', { readonly weight: ReturnType<typeof spec<'feature' | 'hidden'>> }>

example('parameters have the axes that their description says', () => {
  const good: Parameters = { weight }
  // @ts-expect-error: the weight has the axes 'feature' and 'hidden'
  const wrongLeaf: Parameters = { weight: row }
  // @ts-expect-error: the field is called 'weight'
  const wrongName: Parameters = { weights: weight }
  // @ts-expect-error: the bias has the axis 'hidden'
  const layer = applyLinear('feature')({ weight, bias: row })(x)
  // @ts-expect-error: the direction of a Hessian-vector product has the structure of the parameters
  const product = hessianVector((p: { row: Tensor<'feature'> }) => total(p.row))({ row }, { weight })
  assert.ok(good.weight.expr && wrongLeaf && wrongName && layer.expr && product)
})

example('trees are zipped by a function of as many tensors as there are trees', () => {
  const tree = { weight, parts: [{ row }] }
  const one: typeof tree = trees.zipTrees(tree)((_, a) => neg(a))
  const two: typeof tree = trees.zipTrees(tree, tree)((_, a, b) => add(a, b))
  const three: typeof tree = trees.zipTrees(tree, tree, tree)((_, a, b, c) => add(a, add(b, c)))
  const any = <T extends object>(left: T, right: T): T => trees.zipTrees(left, right)((_, a, b) => add(a, b))
  const wrong = () => [
    // @ts-expect-error: one tree too few
    trees.zipTrees(tree)((_, a, b) => add(a, b)),
    // @ts-expect-error: one tree too few
    trees.zipTrees(tree, tree)((_, a, b, c) => add(a, add(b, c))),
    // @ts-expect-error: trees of another structure
    trees.zipTrees(tree, { weight })((_, a, b) => add(a, b)),
    // @ts-expect-error: what comes out has the axes of what came in
    trees.zipTrees(tree)((_, a) => total(a)),
  ]
  assert.ok([one, two, three, any(tree, tree)].every(({ parts }) => parts.length === 1) && wrong.length === 0)
})

example('a leaf is made by what makes leaves: fields like its own are a branch', () => {
  const fields = { sizes: { row: 2 }, data: new Float32Array(2) }
  // @ts-expect-error: what tells a leaf is lost between threads
  const lost: Dense<'row'> = structuredClone(fields)
  const found: Dense<'row'> = dense(lost.sizes, lost.data)
  assert.equal(trees.leavesOf(found).length, 1)
})

const still = { learningRateFactor: 0, weightDecayFactor: 0, frozenFor: Number.POSITIVE_INFINITY }

example('parameter groups know every role of their model, and no other', () => {
  const tree = {
    weight: initialisers.withRole('weight')(initialisers.zeros({ feature: 2 })),
    parts: [initialisers.withRole('bias')(initialisers.ones({ feature: 2 }))],
  }
  const groups = { weight: still, bias: still }
  const good = optimisers.optimiser(optimisers.adamw())(tree, ({ role }) => groups[role])
  const wrong = () => [
    // @ts-expect-error: the table has no row for 'bias'
    optimisers.optimiser(optimisers.adamw())(tree, ({ role }) => ({ weight: still })[role]),
    optimisers.optimiser(optimisers.adamw())(
      { ...tree, more: initialisers.zeros({ feature: 2 }) },
      // @ts-expect-error: nobody says what part of the model `more` is
      ({ role }) => groups[role],
    ),
  ]
  assert.deepEqual([good.clocks(0), wrong.length], [{}, 0])
})

example('a model or a loss refuses inputs of other axes', () => {
  const logits = input('logits', { view: 2, batch: 2, prototype: 3 })
  const teacher = input('teacher', { global: 2, batch: 2, prototype: 3 })
  const centre = input('centre', { prototype: 3 })
  const loss = dinoLoss({ student: 0.1, teacher: 0.04 })
  // @ts-expect-error: student and teacher are exchanged
  const exchanged = () => loss(teacher, logits, centre)
  // @ts-expect-error: the centre has the axis 'prototype' only
  const uncentred = () => loss(logits, teacher, teacher)
  // @ts-expect-error: the targets have the axis 'global'
  const unpaired = () => crossEntropy(logits, logits)
  const block = (parameters: Block) => {
    // @ts-expect-error: a block needs the axis 'token'
    const untokened = () => applyBlock(parameters)(row)
    // @ts-expect-error: a mask of branches has the axis 'branch'
    const unmasked = () => applyBlock(parameters)(x, row)
    return [untokened, unmasked]
  }
  assert.ok(E.isLeft(compiler.check([exchanged().expr])))
  assert.ok([uncentred(), unpaired()].every(({ expr }) => E.isRight(compiler.check([expr]))))
  assert.equal(block.length, 1)
})

const photograph = input('photograph', { colour: 3, row: 8, column: 8 })
const photographs = input('photographs', { batch: 2, colour: 3, row: 8, column: 8 })
const tokens = input('tokens', { token: 3, feature: 4 })
const layer = { weight, bias: input('bias', { hidden: 5 }) }
const position = input('position', { token: 5, feature: 4 })
const turnable = input('turnable', { token: 5, channel: 4 })
const grid = { rows: 2, columns: 2 }
const hidden = input('hidden', { token: 4 })
const hiddenOfMany = input('hidden of many', { batch: 2, token: 4 })
const rotaryForm = { ...dinoForm, rotary: { base: 100 } }

/** The types of the model's functions on a single image: exactly these axes, and no others. */
const ofOne = (network: Network) => {
  const { classToken, patches, blocks } = applyVit(network.backbone, dinoForm)(photograph)
  const [block] = network.backbone.blocks
  return {
    feature: featureOf(network, dinoForm)(photograph) satisfies Tensor<'feature'>,
    logits: applyHead(network.head, true)(featureOf(network, dinoForm)(photograph)) satisfies Tensor<'prototype'>,
    classToken: classToken satisfies Tensor<'feature'>,
    patches: patches satisfies Tensor<'token' | 'feature'>,
    masked: applyVit(network.backbone, rotaryForm)(photograph, { hidden }).patches satisfies Tensor<
      'token' | 'feature'
    >,
    attention: blocks[0].attention satisfies Tensor<'token' | 'head' | 'context'>,
    weights: attend(block.attention)(tokens).attention satisfies Tensor<'token' | 'head' | 'context'>,
    block: applyBlock(block)(tokens).attention satisfies Tensor<'token' | 'head' | 'context'>,
    hidden: applyLinear('feature')(layer)(row) satisfies Tensor<'hidden'>,
    fed: applyFeedForward(block.mlp)(row) satisfies Tensor<'feature'>,
    entropy: entropy(input('probability', { prototype: 3 })) satisfies Scalar,
    position: resizePosition(resizings.dino)(grid, grid)(position) satisfies Tensor<'token' | 'feature'>,
    turned: rotation({ base: 100 }, grid, 1, 4)(turnable) satisfies Tensor<'token' | 'channel'>,
  }
}

/** And on a batch: every further axis stays. */
const ofMany = (network: Network) => {
  const { classToken, patches, blocks } = applyVit(network.backbone, dinoForm)(photographs)
  const [block] = network.backbone.blocks
  return {
    feature: featureOf(network, dinoForm)(photographs) satisfies Tensor<'batch' | 'feature'>,
    logits: applyHead(network.head, true)(featureOf(network, dinoForm)(photographs)) satisfies Tensor<
      'batch' | 'prototype'
    >,
    classToken: classToken satisfies Tensor<'batch' | 'feature'>,
    patches: patches satisfies Tensor<'batch' | 'token' | 'feature'>,
    masked: applyVit(network.backbone, rotaryForm)(photographs, { hidden: hiddenOfMany }).patches satisfies Tensor<
      'batch' | 'token' | 'feature'
    >,
    attention: blocks[0].attention satisfies Tensor<'batch' | 'token' | 'head' | 'context'>,
    weights: attend(block.attention)(x).attention satisfies Tensor<'batch' | 'token' | 'head' | 'context'>,
    block: applyBlock(block)(x).attention satisfies Tensor<'batch' | 'token' | 'head' | 'context'>,
    hidden: applyLinear('feature')(layer)(x) satisfies Tensor<'batch' | 'token' | 'hidden'>,
    fed: applyFeedForward(block.mlp)(x) satisfies Tensor<'batch' | 'token' | 'feature'>,
    entropy: entropy(input('probabilities', { batch: 2, prototype: 3 })) satisfies Tensor<'batch'>,
  }
}

const axesOf = (results: Readonly<Record<string, { readonly expr: Tensor<never>['expr'] }>>) =>
  Object.fromEntries(Object.entries(results).map(([name, { expr }]) => [name, Object.keys(expr.shape).sort()]))

example('a model is typed right for a single image and for a batch, and the axes are what the types say', () => {
  const parts = { registers: 2, maskToken: true, layerScale: 1, feedForward: 'swiglu' } as const
  const sizes = { imageSize: 8, patchSize: 4, features: 4, depth: 1, heads: 1, mlpRatio: 1, ...parts }
  const tree = network({ backbone: sizes, head: { hidden: 4, bottleneck: 3, prototypes: 3, layers: 1 } })
  const parameters = trees.mapTree<'initialiser', 'tensor'>((leaf, path) => input(path, leaf.sizes))(tree)
  const attention = ['context', 'head', 'token']
  const one: Readonly<Record<string, readonly string[]>> = {
    feature: ['feature'],
    logits: ['prototype'],
    classToken: ['feature'],
    patches: ['feature', 'token'],
    masked: ['feature', 'token'],
    attention,
    weights: attention,
    block: attention,
    hidden: ['hidden'],
    fed: ['feature'],
    entropy: [],
    position: ['feature', 'token'],
    turned: ['channel', 'token'],
  }
  assert.deepEqual(axesOf(ofOne(parameters)), one)
  const many = axesOf(ofMany(parameters))
  for (const name of ['feature', 'logits', 'classToken', 'patches', 'masked', 'attention', 'block', 'entropy'])
    assert.deepEqual(many[name], [...one[name], 'batch'].sort(), name)
})

example('and refuses images of other axes', () => {
  const wrong = (network: Network) => [
    // @ts-expect-error: an image has the axes 'colour', 'row' and 'column'
    () => featureOf(network, dinoForm)(row),
    // @ts-expect-error: a feature has the axis 'feature'
    () => applyHead(network.head, true)(photograph),
    // @ts-expect-error: a mask has the axes 'block' and 'branch'
    () => applyVit(network.backbone, dinoForm)(photograph, { drop: row }),
    // @ts-expect-error: an image of a batch is hidden by masks of that batch, not of another axis
    () => applyVit(network.backbone, dinoForm)(photograph, { hidden: hiddenOfMany }),
    // @ts-expect-error: how a transformer sees is not in its parameters
    () => applyVit(network.backbone),
    // @ts-expect-error: tokens have the axis 'token'
    () => attend(network.backbone.blocks[0].attention)(row),
    // @ts-expect-error: the axis 'feature' is contracted
    () => applyLinear('feature')(layer)(photograph),
  ]
  assert.equal(wrong.length, 1)
})

example('without a signature of its own for bare axes, the axis that should go stays', () => {
  const general = <A extends string>(y: Tensor<A | 'feature'>): Tensor<A> => sum('feature')(y)
  // @ts-expect-error: TypeScript takes 'feature' for the further axes
  const lost: Scalar = general(row)
  const found: Scalar = replacing<'feature', never>(general)(row)
  assert.deepEqual([lost.expr.shape, found.expr.shape], [{}, {}])
})

example('the compiler agrees with every expectation in this file', () => {
  assert.deepEqual(faultsOfFile(fileURLToPath(import.meta.url)), [])
})
