// Which parameters of a network are decayed, how fast each moves, which begin late and which never move: a table over
// roles and depths.

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { network, type Role } from '../../dino/model/network.ts'
import { dinoGroups, type GroupOptions } from '../../dino/step/parameter-groups.ts'
import { initialisers } from '../../lib/index.ts'
import { nearNumbers, sameNumbers } from '../support/compare.ts'
import { example } from '../support/example.ts'
import { law } from '../support/law.ts'

const depth = 2
const sizes = {
  backbone: { imageSize: 8, patchSize: 4, features: 4, depth, heads: 2, mlpRatio: 1 },
  head: { hidden: 4, bottleneck: 3, prototypes: 3, layers: 2 },
}
const parts = initialisers.partsOf(network(sizes))
/** With everything that DINOv2 has beside. */
const ofV2 = initialisers.partsOf(
  network({ ...sizes, backbone: { ...sizes.backbone, registers: 4, maskToken: true, layerScale: 1e-5 } }),
)

const pathsWhere = (holds: (part: { readonly role: Role; readonly depth: number }) => boolean): readonly string[] =>
  parts.flatMap(([path, part]) => (holds(part) ? [path] : []))

const block = (index: number, own: readonly string[]) => own.map(path => `backbone.blocks.${index}.${path}`)

const biases = ['attention.project.bias', 'attention.out.bias', 'mlp.up.bias', 'mlp.down.bias']
const norms = ['norm1.weight', 'norm1.bias', 'norm2.weight', 'norm2.bias']

example('every parameter has its role', () => {
  const ofRole = (role: Role) => pathsWhere(part => part.role === role)
  const weights = biases.map(path => path.replace('bias', 'weight'))
  assert.deepEqual(ofRole('weight').toSorted(), [
    ...block(0, weights).toSorted(),
    ...block(1, weights).toSorted(),
    'backbone.patch.weight',
    'head.layers.0.weight',
    'head.layers.1.weight',
  ])
  assert.deepEqual(ofRole('bias').toSorted(), [
    ...block(0, biases).toSorted(),
    ...block(1, biases).toSorted(),
    'backbone.patch.bias',
    'head.layers.0.bias',
    'head.layers.1.bias',
  ])
  assert.deepEqual(ofRole('norm').toSorted(), [
    ...block(0, norms).toSorted(),
    ...block(1, norms).toSorted(),
    'backbone.norm.bias',
    'backbone.norm.weight',
  ])
  assert.deepEqual(ofRole('token'), ['backbone.classToken'])
  assert.deepEqual(ofRole('position'), ['backbone.position'])
  assert.deepEqual(ofRole('prototype direction'), ['head.prototypes.direction'])
  assert.deepEqual(ofRole('prototype gain'), ['head.prototypes.gain'])
})

example('depth grows from what makes tokens over the blocks to the last norm and the head', () => {
  const partOf = (path: string): string =>
    path
      .split('.')
      .slice(0, path.includes('blocks') ? 3 : 2)
      .join('.')
  const depths = new Map(parts.map(([path, part]) => [partOf(path), part.depth]))
  assert.deepEqual(Object.fromEntries(depths), {
    'backbone.patch': 0,
    'backbone.classToken': 0,
    'backbone.position': 0,
    'backbone.blocks.0': 1,
    'backbone.blocks.1': 2,
    'backbone.norm': 3,
    'head.layers': 3,
    'head.prototypes': 3,
  })
})

example('biases and norms are not decayed', () => {
  const groupOf = dinoGroups({ normLastLayer: true, frozenSteps: 5 })
  const undecayed = pathsWhere(part => groupOf(part).weightDecayFactor === 0)
  assert.deepEqual(
    undecayed,
    pathsWhere(({ role }) => role === 'bias' || role === 'norm'),
  )
  assert.ok(
    parts.every(
      ([, part]) => [0, 1].includes(groupOf(part).weightDecayFactor) && groupOf(part).learningRateFactor === 1,
    ),
  )
})

for (const normLastLayer of [true, false])
  example(`the prototypes alone begin late, their gains ${normLastLayer ? 'never move' : 'with them'}`, () => {
    const groupOf = dinoGroups({ normLastLayer, frozenSteps: 5 })
    const waits = parts.map(([path, part]) => [path, groupOf(part).frozenFor] as const).filter(([, turns]) => turns > 0)
    assert.deepEqual(waits, [
      ['head.prototypes.direction', 5],
      ['head.prototypes.gain', normLastLayer ? Number.POSITIVE_INFINITY : 5],
    ])
  })

