// Wrong changes of `dino/` that the tests once let live, each with the tests that notice it now. Rows of one change in
// different words stand together: a clock may be late or early, a layer frozen too short or never.

import type { Mutant } from './mutant.ts'
import { mutantsOf } from './mutant-rows.ts'
import { objectives } from './objectives.ts'
import { optimising } from './optimising.ts'
import { survivorsRunning } from './survivors-running.ts'
import { weightFiles } from './weight-files.ts'

const evaluation: readonly Mutant[] = [
  ...mutantsOf(
    'dino/evaluate/neighbours.ts',
    ['props/evaluate/neighbours.test.ts'],
    [
      [
        'of equally near neighbours the later one comes first',
        'if (cosine > cosines[middle]) high = middle',
        'if (cosine >= cosines[middle]) high = middle',
      ],
      [
        'a neighbour as near as the last one takes its place',
        'if (!(cosine > cosines[last])) return',
        'if (!(cosine >= cosines[last])) return',
      ],
    ],
  ),
]

const schedules: readonly Mutant[] = [
  ...mutantsOf(
    'dino/step/optimiser.ts',
    ['props/train/plan.test.ts', 'props/train/step.test.ts'],
    [
      [
        'the last layer is frozen one step too short',
        'Math.round(freezeLastLayer * steps)',
        'Math.round(freezeLastLayer * steps) - 1',
      ],
      ['the last layer is never frozen', 'Math.round(freezeLastLayer * steps)', '0'],
    ],
  ),
  ...mutantsOf(
    'lib/tree/optimise.ts',
    ['props/train/plan.test.ts', 'props/train/step.test.ts'],
    [
      ['the last layer moves although its turn has not come', 'active: switched(turn > 0)', 'active: switched(true)'],
      ["the optimiser's clock is one turn late", 'const turn = done + 1 - frozenFor', 'const turn = done - frozenFor'],
      [
        "the optimiser's clock is one turn early",
        'const turn = done + 1 - frozenFor',
        'const turn = done + 2 - frozenFor',
      ],
      ["the last layer's clock runs with that of the others", 'of(Math.max(turn, 1))', 'of(done + 1)'],
    ],
  ),
  ...mutantsOf(
    'dino/step/step-options.ts',
    ['props/train/plan.test.ts', 'props/train/step.test.ts'],
    [['the learning rate does not grow with the batch', 'base: base * scalings[scaling](span.batch)', 'base']],
  ),
  ...mutantsOf(
    'dino/step/step-options.ts',
    ['props/train/plan.test.ts'],
    [['the learning rate has no warm-up', 'warmup: Math.round(warmup * size.steps)', 'warmup: 0']],
  ),
]

const step: readonly Mutant[] = [
  ...mutantsOf(
    'dino/step/step.ts',
    ['props/train/step.test.ts'],
    [
      ['the student ignores the mask of global views', 'see(image, globalMasks)', 'see(image)'],
      ['the student ignores the mask of local views', 'see(image, localMasks)', 'see(image)'],
      [
        'the teacher drops branches too',
        "show('teacher', teacher, { global: batch.global })",
        "show('teacher', teacher, { global: batch.global, globalMasks: batch.globalMasks })",
      ],
    ],
  ),
  ...mutantsOf(
    'dino/run/input.ts',
    ['props/train/masks.test.ts'],
    [
      [
        'every step has the same masks',
        "random.fold(random.fold(random.keyOf(run.seed), 'drop'), step)",
        "random.fold(random.keyOf(run.seed), 'drop')",
      ],
      [
        'masks of global and of local views are drawn from one key',
        'random.uniforms(random.fold(key, view), depth * each)',
        'random.uniforms(key, depth * each)',
      ],
    ],
  ),
]

const model: readonly Mutant[] = [
  ...mutantsOf(
    'dino/model/block.ts',
    ['props/dino/attention.test.ts', 'props/train/step.test.ts'],
    [
      [
        "the perceptron's branch is dropped by the attention's mask",
        'branchOf(mask, 1)(scaledBy(scale2)(thought))',
        'branchOf(mask, 0)(scaledBy(scale2)(thought))',
      ],
      [
        "the attention's branch is dropped by the perceptron's mask",
        'branchOf(mask, 0)(scaledBy(scale1)(taken))',
        'branchOf(mask, 1)(scaledBy(scale1)(taken))',
      ],
    ],
  ),
  ...mutantsOf(
    'dino/model/head.ts',
    ['props/dino/head.test.ts', 'props/train/step.test.ts', 'props/golden/dino-head.test.ts'],
    [
      [
        'a gain that is held has a gradient, which counts where gradients are cut together',
        'normLastLayer ? stopGradient(gain) : gain',
        'normLastLayer ? gain : gain',
      ],
    ],
  ),
  ...mutantsOf(
    'dino/model/tokens.ts',
    ['props/dino/vit-parts.test.ts'],
    [['the patches that are not hidden are replaced', 'less(hidden, constant(0.5))', 'less(constant(0.5), hidden)']],
  ),
  ...mutantsOf(
    'dino/model/rotary.ts',
    ['props/dino/vit-parts.test.ts'],
    [
      [
        'class and register tokens are turned',
        '(before * channels) / 2 }, () => 0)',
        '(before * channels) / 2 }, () => 1)',
      ],
    ],
  ),
  ...mutantsOf(
    'dino/model/drop-path.ts',
    ['props/train/masks.test.ts'],
    [['the two rules of drop path are exchanged', "dropPathRule === 'uniform' ?", "dropPathRule === 'linear' ?"]],
  ),
  ...mutantsOf(
    'dino/model/position.ts',
    ['props/golden/vit-v2.test.ts', 'props/golden/vit-v1.test.ts'],
    [
      [
        'the kernel widens where it should not, and the other way round',
        '(antialias ? widenedWeights : cubicWeights)',
        '(antialias ? cubicWeights : widenedWeights)',
      ],
    ],
  ),
  ...mutantsOf(
    'dino/model/feed-forward.ts',
    ['props/dino/vit-parts.test.ts', 'props/golden/vit-v2.test.ts'],
    [['gate and up are exchanged', 'const [gate, up] = [0, 1]', 'const [gate, up] = [1, 0]']],
  ),
]

/** Changes of `dino/` that were once not noticed. */
export const survivorsDino: readonly Mutant[] = [
  ...evaluation,
  ...schedules,
  ...step,
  ...model,
  ...survivorsRunning,
  ...optimising,
  ...objectives,
  ...weightFiles,
]
