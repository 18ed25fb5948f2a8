// Which parameters of a network are decayed, which begin late and which never move: a table over roles, and over
// nothing else.

import assert from 'node:assert/strict'
import { network, type Role } from '../../dino/model/network.ts'
import { dinoGroups } from '../../dino/step/parameter-groups.ts'
import { initialisers } from '../../lib/index.ts'
import { example } from '../support/example.ts'

const depth = 2
const parts = initialisers.partsOf(
  network({
    backbone: { imageSize: 8, patchSize: 4, features: 4, depth, heads: 2, mlpRatio: 1 },
    head: { hidden: 4, bottleneck: 3, prototypes: 3, layers: 2 },
  }),
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
