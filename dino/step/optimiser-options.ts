// The options of the optimiser: the rule by which parameters move, what belongs to each rule, and how parameters differ
// by their role and depth. The usual values are those of DINO's public code (main_dino.py) with torch's defaults;
// DINOv2 trains with
//
//   --clipping module --freezing "zero rate" --layer-decay 0.9 --patch-rate 0.2

import type { Values } from '../options/option.ts'
import { called, choice, number, share } from '../options/option-rows.ts'

/** The options of the optimiser. */
export const optimiserOptions = {
  rule: called('optimiser', choice(['adamw', 'sgd', 'lars'], 'adamw', 'the rule by which parameters move')),
  beta1: number([0, 0.9999], 0.9, 'adamw: how much of its mean of the gradient stays at each step'),
  beta2: number([0, 0.999999], 0.999, 'adamw: how much of its mean of the square stays'),
  epsilon: number([1e-20, 1], 1e-8, 'adamw: what is added to the root of its mean square'),
  momentum: number([0, 0.9999], 0.9, 'sgd and lars: how much of the velocity stays at each step'),
  trust: number([1e-6, 1], 0.001, "lars: the length of a push for each unit of the parameter's length"),
  clip: number([0, 10 ** 6], 3, 'length to which gradients are cut; 0 does not cut'),
  clipping: choice(
    ['each', 'module', 'together'],
    'each',
    'whether each tensor is cut on its own (v1), each module (v2: the backbone, a head), or all together',
  ),
  freezeLastLayer: share(0.01, 'share of the run in which the prototypes stay as they are'),
  freezing: choice(
    ['no gradient', 'zero rate'],
    'no gradient',
    'whether their means wait meanwhile (v1) or go on (v2)',
  ),
  layerDecay: number([0.01, 1], 1, 'factor of the learning rate for each layer below the head (v2: 0.9)'),
  patchRate: number([0, 10], 1, 'a further factor of the learning rate for the patch embedding (v2: 0.2)'),
  undecayed: choice(
    ['vectors', 'vectors and tokens', 'nothing'],
    'vectors',
    'what weights do not decay: biases, norms and layer scales (v1, v2, v3), tokens and positions too, or nothing',
  ),
} as const

/** How the student is moved. */
export type OptimiserOptions = Values<typeof optimiserOptions>
