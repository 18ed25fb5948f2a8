// Wrong changes of the objectives of DINOv2 and DINOv3: faults that public projects have had, and some that nobody
// would notice in a loss.

import type { Mutant } from './mutant.ts'
import { mutantsOf, type Row } from './mutant-rows.ts'

const sinkhorn: readonly Row[] = [
  [
    "each prototype's largest logit is not put back",
    'return sub(shares, add(all, largest))',
    'return sub(shares, all)',
  ],
  [
    'hidden samples take part in the balance',
    'counted === undefined ? shares : where(counted, shares, constant(nothing))',
    'shares',
  ],
  ['the targets are no constants', 'return stopGradient(exp(shares))', 'return exp(shares)'],
  ['a turn too few', 'turn < turns; turn += 1', 'turn < turns - 1; turn += 1'],
]

const assignment: readonly Row[] = [
  ['the centre is added', 'temperature)(sub(logits, centre)))', 'temperature)(add(logits, centre)))'],
  [
    'patches that are not hidden move the centre',
    "sum(...axes)<'prototype'>(mul(logits, counted))",
    "sum(...axes)<'prototype'>(logits)",
  ],
  [
    'without hidden patches the centre decays',
    'where(less(count, constant(0.5)), centre, next(centre, fresh))',
    'next(centre, fresh)',
  ],
]

const ibot: readonly Row[] = [
  ['patches that are seen count', 'mul(entropies, hidden)', 'entropies'],
  ['a mean over all patches, hidden or not', "maximum(sum('token')(hidden), constant(1))", 'constant(16)'],
]

const heads: readonly Row[] = [
  [
    "the student's head is the teacher's",
    'applyHead(headOf(student.network), normLastLayer)(patches)',
    'applyHead(headOf(teacher.network), normLastLayer)(patches)',
  ],
  [
    'the head of images is taken for patches',
    '({ head, patchHead = head }: PatchHeaded): Head => patchHead',
    '({ head }: PatchHeaded): Head => head',
  ],
]

const koleo: readonly Row[] = [
  ['an image is its own neighbour', 'sub(cosines, scale(4)(itself))', 'cosines'],
  ['features are not of length 1', "const x = normalise('feature', epsilon)(features)", 'const x = features'],
  ['a mean over views', "sum('global')(mean('batch')", "mean('global')(mean('batch')"],
]

const gram: readonly Row[] = [['the anchor is pulled at', 'stopGradient(cosines(anchor))', 'cosines(anchor)']]

const anchors: readonly Row[] = [
  ['the student becomes the anchor', 'teacher.network.backbone', 'student.network.backbone'],
  ['the anchor never changes', 'where(anchorRefresh, fresh, old)', 'old'],
]

const masks: readonly Row[] = [
  ['all masked views have one ratio', '(part + within[part]) / masked', '0.5'],
  ['the first views are masked', 'masks[order[part] * patches + patch] = 1', 'masks[part * patches + patch] = 1'],
  ['more patches are hidden than wanted', 'fresh.length > 0 && fresh.length <= most', 'fresh.length > 0'],
]

const together: readonly Row[] = [
  ['weights are not heard', 'scale(weight)(term)', 'scale(1)(term)'],
  [
    "parts read the first one's state",
    'objective.apply(seen, states[key], scheduled)',
    'objective.apply(seen, states[name], scheduled)',
  ],
]

/** Each is seen by all of its tests. */
export const objectives: readonly Mutant[] = [
  ...mutantsOf('dino/objective/sinkhorn.ts', ['props/dino/sinkhorn.test.ts'], sinkhorn),
  ...mutantsOf('dino/objective/assignment.ts', ['props/dino/ibot.test.ts'], assignment.slice(1)),
  ...mutantsOf('dino/objective/assignment.ts', ['props/dino/collapse.test.ts'], assignment.slice(0, 1)),
  ...mutantsOf('dino/objective/ibot.ts', ['props/dino/ibot.test.ts'], ibot),
  ...mutantsOf('dino/objective/ibot.ts', ['props/dino/objective-border.test.ts'], heads),
  ...mutantsOf('dino/objective/koleo.ts', ['props/dino/koleo.test.ts'], koleo),
  ...mutantsOf('dino/objective/gram.ts', ['props/dino/gram.test.ts'], gram),
  ...mutantsOf('dino/objective/gram.ts', ['props/dino/objective-border.test.ts'], anchors),
  ...mutantsOf('dino/objective/block-masks.ts', ['props/dino/block-masks.test.ts'], masks),
  ...mutantsOf('dino/objective/together.ts', ['props/dino/together.test.ts'], together),
]
