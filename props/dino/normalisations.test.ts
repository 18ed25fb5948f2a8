// DINO, DINOv2 and DINOv3 normalise one loss in three ways: a mean over all pairs of views that count; a sum over the
// local views and one over swapped global views, each over the number of all terms; a mean without the diagonal for
// each group, weighted by its part of the terms. For two global views they are equal.

import { crossEntropy, pairedLoss } from '../../dino/objective/dino.ts'
import { add, concat, logSoftmax, mean, rename, type Scalar, scale, slice, softmax, sub, sum } from '../../lib/index.ts'
import { problem, reals } from '../support/arbitrary.ts'
import { agree, nearNumbers } from '../support/compare.ts'
import { law } from '../support/law.ts'
import { number } from '../support/tensors.ts'
import { lossTolerance } from '../support/tolerance.ts'

const problems = problem({
  dims: { global: [2, 2], local: [1, 4], batch: [1, 3], prototype: [2, 6] },
  tensors: {
    globals: reals('global', 'batch', 'prototype'),
    locals: reals('local', 'batch', 'prototype'),
    teacher: reals('global', 'batch', 'prototype'),
  },
  choices: { temperature: [1, 0.5, 0.1] },
})

law(
  'the normalisations of v1, v2 and v3 are one loss',
  problems,
  ({ globals, locals, teacher, temperature, sizes }) => {
    const targets = softmax('prototype', 0.25)(teacher)
    const entropies = (student: Parameters<typeof crossEntropy>[1]) =>
      mean('batch')(crossEntropy(targets, logSoftmax('prototype', temperature)(student)))
    const [ofGlobals, ofLocals] = [rename('global', 'view')(globals), rename('local', 'view')(locals)]
    const first = pairedLoss(temperature, 'other views')(concat('view')(ofGlobals, ofLocals), targets)

    const [globalTerms, localTerms] = [2, 2 * sizes.local]
    const terms = globalTerms + localTerms
    const swapped = add(
      sum('global', 'view')(slice('global', 0, 1)(slice('view', 1, 1)(entropies(ofGlobals)))),
      sum('global', 'view')(slice('global', 1, 1)(slice('view', 0, 1)(entropies(ofGlobals)))),
    )
    const second = scale(1 / terms)(add(sum('global', 'view')(entropies(ofLocals)), swapped))

    const withDiagonal = sum('global', 'view')(entropies(ofGlobals))
    const diagonal = sub(withDiagonal, swapped)
    const third: Scalar = add(
      scale(globalTerms / terms)(scale(1 / (2 * 2 - 2))(sub(withDiagonal, diagonal))),
      scale(localTerms / terms)(mean('global', 'view')(entropies(ofLocals))),
    )
    const tolerance = lossTolerance({
      student: 8 / temperature,
      teacher: 8 / 0.25,
      prototypes: sizes.prototype,
      terms: globals.data.length + locals.data.length,
      value: number(first),
    })
    return [agree(first, second, 'v2'), nearNumbers(8 * tolerance)([number(third)], [number(first)], 'v3')]
  },
)
