// The projection head: a logit is a cosine times a gain, whether gains are held or not; a gain that is held has no
// gradient, so that it counts nowhere, and one that is free has that of a factor.

import type * as fc from 'fast-check'
import { applyHead, type Head } from '../../dino/model/head.ts'
import { add, fill, gradient, mul, neg, scale, sum, type Tensor, total, trees } from '../../lib/index.ts'
import { fractions, positives, problem, reals } from '../support/arbitrary.ts'
import { agree, below, same } from '../support/compare.ts'
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
