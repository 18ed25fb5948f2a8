// Wrong changes of how parameters move and of batches in parts: the faults that public projects have had, and some that
// nobody would notice in a loss.

import type { Mutant } from './mutant.ts'
import { mutantsOf, type Row } from './mutant-rows.ts'

const parts: readonly Row[] = [
  [
    'the teacher, the centre and all else move with every micro-batch',
    'isGathering ? mul(sound, place.last) : sound',
    'sound',
  ],
  [
    'the centre is that of the last micro-batch',
    'move(options)(state, means, input,',
    'move(options)(state, { ...means, objective: found.objective }, input,',
  ],
]

const means: readonly Row[] = [
  ['a step begins with what the step before gathered', 'const before = where(first, fresh, old)', 'const before = old'],
  ['gradients are summed, and not averaged', 'share: denseScalar(1 / (part + 1))', 'share: denseScalar(1)'],
]

const drawn: readonly Row[] = [
  ['every micro-batch has the masks of the first', 'partOf(part, accumulate)', 'partOf(0, accumulate)'],
  ['masks are drawn for a micro-batch', 'global.sizes.batch * run.accumulate', 'global.sizes.batch'],
]

const groups: readonly Row[] = [
  ['lars scales the push of vectors too', "layerwise: kind !== 'vector',", ''],
  ['a layer moves as fast as the next', 'byLayer.decay ** (byLayer.blocks + 1 - part.depth)', 'byLayer.decay'],
  ['layers are counted from the last block', 'byLayer.blocks + 1 - part.depth', 'byLayer.blocks - part.depth'],
  [
    'tokens move as slowly as the patch embedding',
    "depth === 0 && (role === 'weight' || role === 'bias')",
    'depth === 0',
  ],
]

const rates: readonly Row[] = [
  ['at rate 0 for a turn too many', 'moving: switched(turn > stillFor)', 'moving: switched(turn > stillFor + 1)'],
  ['a rate of 0 is not heard', 'moving === undefined ? own : mul(own, moving)', 'own'],
]

/** Each is seen by all of its tests. */
export const optimising: readonly Mutant[] = [
  ...mutantsOf('dino/step/step.ts', ['props/train/accumulate.test.ts'], parts),
  ...mutantsOf('dino/step/gather.ts', ['props/train/accumulate.test.ts'], means),
  ...mutantsOf('dino/run/input.ts', ['props/train/accumulate.test.ts'], drawn),
  ...mutantsOf('dino/step/parameter-groups.ts', ['props/dino/groups.test.ts'], groups),
  ...mutantsOf('lib/tree/optimise.ts', ['props/tree/optimise.test.ts'], rates),
]
