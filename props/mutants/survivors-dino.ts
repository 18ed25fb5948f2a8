// Wrong changes of `dino/` that the tests once let live, each with the tests that notice it now. Rows of one change in
// different words stand together: a clock may be late or early, a layer frozen too short or never.

import type { Mutant } from './mutant.ts'

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
    file: 'dino/run/plan.ts',
    change: 'the last layer is frozen one step too short',
    from: 'const frozen = share(configuration.freezeLastLayer)',
    to: 'const frozen = share(configuration.freezeLastLayer) - 1',
    tests: ['props/train/plan.test.ts', 'props/train/step.test.ts'],
  },
  {
    file: 'dino/run/plan.ts',
    change: 'the last layer is never frozen',
    from: 'const frozen = share(configuration.freezeLastLayer)',
    to: 'const frozen = 0',
    tests: ['props/train/plan.test.ts', 'props/train/step.test.ts'],
  },
  {
    file: 'dino/run/plan.ts',
    change: 'the last layer moves although its turn has not come',
    from: 'active: denseScalar(rates.lastLayerTurn > 0 ? 1 : 0)',
    to: 'active: denseScalar(1)',
    tests: ['props/train/plan.test.ts', 'props/train/step.test.ts'],
  },
  {
    file: 'dino/run/plan.ts',
    change: "the optimiser's clock is one turn late",
    from: 'turn: step + 1,',
    to: 'turn: step,',
    tests: ['props/train/plan.test.ts', 'props/train/step.test.ts'],
  },
  {
    file: 'dino/run/plan.ts',
    change: "the optimiser's clock is one turn early",
    from: 'turn: step + 1,',
    to: 'turn: step + 2,',
    tests: ['props/train/plan.test.ts', 'props/train/step.test.ts'],
  },
  {
    file: 'dino/run/plan.ts',
    change: "the last layer's clock runs with that of the others",
    from: '...corrections(adamOptions(configuration), rates.lastLayerTurn),',
    to: '...corrections(adamOptions(configuration), rates.turn),',
    tests: ['props/train/plan.test.ts', 'props/train/step.test.ts'],
  },
  {
    file: 'dino/run/plan.ts',
    change: 'the learning rate does not grow with the batch',
    from: 'const base = (learningRate * batch) / referenceBatch',
    to: 'const base = learningRate',
    tests: ['props/train/plan.test.ts', 'props/train/step.test.ts'],
  },
  {
    file: 'dino/run/plan.ts',
    change: 'the learning rate has no warm-up',
    from: 'warmup: share(learningRateWarmup)',
    to: 'warmup: 0',
    tests: ['props/train/plan.test.ts'],
  },
]

const step: readonly Mutant[] = [
  {
    file: 'dino/step/step.ts',
    change: 'the student ignores the mask of global views',
    from: 'featureOf(student)(batch.global, batch.globalMask)',
    to: 'featureOf(student)(batch.global)',
    tests: ['props/train/step.test.ts'],
  },
  {
    file: 'dino/step/step.ts',
    change: 'the student ignores the mask of local views',
    from: 'featureOf(student)(batch.local, batch.localMask)',
    to: 'featureOf(student)(batch.local)',
    tests: ['props/train/step.test.ts'],
  },
  {
    file: 'dino/step/step.ts',
    change: 'the teacher drops branches too',
    from: 'featureOf(teacher)(batch.global)',
    to: 'featureOf(teacher)(batch.global, batch.globalMask)',
    tests: ['props/train/step.test.ts'],
  },
  {
    file: 'dino/run/batch.ts',
    change: 'every step has the same masks',
    from: "const key = fold(fold(keyOf(configuration.seed), 'drop'), step)",
    to: "const key = fold(keyOf(configuration.seed), 'drop')",
    tests: ['props/train/masks.test.ts'],
  },
  {
    file: 'dino/run/batch.ts',
    change: 'masks of global and of local views are drawn from one key',
    from: 'uniforms(fold(key, view), depth * each)',
    to: 'uniforms(key, depth * each)',
    tests: ['props/train/masks.test.ts'],
  },
]

const model: readonly Mutant[] = [
  {
    file: 'dino/model/block.ts',
    change: "the perceptron's branch is dropped by the attention's mask",
    from: 'branchOf(mask, 1)(branch2)',
    to: 'branchOf(mask, 0)(branch2)',
    tests: ['props/dino/attention.test.ts', 'props/train/step.test.ts'],
  },
  {
    file: 'dino/model/block.ts',
    change: "the attention's branch is dropped by the perceptron's mask",
    from: 'branchOf(mask, 0)(branch1)',
    to: 'branchOf(mask, 1)(branch1)',
    tests: ['props/dino/attention.test.ts', 'props/train/step.test.ts'],
  },
  {
    file: 'dino/model/head.ts',
    change: 'a gain that is held has a gradient, which counts where gradients are cut together',
    from: 'normLastLayer ? stopGradient(prototypes.gain) : prototypes.gain',
    to: 'normLastLayer ? prototypes.gain : prototypes.gain',
    tests: ['props/dino/head.test.ts', 'props/train/step.test.ts', 'props/golden/dino-head.test.ts'],
  },
]

const views: readonly Mutant[] = [
  {
    file: 'dino/views/view-options.ts',
    change: 'local views show up to half of the picture',
    from: 'area: [0.05, 0.4],',
    to: 'area: [0.05, 0.5],',
    tests: ['props/views/draws.test.ts'],
  },
  {
    file: 'dino/views/view-options.ts',
    change: 'the first global view is solarised in place of the second',
    from: 'const globals = [view(firstGlobal, globalArea, 0), view(secondGlobal, globalArea, solarise)]',
    to: 'const globals = [view(firstGlobal, globalArea, solarise), view(secondGlobal, globalArea, 0)]',
    tests: ['props/views/draws.test.ts', 'props/train/plan.test.ts'],
  },
  {
    file: 'dino/views/view-plan.ts',
    change: 'width by height is drawn evenly, and not in its logarithm',
    from: 'logAspect: uniform(Math.log(aspect[0]), Math.log(aspect[1])),',
    to: 'logAspect: key => Math.log(uniform(aspect[0], aspect[1])(key)),',
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
    file: 'dino/node/record.ts',
    change: 'a file is written in its place, and not beside it and renamed',
    from: 'const writeWhole = (path: string, contents: string | Uint8Array): void => {',
    to: `const writeWhole = (path: string, contents: string | Uint8Array): void => {
  return writeFileSync(path, contents)`,
    tests: ['props/train/record.test.ts'],
  },
  {
    file: 'dino/node/prefetch.ts',
    change: 'views of steps after the last one are asked for',
    from: 'asked < Math.min(until, steps)',
    to: 'asked < until',
    tests: ['props/train/prefetch.test.ts'],
  },
  {
    file: 'dino/node/prefetch.ts',
    change: 'steps that are asked for after the thread died wait for ever',
    from: 'const known = batch ?? failure',
    to: 'const known = batch',
    tests: ['props/train/prefetch.test.ts'],
  },
  {
    file: 'dino/node/prefetch.ts',
    change: 'steps that wait while the thread dies are not told',
    from: 'for (const resolve of waiting.values()) resolve(failure)',
    to: '',
    tests: ['props/train/prefetch.test.ts'],
  },
]

/** Changes of `dino/` that were once not noticed. */
export const survivorsDino: readonly Mutant[] = [...evaluation, ...schedules, ...step, ...model, ...views, ...running]
