// Wrong changes of `dino/` that the tests once let live, each with the tests that notice it now. Rows of one change in
// different words stand together: a clock may be late or early, a layer frozen too short or never.

import type { Mutant } from './mutant.ts'
import { optimising } from './optimising.ts'

const evaluation: readonly Mutant[] = [
  {
    file: 'dino/evaluate/neighbours.ts',
    change: 'of equally near neighbours the later one comes first',
    from: 'if (cosine > cosines[middle]) high = middle',
    to: 'if (cosine >= cosines[middle]) high = middle',
    tests: ['props/evaluate/neighbours.test.ts'],
  },
  {
    file: 'dino/evaluate/neighbours.ts',
    change: 'a neighbour as near as the last one takes its place',
    from: 'if (!(cosine > cosines[last])) return',
    to: 'if (!(cosine >= cosines[last])) return',
    tests: ['props/evaluate/neighbours.test.ts'],
  },
]

const schedules: readonly Mutant[] = [
  {
    file: 'dino/step/optimiser.ts',
    change: 'the last layer is frozen one step too short',
    from: 'Math.round(freezeLastLayer * steps)',
    to: 'Math.round(freezeLastLayer * steps) - 1',
    tests: ['props/train/plan.test.ts', 'props/train/step.test.ts'],
  },
  {
    file: 'dino/step/optimiser.ts',
    change: 'the last layer is never frozen',
    from: 'Math.round(freezeLastLayer * steps)',
    to: '0',
    tests: ['props/train/plan.test.ts', 'props/train/step.test.ts'],
  },
  {
    file: 'lib/tree/optimise.ts',
    change: 'the last layer moves although its turn has not come',
    from: 'active: switched(turn > 0)',
    to: 'active: switched(true)',
    tests: ['props/train/plan.test.ts', 'props/train/step.test.ts'],
  },
  {
    file: 'lib/tree/optimise.ts',
    change: "the optimiser's clock is one turn late",
    from: 'const turn = done + 1 - frozenFor',
    to: 'const turn = done - frozenFor',
    tests: ['props/train/plan.test.ts', 'props/train/step.test.ts'],
  },
  {
    file: 'lib/tree/optimise.ts',
    change: "the optimiser's clock is one turn early",
    from: 'const turn = done + 1 - frozenFor',
    to: 'const turn = done + 2 - frozenFor',
    tests: ['props/train/plan.test.ts', 'props/train/step.test.ts'],
  },
  {
    file: 'lib/tree/optimise.ts',
    change: "the last layer's clock runs with that of the others",
    from: 'of(Math.max(turn, 1))',
    to: 'of(done + 1)',
    tests: ['props/train/plan.test.ts', 'props/train/step.test.ts'],
  },
  {
    file: 'dino/step/step-options.ts',
    change: 'the learning rate does not grow with the batch',
    from: 'base: base * scalings[scaling](span.batch)',
    to: 'base',
    tests: ['props/train/plan.test.ts', 'props/train/step.test.ts'],
  },
  {
    file: 'dino/step/step-options.ts',
    change: 'the learning rate has no warm-up',
    from: 'warmup: Math.round(warmup * size.steps)',
    to: 'warmup: 0',
    tests: ['props/train/plan.test.ts'],
  },
]

const step: readonly Mutant[] = [
  {
    file: 'dino/step/step.ts',
    change: 'the student ignores the mask of global views',
    from: 'see(global, globalMasks)',
    to: 'see(global)',
    tests: ['props/train/step.test.ts'],
  },
  {
    file: 'dino/step/step.ts',
    change: 'the student ignores the mask of local views',
    from: 'see(local, localMasks)',
    to: 'see(local)',
    tests: ['props/train/step.test.ts'],
  },
  {
    file: 'dino/step/step.ts',
    change: 'the teacher drops branches too',
    from: 'show(teacher, { global: batch.global })',
    to: 'show(teacher, { global: batch.global, globalMasks: batch.globalMasks })',
    tests: ['props/train/step.test.ts'],
  },
  {
    file: 'dino/run/input.ts',
    change: 'every step has the same masks',
    from: "random.fold(random.fold(random.keyOf(run.seed), 'drop'), step)",
    to: "random.fold(random.keyOf(run.seed), 'drop')",
    tests: ['props/train/masks.test.ts'],
  },
  {
    file: 'dino/run/input.ts',
    change: 'masks of global and of local views are drawn from one key',
    from: 'random.uniforms(random.fold(key, view), depth * each)',
    to: 'random.uniforms(key, depth * each)',
    tests: ['props/train/masks.test.ts'],
  },
]

