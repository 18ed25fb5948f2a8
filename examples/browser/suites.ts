// What the page can run: tests of the project, the same files as in Node, on executors that are named.

/** A suite: what it shows, and its modules of tests, which are loaded when it is asked for. */
interface Suite {
  readonly meaning: string
  readonly load: () => Promise<unknown>
}

/** The suites of tests by name. */
export const suites = {
  step: {
    meaning: 'one step of training, against the float64 reference',
    load: () => import('../../props/anywhere/one-step.test.ts'),
  },
  golden: {
    meaning: 'numbers of the public implementations: heads, transformers, losses, optimisers, a training',
    load: async () => {
      await import('../../props/golden/dino-head.test.ts')
      await import('../../props/golden/dino-loss.test.ts')
      await import('../../props/golden/losses-v2.test.ts')
      await import('../../props/golden/optimisers.test.ts')
      await import('../../props/golden/vit-v1.test.ts')
      await import('../../props/golden/vit-v2.test.ts')
      await import('../../props/golden/train-v1.test.ts')
    },
  },
  graphs: {
    meaning: 'random graphs, against the float64 reference',
    load: () => import('../../props/anywhere/random-graphs.test.ts'),
  },
  wide: {
    meaning: 'random graphs and fixed ones with dimensions of more than 64 and more than 4,096 elements',
    load: () => import('../../props/anywhere/wide-dimensions.test.ts'),
  },
  scenes: {
    meaning: '50 steps of a small training on scenes, its losses against those of wasm',
    load: () => import('../../props/anywhere/scenes-losses.test.ts'),
  },
} as const satisfies Readonly<Record<string, Suite>>

/** The name of a suite. */
export type SuiteName = keyof typeof suites

/** All names, in the order of the page's buttons. */
export const suiteNames = Object.keys(suites) as readonly SuiteName[]

/** The executors that a page may have. */
export const pageExecutors = ['gpu:webgpu', 'gpu:webgl2', 'gpu:webasm', 'wasm'] as const
