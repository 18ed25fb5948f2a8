// Trees as stored tensors: what is stored is read back to the bit, and every name is accounted for: those that miss,
// those that nobody asked for, and those of another shape, be it the same number of values.

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { type FeedForward, feedForwards } from '../../dino/model/feed-forward.ts'
import { head } from '../../dino/model/head.ts'
import { huggingfaceBackbone, huggingfaceFile } from '../../dino/model/huggingface-names.ts'
import { readNamed, writeNamed } from '../../dino/model/naming.ts'
import { network } from '../../dino/model/network.ts'
import { readBackbone, readHead, writeBackbone, writeHead } from '../../dino/model/public-weights.ts'
import { vit } from '../../dino/model/vit.ts'
import { dense, initialisers, random, storage, trees } from '../../lib/index.ts'
import { sameData, sameNumbers } from '../support/compare.ts'
import { drawnValues } from '../support/drawn-models.ts'
import { example } from '../support/example.ts'
import { law } from '../support/law.ts'
import { right } from '../support/results.ts'

const tree = network({
  backbone: { imageSize: 8, patchSize: 4, features: 6, depth: 2, heads: 2, mlpRatio: 3 },
  head: { layers: 3, hidden: 5, bottleneck: 4, prototypes: 7 },
})

const valuesOf = (of: object): readonly number[] => trees.leavesOf<'dense'>(of).flatMap(([, { data }]) => [...data])

law('a tree that is stored, written and read is the same, bit by bit', fc.nat(), seed => {
  const values = initialisers.initialise(random.keyOf(seed))(tree)
  const bytes = storage.writeSafetensors({ tensors: storage.storeTree()(values), metadata: {} })
  const read = right(storage.loadTree()(tree, right(storage.readSafetensors(bytes)).tensors))
  return [
    sameNumbers(valuesOf(read), valuesOf(values)),
    sameData(
      'sizes',
      trees.leavesOf<'dense'>(read).map(([path, { sizes }]) => [path, Object.entries(sizes)]),
      trees.leavesOf<'dense'>(values).map(([path, { sizes }]) => [path, Object.entries(sizes)]),
    ),
  ]
})

law('under the names of the public code, too', fc.nat(), seed => {
  const values = initialisers.initialise(random.keyOf(seed))(tree)
  const tensors = new Map([...writeBackbone(values.backbone, 'backbone.'), ...writeHead(values.head, 'head.')])
  return [
    sameNumbers(valuesOf(right(readBackbone(tree.backbone, tensors, 'backbone.'))), valuesOf(values.backbone)),
    sameNumbers(valuesOf(right(readHead(tree.head, tensors, 'head.'))), valuesOf(values.head)),
  ]
})

example('the public names have the shapes that PyTorch gives them', () => {
  const values = initialisers.initialise(random.keyOf(1))(tree)
  const shapes = new Map(
    [...writeBackbone(values.backbone), ...writeHead(values.head)].map(([name, { shape }]) => [name, shape]),
  )
  const expected: Readonly<Record<string, readonly number[]>> = {
    cls_token: [1, 1, 6],
    pos_embed: [1, 5, 6],
    'patch_embed.proj.weight': [6, 3, 4, 4],
    'blocks.1.attn.qkv.weight': [18, 6],
    'blocks.1.attn.qkv.bias': [18],
    'blocks.1.attn.proj.weight': [6, 6],
    'blocks.0.mlp.fc1.weight': [18, 6],
    'blocks.0.mlp.fc2.weight': [6, 18],
    'norm.weight': [6],
    'mlp.2.weight': [5, 5],
    'last_layer.weight_v': [7, 4],
    'last_layer.weight_g': [7, 1],
  }
  for (const [name, shape] of Object.entries(expected)) assert.deepEqual(shapes.get(name), shape, name)
})

const dinov2 = (feedForward: FeedForward) =>
  vit({
    ...{ imageSize: 8, patchSize: 4, features: 6, depth: 2, heads: 2, mlpRatio: 3 },
    ...{ registers: 2, maskToken: true, layerScale: 1e-5, feedForward },
  })

const namings = { 'in memory': huggingfaceBackbone, 'in files': huggingfaceFile }

