// Axial rotary positions (Su et al. 2021; the two axes of DINOv3, arXiv 2508.10104): the channels of each query and key
// are turned, two at a time, by angles that follow from the row and the column of their patch. The score of two patches
// then depends on how far apart they are, not on where. Class and register tokens are not turned.
//
//   base 100, 8 channels, row 0 of 2: coordinate (0 + 0.5) / 2 * 2 - 1 = -0.5, angles -pi and -pi / 10

import { add, array, at, concat, demand, expand, merge, mul, split, sub, type Tensor } from '../../lib/index.ts'
import type { Grid } from './position.ts'

/** Rotary positions. */
export interface Rotary {
  /** All periods lie from 1, half a picture, to below `base` (DINOv3: 100). */
  readonly base: number
}

/** Turns the channels of each token. */
export type Rotation = <A extends string>(x: Tensor<A | 'token' | 'channel'>) => Tensor<A | 'token' | 'channel'>

/** The middle of a row or column, where the picture reaches from -1 to 1. */
const coordinate = (at: number, count: number): number => ((at + 0.5) / count) * 2 - 1

/**
 * The angles of a patch, one for each pair of channels: those of its row, then those of its column. The periods are
 * base^(2j / (channels / 2)), j = 0, ..., channels / 4 - 1.
 *
 * @example
 * ```ts
 * import { anglesAt } from 'functional-dino/dino'
 * anglesAt({ base: 100 }, { rows: 2, columns: 1 }, 8)(0, 0) // => [-Math.PI, -Math.PI / 10, 0, 0]
 * ```
 */
export const anglesAt =
  ({ base }: Rotary, { rows, columns }: Grid, channels: number) =>
  (row: number, column: number): readonly number[] => {
    const periods = Array.from({ length: channels / 4 }, (_, index) => base ** ((4 * index) / channels))
    return [coordinate(row, rows), coordinate(column, columns)].flatMap(where =>
      periods.map(period => (2 * Math.PI * where) / period),
    )
  }

/** The angles of all tokens, row by row, and 0 for the first `before`, which are no patches. */
const anglesOf = (rotary: Rotary, grid: Grid, before: number, channels: number): readonly number[] => {
  const at = anglesAt(rotary, grid, channels)
  const patches = Array.from({ length: grid.rows * grid.columns }, (_, patch) =>
    at(Math.floor(patch / grid.columns), patch % grid.columns),
  )
  return [...Array.from({ length: (before * channels) / 2 }, () => 0), ...patches.flat()]
}

/**
 * The rotation of tokens of which the first `before` are no patches. Channel i of the first half of a head's channels
 * is turned with channel i of the second half. A number of channels that is no multiple of 4 is a fault of the graph.
 */
export const rotation = (rotary: Rotary, grid: Grid, before: number, channels: number): Rotation => {
  const pairs = channels / 2
  const fits = channels % 4 === 0
  const angles = fits ? anglesOf(rotary, grid, before, channels) : []
  const tokens = before + grid.rows * grid.columns
  const table = (of: (angle: number) => number): Tensor<'token' | 'pair'> =>
    array({ token: tokens, pair: pairs }, angles.map(of))
  return <A extends string>(x: Tensor<A | 'token' | 'channel'>): Tensor<A | 'token' | 'channel'> => {
    if (!fits) return demand(false, 'rotary positions', 'channel', 'a multiple of 4', `${channels}`)(x)
    const [cosine, sine] = [table(Math.cos), table(Math.sin)]
    const halves: Tensor<A | 'token' | 'half' | 'pair'> = split('channel', { half: 2, pair: pairs })(x)
    const [first, second]: Tensor<A | 'token' | 'pair'>[] = [0, 1].map(half => at('half', half)(halves))
    const turned = [sub(mul(first, cosine), mul(second, sine)), add(mul(second, cosine), mul(first, sine))].map(half =>
      expand({ half: 1 })(half),
    )
    return merge(['half', 'pair'], 'channel')(concat('half')(turned[0], turned[1]))
  }
}
