// From an image to the tokens that the first block reads: the class token, register tokens, which see and are seen but
// stand for no patch (Darcet et al. 2024), and the patches row by row. Class token and patches have learned positions,
// registers have none. A hidden patch is replaced by the mask token before its position is added, so that the network
// knows where it is but not what is there (DINOv2, vision_transformer.py, prepare_tokens_with_masks).
//
//   a picture of 2 x 2 patches, 4 registers:   class, register 0 ... 3, patch (0, 0), (0, 1), (1, 0), (1, 1)

import {
  add,
  concat,
  constant,
  demand,
  dot,
  less,
  merge,
  pad,
  sizeOf,
  slice,
  split,
  type Tensor,
  where,
} from '../../lib/index.ts'
import type { Tokens } from './attention.ts'
import { type Grid, type Resizing, resizePosition } from './position.ts'

/** An image over further axes `A`: values about 0, with unit variance. */
export type Image<A extends string> = Tensor<A | 'colour' | 'row' | 'column'>

/** Which patches of an image are hidden, row by row: 1 where one is, else 0. */
export type Hidden<A extends string> = Tensor<A | 'token'>

/** The parameters that make tokens. */
export interface TokenParameters {
  readonly patch: {
    readonly weight: Tensor<'colour' | 'patchRow' | 'patchColumn' | 'feature'>
    readonly bias: Tensor<'feature'>
  }
  readonly classToken: Tensor<'token' | 'feature'>
  readonly registers?: Tensor<'token' | 'feature'>
  readonly maskToken?: Tensor<'feature'>
  readonly position?: Tensor<'token' | 'feature'>
}

/** Patches of an image of `rows` by `columns` pixels; what is left over at the right and at the bottom is not seen. */
export const gridOf = (rows: number, columns: number, patchSize: number): Grid => ({
  rows: Math.floor(rows / patchSize),
  columns: Math.floor(columns / patchSize),
})

/** The patches of an image under those parameters. */
export const gridUnder = <A extends string>({ patch }: TokenParameters, image: Image<A>): Grid =>
  gridOf(sizeOf('row', image), sizeOf('column', image), sizeOf('patchRow', patch.weight))

/** Tokens before the patches: the class token and registers. */
export const tokensBefore = ({ registers }: TokenParameters): number =>
  registers === undefined ? 1 : 1 + sizeOf('token', registers)

/** Non-overlapping patches as tokens. */
const embedPatches =
  ({ weight, bias }: TokenParameters['patch']) =>
  <A extends string>(image: Image<A>, { rows, columns }: Grid): Tokens<A> => {
    const size = sizeOf('patchRow', weight)
    const cut = slice('row', 0, rows * size)(slice('column', 0, columns * size)(image))
    const tall = split('row', { gridRow: rows, patchRow: size })(cut)
    const patches = split('column', { gridColumn: columns, patchColumn: size })(tall)
    const embedded = add(dot('colour', 'patchRow', 'patchColumn')(patches, weight), bias)
    return merge(['gridRow', 'gridColumn'], 'token')(embedded)
  }

const hide =
  (maskToken: TokenParameters['maskToken']) =>
  <A extends string>(patches: Tokens<A>, hidden: Hidden<A> | undefined): Tokens<A> => {
    if (hidden === undefined) return patches
    if (maskToken === undefined) return demand(false, 'hide patches', 'token', 'a mask token', 'none')(patches)
    return where(less(hidden, constant(0.5)), patches, maskToken)
  }

/** The learned positions of a grid, with zeros for `registers` tokens after that of the class token. */
const positionsOf = (
  position: Tensor<'token' | 'feature'>,
  resizing: Resizing,
  grid: Grid,
  registers: number,
): Tensor<'token' | 'feature'> => {
  const side = Math.round(Math.sqrt(sizeOf('token', position) - 1))
  const resized = resizePosition(resizing)({ rows: side, columns: side }, grid)(position)
  if (registers === 0) return resized
  const patches = slice('token', 1, grid.rows * grid.columns)(resized)
  return concat('token')(pad('token', 0, registers)(slice('token', 0, 1)(resized)), patches)
}

/** All tokens of an image, with their learned positions. */
export const embed =
  (parameters: TokenParameters, resizing: Resizing) =>
  <A extends string>(image: Image<A>, hidden?: Hidden<A>): Tokens<A> => {
    const { patch, classToken, registers, maskToken, position } = parameters
    const grid = gridUnder(parameters, image)
    const before = tokensBefore(parameters)
    const seen = hide(maskToken)(embedPatches(patch)(image, grid), hidden)
    const patches = pad('token', before, 0)(seen)
    const prefix = registers === undefined ? classToken : concat('token')(classToken, registers)
    const own = pad('token', 0, grid.rows * grid.columns)(prefix)
    const positions = position && positionsOf(position, resizing, grid, before - 1)
    return add(patches, positions === undefined ? own : add(positions, own))
  }
