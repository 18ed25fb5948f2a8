// Stochastic depth (Huang et al. 2016): while the student learns, branches of its blocks are dropped at random. In DINO
// the first block is never dropped and the last most often; in DINOv2 all alike. With a rate of 0.4 and three blocks
// a branch is kept with the probabilities
//
//   linear 1, 0.8, 0.6       uniform 0.6, 0.6, 0.6

/** The rules by which blocks are dropped: DINO, vision_transformer.py; DINOv2, its drop_path_uniform. */
export const dropPathRules = ['linear', 'uniform'] as const

/** A rule by which blocks are dropped. */
export type DropPathRule = (typeof dropPathRules)[number]

/** The options of drop path, and the number of blocks. */
export interface DropPathOptions {
  /** The probability that a branch of the last block is dropped. */
  readonly dropPath: number
  readonly dropPathRule: DropPathRule
  readonly depth: number
}

/**
 * The probability that a branch of block `index` is kept.
 *
 * @example
 * ```ts
 * import { keepProbability } from 'functional-dino/dino'
 * const keep = keepProbability({ dropPath: 0.5, dropPathRule: 'linear', depth: 3 })
 * [0, 1, 2].map(keep) // => [1, 0.75, 0.5]
 * ```
 */
export const keepProbability =
  ({ dropPath, dropPathRule, depth }: DropPathOptions) =>
  (index: number): number =>
    1 - (dropPathRule === 'uniform' ? dropPath : (dropPath * index) / Math.max(depth - 1, 1))
