// Micro-batches: the parts in which the batch of a step is taken, one after the other. What is drawn is drawn for the
// whole batch, and each part gets its own, so that the parts together are the batch. Of a batch of 8 in 4 parts, part 1
// has images 2 and 3.

import { type Dense, dense, type Sizes, trees } from '../../lib/index.ts'
import type { RunOptions } from './run-options.ts'

/** Images of a micro-batch. */
export const microBatchSize = ({ batch, accumulate }: Pick<RunOptions, 'batch' | 'accumulate'>): number =>
  Math.max(1, Math.floor(batch / accumulate))

/** One of so many equal parts of host values along the axis 'batch'; values without that axis are every part's. */
const cut =
  (part: number, parts: number) =>
  (whole: Dense<'batch'>): Dense<'batch'> => {
    const sizes = whole.sizes as Partial<Sizes<string>>
    if (sizes.batch === undefined) return whole
    const names = Object.keys(sizes)
    const inner = names.slice(names.indexOf('batch') + 1).reduce((count, name) => count * sizes[name]!, 1)
    const [row, length] = [sizes.batch * inner, (sizes.batch / parts) * inner]
    const data = new Float32Array(whole.data.length / parts)
    for (let at = 0; at * length < data.length; at += 1) {
      const from = at * row + part * length
      data.set(whole.data.subarray(from, from + length), at * length)
    }
    return dense({ ...whole.sizes, batch: sizes.batch / parts }, data)
  }

/**
 * The values of one micro-batch of so many, from a tree of host values of the whole batch.
 *
 * @example
 * ```ts
 * import { dense } from 'functional-dino'
 * import { partOf } from 'functional-dino/dino'
 * const whole = { mask: dense({ block: 2, batch: 4 }, Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8)) }
 * partOf(1, 2)(whole).mask.data // => [3, 4, 7, 8]
 * ```
 */
export const partOf =
  (part: number, parts: number) =>
  <T extends object>(tree: T): T =>
    parts === 1
      ? tree
      : trees.refill(
          tree,
          trees.leavesOf<'dense'>(tree).map(([, leaf]) => cut(part, parts)(leaf as object as Dense<'batch'>)),
        )