/** A table of groups: depth, role, factors of learning rate and weight decay, whether lars adapts, how it begins. */
const tableOf = (options: GroupOptions, of = parts): readonly string[] => {
  const groupOf = dinoGroups(options)
  const rows = of.map(([, part]) => {
    const { learningRateFactor, weightDecayFactor, layerwise, frozenFor, stillFor = 0 } = groupOf(part)
    const begins = stillFor > 0 ? ` still ${stillFor}` : frozenFor > 0 ? ` frozen ${frozenFor}` : ''
    const numbers = `${learningRateFactor.toFixed(4)} ${weightDecayFactor} ${layerwise ? 'layer-wise' : 'plain'}`
    return `${part.depth} ${part.role}: ${numbers}${begins}`
  })
  return [...new Set(rows)]
}

example('in DINO all layers move alike, vectors are not decayed, and the last layer waits', () =>
  assert.deepEqual(tableOf({ normLastLayer: true, frozenSteps: 5 }), [
    '0 weight: 1.0000 1 layer-wise',
    '0 bias: 1.0000 0 plain',
    '0 token: 1.0000 1 layer-wise',
    '0 position: 1.0000 1 layer-wise',
    '1 norm: 1.0000 0 plain',
    '1 weight: 1.0000 1 layer-wise',
    '1 bias: 1.0000 0 plain',
    '2 norm: 1.0000 0 plain',
    '2 weight: 1.0000 1 layer-wise',
    '2 bias: 1.0000 0 plain',
    '3 norm: 1.0000 0 plain',
    '3 weight: 1.0000 1 layer-wise',
    '3 bias: 1.0000 0 plain',
    '3 prototype direction: 1.0000 1 layer-wise frozen 5',
    '3 prototype gain: 1.0000 1 layer-wise frozen Infinity',
  ]),
)

example('in DINOv2 lower layers move slower, the patch embedding slowest, and the last layer has rate 0 at first', () =>
  assert.deepEqual(
    tableOf(
      {
        normLastLayer: false,
        frozenSteps: 5,
        freezing: 'zero rate',
        byLayer: { decay: 0.9, blocks: depth },
        patchRate: 0.2,
      },
      ofV2,
    ),
    [
      '0 weight: 0.1458 1 layer-wise',
      '0 bias: 0.1458 0 plain',
      '0 token: 0.7290 1 layer-wise',
      '0 register: 0.7290 1 layer-wise',
      '0 mask token: 0.7290 1 layer-wise',
      '0 position: 0.7290 1 layer-wise',
      '1 norm: 0.8100 0 plain',
      '1 weight: 0.8100 1 layer-wise',
      '1 bias: 0.8100 0 plain',
      '1 layer scale: 0.8100 0 plain',
      '2 norm: 0.9000 0 plain',
      '2 weight: 0.9000 1 layer-wise',
      '2 bias: 0.9000 0 plain',
      '2 layer scale: 0.9000 0 plain',
      '3 norm: 1.0000 0 plain',
      '3 weight: 1.0000 1 layer-wise',
      '3 bias: 1.0000 0 plain',
      '3 prototype direction: 1.0000 1 layer-wise still 5',
      '3 prototype gain: 1.0000 1 layer-wise still 5',
    ],
  ),
)

for (const [undecayed, kept] of [
  ['vectors', ['bias', 'layer scale', 'norm']],
  ['vectors and tokens', ['bias', 'layer scale', 'mask token', 'norm', 'position', 'register', 'token']],
  ['nothing', []],
] as const)
  example(`what is not decayed where ${undecayed} are not`, () => {
    const groupOf = dinoGroups({ normLastLayer: true, frozenSteps: 0, undecayed })
    const roles = [
      'weight',
      'bias',
      'norm',
      'layer scale',
      'token',
      'register',
      'mask token',
      'position',
      'prototype direction',
      'prototype gain',
    ] as const
    assert.deepEqual(roles.filter(role => groupOf({ role, depth: 1 }).weightDecayFactor === 0).sort(), kept)
  })

law(
  'a layer moves slower than the next by one factor, and the head and the last norm at the full rate',
  fc.record({ decay: fc.double({ min: 0.1, max: 1, noNaN: true }), blocks: fc.integer({ min: 1, max: 40 }) }),
  ({ decay, blocks }) => {
    const groupOf = dinoGroups({ normLastLayer: true, frozenSteps: 0, byLayer: { decay, blocks }, patchRate: 1 })
    const factors = Array.from(
      { length: blocks + 2 },
      (_, at) => groupOf({ role: 'weight', depth: at }).learningRateFactor,
    )
    return [
      sameNumbers([factors[blocks + 1]], [1], 'the head'),
      nearNumbers(2 ** -48)(
        factors.slice(0, -1),
        factors.slice(1).map(next => decay * next),
        'each layer',
      ),
    ]
  },
)
