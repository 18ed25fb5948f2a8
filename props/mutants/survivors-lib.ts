// Mutants of lib/ that the tests once let live; each names the tests that fail with it now.

import type { Mutant } from './mutant.ts'

/** Wrong changes of lib/, and of what its tests hold in dino/. */
export const survivorsLib: readonly Mutant[] = [
  {
    file: 'lib/tree/random.ts',
    change: 'the logarithm of 0 is possible',
    from: 'Math.log((words[2 * index] + 1) * 2 ** -32)',
    to: 'Math.log(words[2 * index] * 2 ** -32)',
    tests: ['props/tree/random.test.ts'],
  },
]