const model: readonly Mutant[] = [
  {
    file: 'dino/model/block.ts',
    change: "the perceptron's branch is dropped by the attention's mask",
    from: 'branchOf(mask, 1)(scaledBy(scale2)(thought))',
    to: 'branchOf(mask, 0)(scaledBy(scale2)(thought))',
    tests: ['props/dino/attention.test.ts', 'props/train/step.test.ts'],
  },
  {
    file: 'dino/model/block.ts',
    change: "the attention's branch is dropped by the perceptron's mask",
    from: 'branchOf(mask, 0)(scaledBy(scale1)(taken))',
    to: 'branchOf(mask, 1)(scaledBy(scale1)(taken))',
    tests: ['props/dino/attention.test.ts', 'props/train/step.test.ts'],
  },
  {
    file: 'dino/model/head.ts',
    change: 'a gain that is held has a gradient, which counts where gradients are cut together',
    from: 'normLastLayer ? stopGradient(gain) : gain',
    to: 'normLastLayer ? gain : gain',
    tests: ['props/dino/head.test.ts', 'props/train/step.test.ts', 'props/golden/dino-head.test.ts'],
  },
]

const views: readonly Mutant[] = [
  {
    file: 'dino/views/view-options.ts',
    change: 'local views show up to half of the picture',
    from: '[0.05, 0.4],',
    to: '[0.05, 0.5],',
    tests: ['props/views/draws.test.ts'],
  },
  {
    file: 'dino/views/change.ts',
    change: 'the first global view is solarised in place of the second',
    from: "kind === 'secondGlobal' ? options.solarise",
    to: "kind === 'firstGlobal' ? options.solarise",
    tests: ['props/views/draws.test.ts', 'props/train/plan.test.ts'],
  },
  {
    file: 'dino/views/view-plan.ts',
    change: 'width by height is drawn evenly, and not in its logarithm',
    from: 'logAspect: random.uniform(Math.log(aspect[0]), Math.log(aspect[1])),',
    to: 'logAspect: key => Math.log(random.uniform(aspect[0], aspect[1])(key)),',
    tests: ['props/views/draws.test.ts'],
  },
  {
    file: 'dino/views/view-plan.ts',
    change: 'a crop is tried once before the fallback is taken',
    from: 'const attempts = 10',
    to: 'const attempts = 1',
    tests: ['props/views/draws.test.ts'],
  },
  {
    file: 'dino/views/view-plan.ts',
    change: 'a crop is tried nine times before the fallback is taken',
    from: 'const attempts = 10',
    to: 'const attempts = 9',
    tests: ['props/views/draws.test.ts'],
  },
]

const running: readonly Mutant[] = [
  {
    file: 'dino/node/files.ts',
    change: 'a file is written in its place, and not beside it and renamed',
    from: 'export const writeWhole = (path: string, contents: string | Uint8Array): void => {',
    to: `export const writeWhole = (path: string, contents: string | Uint8Array): void => {
  return writeFileSync(path, contents)`,
    tests: ['props/train/record.test.ts'],
  },
  {
    file: 'dino/node/prefetch.ts',
    change: 'views of steps after the last one are asked for',
    from: 'asked < Math.min(microBatch + 1 + ahead, until)',
    to: 'asked < microBatch + 1 + ahead',
    tests: ['props/train/prefetch.test.ts'],
  },
  {
    file: 'dino/node/mailbox.ts',
    change: 'steps that are asked for after the thread died wait for ever',
    from: 'if (final !== undefined) return Promise.resolve(final.answer)',
    to: '',
    tests: ['props/train/prefetch.test.ts'],
  },
  {
    file: 'dino/node/mailbox.ts',
    change: 'steps that wait while the thread dies are not told',
    from: 'for (const [number, slot] of slots) give(number, slot, final.answer)',
    to: '',
    tests: ['props/train/prefetch.test.ts'],
  },
]

/** Changes of `dino/` that were once not noticed. */
export const survivorsDino: readonly Mutant[] = [
  ...evaluation,
  ...schedules,
  ...step,
  ...model,
  ...views,
  ...running,
  ...optimising,
]
