// Which patches iBOT hides (DINOv2, data/masking.py and data/collate.py): a share of a batch's views are masked. Their
// ratios of hidden patches are spread evenly over a range, each drawn within its own part of it, and handed out in a
// random order. A view's patches are hidden by rectangles, one after another, until there are enough or none is found
// that hides more. A mask of 18 of 36 patches:
//
//   # # # . . .
//   # # # # # .
//   # # # # # .
//   . . # # # .
//   . . # # . .
//   . . . . . .

import { random } from '../../lib/index.ts'
import type { Grid } from '../model/position.ts'

/** The options of the masks. */
export interface MaskOptions {
  /** The share of views that are masked. */
  readonly views: number
  /** The least and the greatest share of the patches of such a view that are to be hidden. */
  readonly ratio: readonly [least: number, most: number]
  /** Whether single patches are hidden until the number is met; else there may be fewer. */
  readonly exact: boolean
}

/** A rectangle of patches. */
interface Rectangle {
  readonly top: number
  readonly left: number
  readonly height: number
  readonly width: number
}

/** The fewest patches that a rectangle is drawn for. */
const fewest = 4
/** Of all patches, the share that one rectangle may hide. */
const mostShare = 0.5
/** Height over width of a rectangle lies between this and its inverse. */
const flattest = 0.3
/** Rectangles that are tried before there is said to be none. */
const tries = 10

const between = (low: number, high: number, at: number): number => low + (high - low) * at

/** A rectangle of some number of patches up to `most`, or none if it would reach over the whole grid. */
const rectangle = ({ rows, columns }: Grid, most: number, key: random.Key): Rectangle | undefined => {
  const [first, second, third, fourth] = random.uniforms(key, 4)
  const area = between(fewest, most, first)
  const aspect = Math.exp(between(Math.log(flattest), -Math.log(flattest), second))
  const [height, width] = [Math.round(Math.sqrt(area * aspect)), Math.round(Math.sqrt(area / aspect))]
  if (height < 1 || width < 1 || height >= rows || width >= columns) return undefined
  const from = (room: number, at: number): number => Math.floor((room + 1) * at)
  return { top: from(rows - height, third), left: from(columns - width, fourth), height, width }
}

/** The patches of a rectangle that are not hidden yet. */
const freshOf = ({ columns }: Grid, hidden: ReadonlySet<number>, { top, left, height, width }: Rectangle) =>
  Array.from(
    { length: height * width },
    (_, at) => (top + Math.floor(at / width)) * columns + left + (at % width),
  ).filter(patch => !hidden.has(patch))

/** The patches that a next rectangle hides, at most `most`; none if `tries` of them hide nothing, or too much. */
const nextBlock = (grid: Grid, hidden: ReadonlySet<number>, most: number, key: random.Key): readonly number[] => {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const drawn = rectangle(grid, most, random.fold(key, attempt))
    const fresh = drawn === undefined ? [] : freshOf(grid, hidden, drawn)
    if (fresh.length > 0 && fresh.length <= most) return fresh
  }
  return []
}

/** The patches of a view that are hidden, about `wanted` and no more. */
const hiddenPatches = (grid: Grid, wanted: number, exact: boolean, key: random.Key): ReadonlySet<number> => {
  const patches = grid.rows * grid.columns
  const hidden = new Set<number>()
  for (let turn = 0; hidden.size < wanted; turn += 1) {
    const most = Math.min(wanted - hidden.size, Math.floor(mostShare * patches))
    const block = nextBlock(grid, hidden, most, random.fold(key, turn))
    if (block.length === 0) break
    for (const patch of block) hidden.add(patch)
  }
  const others = [...random.permutation(random.fold(key, 'others'), patches)].filter(patch => !hidden.has(patch))
  if (exact) for (const patch of others.slice(0, wanted - hidden.size)) hidden.add(patch)
  return hidden
}

/**
 * Masks of so many views, one after the other and each row by row: 1 where a patch is hidden.
 *
 * @example
 * ```ts
 * import { random } from 'functional-dino'
 * import { blockMasks } from 'functional-dino/dino'
 * const options = { views: 0.5, ratio: [0.25, 0.25], exact: true } as const
 * const masks = blockMasks(options, { rows: 4, columns: 4 }, 2, random.keyOf(1))
 * masks.reduce((count, hidden) => count + hidden, 0) // => 4
 * ```
 */
export const blockMasks = (
  { views, ratio: [least, most], exact }: MaskOptions,
  grid: Grid,
  count: number,
  key: random.Key,
): Float32Array => {
  const patches = grid.rows * grid.columns
  const masked = Math.floor(views * count)
  const order = random.permutation(random.fold(key, 'order'), count)
  const within = random.uniforms(random.fold(key, 'ratio'), masked)
  const masks = new Float32Array(count * patches)
  for (let part = 0; part < masked; part += 1) {
    const ratio = between(least, most, (part + within[part]) / masked)
    const own = random.fold(random.fold(key, 'view'), part)
    for (const patch of hiddenPatches(grid, Math.floor(patches * ratio), exact, own))
      masks[order[part] * patches + patch] = 1
  }
  return masks
}
