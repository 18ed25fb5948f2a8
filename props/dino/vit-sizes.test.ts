// The published sizes have the published numbers of parameters: 5.5, 21.7, 85.8 and 303 million with patches of 16
// pixels; 22.1, 86.6, 304 and 1136 million in DINOv2, whose position embeddings are of 37 x 37 patches of 14 pixels.

import assert from 'node:assert/strict'
import { type VitSizes, vit } from '../../dino/model/vit.ts'
import { publishedSizes } from '../../dino/model/vit-sizes.ts'
import { compiler, initialisers, random, trees } from '../../lib/index.ts'
import { example } from '../support/example.ts'

const count = (sizes: VitSizes): number =>
  trees.leavesOf<'initialiser'>(vit(sizes)).reduce((sum, [, leaf]) => sum + compiler.elements(leaf.sizes), 0)

const dinov2 = { imageSize: 518, patchSize: 14, layerScale: 1e-5, maskToken: true }

example('parameters of the published sizes', () => {
  const dino = { imageSize: 224, patchSize: 16 }
  const { tiny, small, base, large, giant } = publishedSizes
  assert.deepEqual(
    [tiny, small, base, large].map(sizes => count({ ...sizes, ...dino })),
    [5524416, 21665664, 85798656, 303301632],
  )
  assert.deepEqual(
    [small, base, large, giant].map(sizes => count({ ...sizes, ...dinov2 })),
    [22056576, 86580480, 304368640, 1136480768],
  )
})

example('parts begin as in DINOv2: tokens all but zero, the mask token zero, LayerScale its value', () => {
  const form = { imageSize: 8, patchSize: 4, features: 64, depth: 1, heads: 2, mlpRatio: 1 }
  const parts = { layerScale: 1e-5, maskToken: true, registers: 4, tokensNearZero: true }
  const { registers, classToken, maskToken, position, blocks } = initialisers.initialise(random.keyOf(1))(
    vit({ ...form, ...parts }),
  )
  const deviation = (data: ArrayLike<number>): number =>
    Math.sqrt(Array.from(data).reduce((sum, value) => sum + value * value, 0) / data.length)
  for (const { data } of [registers!, classToken])
    assert.ok(Math.abs(deviation(data) / 1e-6 - 1) < 0.3, `${deviation(data)}`)
  assert.ok(Math.abs(deviation(position!.data) / 0.02 - 1) < 0.3, `${deviation(position!.data)}`)
  assert.ok(
    maskToken!.data.every(value => value === 0),
    'the mask token',
  )
  assert.ok(
    [blocks[0].scale1!, blocks[0].scale2!].every(({ data }) => data.every(value => value === Math.fround(1e-5))),
    'LayerScale',
  )
})
