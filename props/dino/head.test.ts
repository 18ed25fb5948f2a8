// The projection head: a logit is a cosine times a gain, whether gains are held or not; a gain that is held has no
// gradient, so that it counts nowhere, and one that is free has that of a factor.

import assert from 'node:assert/strict'
import type * as fc from 'fast-check'
import { applyHead, type Head, head, lastLayers } from '../../dino/model/head.ts'
import {
  add,
  fill,
  gradient,
  initialisers,
  mul,
  neg,
  norm,
  random,
  scale,
  sum,
  type Tensor,
  total,
  trees,
} from '../../lib/index.ts'
import { fractions, positives, problem, reals } from '../support/arbitrary.ts'
import { agree, below, same } from '../support/compare.ts'
import { example } from '../support/example.ts'
import { law } from '../support/law.ts'

const units = 3

const heads = problem({
  dims: { batch: [1, 3], feature: [units, units], unit: [units, units], nextUnit: [units, units], prototype: [1, 5] },
  tensors: {
    feature: reals('batch', 'feature'),
    weight: reals('unit', 'nextUnit'),
    bias: fractions('nextUnit'),
    direction: positives('prototype', 'unit'),
    gain: positives('prototype'),
    cotangent: reals('batch', 'prototype'),
  },
})

type Drawn = typeof heads extends fc.Arbitrary<infer P> ? P : never

const headOf = ({ weight, bias, direction, gain }: Drawn): Head => ({
  layers: [{ weight, bias }],
  prototypes: { direction, gain },
})

/** The gradient of a weighted sum of logits. */
const slopes = (p: Drawn, normLastLayer: boolean): Head => {
  const head = headOf(p)
  return gradient(total(mul(p.cotangent, applyHead(head, normLastLayer)(p.feature))), head)
}

/** The logits of gains of 1. */
const cosines = (p: Drawn): Tensor<'batch' | 'prototype'> =>
  applyHead(headOf({ ...p, gain: { ...p.gain, ...fill({ prototype: p.sizes.prototype }, 1) } }), true)(p.feature)

law('a logit is a cosine times its gain, held or not', heads, p => {
  const held = applyHead(headOf(p), true)(p.feature)
  const bound = add(scale(0)(held), p.gain)
  return [
    same(applyHead(headOf(p), false)(p.feature), held, 'free'),
    agree(held, mul(cosines(p), p.gain), 'cosines'),
    below(held, bound, 'at most the gain'),
    below(neg(held), bound, 'at least minus the gain'),
  ]
})

law('a gain that is held has no gradient, one that is free that of its cosines', heads, p => [
  same(slopes(p, true).prototypes.gain!, fill({ prototype: p.sizes.prototype }, 0), 'held'),
  agree(slopes(p, false).prototypes.gain!, sum('batch')(mul(p.cotangent, cosines(p))), 'free'),
])

law('whether gains are held changes no other gradient', heads, p => {
  const others = ({ layers, prototypes }: Head) => trees.leavesOf<'tensor'>({ layers, direction: prototypes.direction })
  const free = others(slopes(p, false))
  return others(slopes(p, true)).map(([path, slope], at) => same(slope, free[at][1], path))
})

/** The same head with a plain last layer. */
const plainOf = (p: Drawn): Head => {
  const { layers, prototypes } = headOf(p)
  return { layers, prototypes: { direction: prototypes.direction } }
}

law(
  'a plain last layer is linear in its prototypes; with weight normalisation their length does not matter',
  heads,
  p => {
    const logits = (head: Head) => applyHead(head, false)(p.feature)
    const longer = ({ layers, prototypes }: Head): Head => ({
      layers,
      prototypes: { ...prototypes, direction: scale(4)(prototypes.direction) },
    })
    const length = norm('unit', 0)(p.direction)
    return [
      same(logits(longer(plainOf(p))), scale(4)(logits(plainOf(p))), 'plain'),
      agree(logits(longer(headOf(p))), logits(headOf(p)), 'normalised'),
      agree(logits(plainOf(p)), mul(cosines(p), length), 'a plain one with gains that are its lengths'),
      same(applyHead(plainOf(p), true)(p.feature), logits(plainOf(p)), 'it has no gain to hold'),
    ]
  },
)

example('prototypes begin as in each source: within 1 / sqrt(units) with gains of 1, or plain and normal', () => {
  const sizes = { features: 4, hidden: 8, bottleneck: 16, prototypes: 500, layers: 2 }
  const [normalised, plain] = lastLayers.map(lastLayer =>
    initialisers.initialise(random.keyOf(1))(head({ ...sizes, lastLayer })),
  )
  assert.ok(
    normalised.prototypes.direction.data.every(value => Math.abs(value) <= 1 / 4),
    'within the bound',
  )
  assert.ok(
    normalised.prototypes.gain?.data.every(value => value === 1),
    'gains of 1',
  )
  assert.deepEqual(Object.keys(plain.prototypes), ['direction'])
  const { data } = plain.prototypes.direction
  const deviation = Math.hypot(...data) / Math.sqrt(data.length)
  assert.ok(Math.abs(deviation - 0.02) < 0.0005, `deviation ${deviation}`)
})