for (const [where, naming] of Object.entries(namings))
  law(
    `under the names of Hugging Face ${where}, too`,
    fc.record({ seed: fc.nat(), feedForward: fc.constantFrom(...feedForwards) }),
    ({ seed, feedForward }) => {
      const model = dinov2(feedForward)
      const values = drawnValues(seed, model)
      const written = writeNamed(naming(feedForward))(values, 'm.')
      return [
        sameNumbers(valuesOf(right(readNamed(naming(feedForward))(model, written, 'm.'))), valuesOf(values)),
        sameData(
          'none keeps a path of ours',
          [...written.keys()].filter(name => /blocks|classToken/.test(name)),
          [],
        ),
      ]
    },
    'middling',
  )

example('a leaf that is several tensors there is each of its slices; each of them is named where it misses', () => {
  const model = dinov2('swiglu')
  const values = drawnValues(1, model)
  const written = writeNamed(huggingfaceBackbone('swiglu'))(values)
  const { data } = values.blocks[1].attention.project.bias
  const apart = ['q_proj', 'k_proj', 'v_proj'].map(name => written.get(`encoder.layer.1.attention.${name}.bias`))
  assert.deepEqual(
    apart.map(tensor => [...tensor!.data]),
    [0, 1, 2].map(role => [...data.slice(6 * role, 6 * (role + 1))]),
  )
  assert.deepEqual(
    [...writeNamed(huggingfaceFile('swiglu'))(values)].flatMap(([name, { shape }]) =>
      /layer\.0\.(?:mlp|attention).*\.weight$/.test(name) ? [[name, shape]] : [],
    ),
    [
      ['encoder.layer.0.attention.attention.query.weight', [6, 6]],
      ['encoder.layer.0.attention.attention.key.weight', [6, 6]],
      ['encoder.layer.0.attention.attention.value.weight', [6, 6]],
      ['encoder.layer.0.attention.output.dense.weight', [6, 6]],
      ['encoder.layer.0.mlp.weights_in.weight', [32, 6]],
      ['encoder.layer.0.mlp.weights_out.weight', [6, 16]],
    ],
  )
  const without = new Map([...written].filter(([name]) => name !== 'encoder.layer.1.mlp.up_proj.bias'))
  const read = readNamed(huggingfaceBackbone('swiglu'))(model, without)
  assert.equal(E.isLeft(read) && storage.showStoredError(read.left), 'missing: encoder.layer.1.mlp.up_proj.bias')
})

example('a plain last layer is one tensor', () => {
  const sizes = { features: 2, layers: 1, hidden: 5, bottleneck: 4, prototypes: 7, lastLayer: 'plain' } as const
  const values = drawnValues(1, head(sizes))
  const tensors = writeHead(values, 'dino_head.')
  assert.deepEqual([...tensors.keys()].at(-1), 'dino_head.last_layer.weight')
  assert.deepEqual(valuesOf(right(readHead(head(sizes), tensors, 'dino_head.'))), valuesOf(values))
})

const pair = { a: dense({ row: 2, column: 3 }, Float32Array.of(1, 2, 3, 4, 5, 6)), b: [dense({}, Float32Array.of(7))] }

const refusal = (tensors: ReadonlyMap<string, storage.StoredTensor>): string => {
  const read = storage.loadTree()(pair, tensors)
  return E.isLeft(read) ? storage.showStoredError(read.left) : assert.fail('was read')
}

example('what misses, what nobody asked for, and every other shape is named', () => {
  const own = storage.storeTree()(pair)
  const six = Float32Array.of(1, 2, 3, 4, 5, 6)
  assert.equal(refusal(new Map()), 'missing: a, b.0')
  assert.equal(refusal(new Map([...own, ['c', { shape: [1], data: Float32Array.of(1) }]])), 'unexpected: c')
  assert.equal(refusal(new Map([...own, ['a', { shape: [3, 2], data: six }]])), '"a" expected 2 x 3, came 3 x 2')
  assert.equal(refusal(new Map([...own, ['a', { shape: [6], data: six }]])), '"a" expected 2 x 3, came 6')
  assert.equal(
    refusal(new Map([...own, ['b.0', { shape: [1], data: Float32Array.of(7) }]])),
    '"b.0" expected one number, came 1',
  )
  assert.equal(
    refusal(
      new Map([
        ['a', { shape: [3, 2], data: six }],
        ['z', { shape: [], data: Float32Array.of(0) }],
      ]),
    ),
    'missing: b.0; unexpected: z; "a" expected 2 x 3, came 3 x 2',
  )
})

example('leaves go by their paths', () => {
  assert.deepEqual([...storage.storeTree(storage.byPath)(pair).keys()], ['a', 'b.0'])
})
