/** Mutants of dino/ that the tests once let live; each names the tests that now fail with it. */
import type { Mutant } from './mutant.ts'

/** Wrong changes of dino/. */
export const survivorsDino: readonly Mutant[] = []
