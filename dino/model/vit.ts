// The vision transformer (Dosovitskiy et al. 2021) as in DINO: patches and a class token with learned positions,
// blocks, and a last norm. Images have the axes 'colour', 'row' and 'column'; any further axis is carried along. The
// outputs of all blocks and their attention weights are returned too; a value that no output of a program needs is
// never computed.

import {
  type As,
  add,
  at,
  dot,
  initialisers,
  layerNorm,
  merge,
  pad,
  scope,
  sizeOf,
  slice,
  split,
  type Tensor,
} from '../../lib/index.ts'
import { type Attended, applyBlock, block, layerNormWeights, type Tokens } from './block.ts'
import { usualDeviation } from './linear.ts'
import { type Grid, resizePosition } from './position.ts'

/** The sizes of a vision transformer. */
export interface VitSizes {
  /** Rows and columns of the images that the position embedding is learned for. */
  readonly imageSize: number
  /** Rows and columns of a patch. */
  readonly patchSize: number
  readonly features: number
  readonly depth: number
  readonly heads: number
  readonly mlpRatio: number
  /** Deviation of initial weights and tokens. */
  readonly deviation?: number
}

const colours = 3

/** Patches of an image of `rows` by `columns` pixels. */
const gridOf = (rows: number, columns: number, patchSize: number): Grid => ({
  rows: Math.floor(rows / patchSize),
  columns: Math.floor(columns / patchSize),
})

/**
 * Initialisers of a vision transformer: what makes tokens at depth 0, block i at depth i + 1, the last norm one deeper.
 * The patch embedding keeps torch's default for convolutions, as in the public code.
 */
export const vit = ({ imageSize, patchSize, depth, ...sizes }: VitSizes) => {
  const { features, deviation = usualDeviation } = sizes
  const patch = { colour: colours, patchRow: patchSize, patchColumn: patchSize }
  const { rows, columns } = gridOf(imageSize, imageSize, patchSize)
  const bound = 1 / Math.sqrt(colours * patchSize * patchSize)
  return {
    patch: {
      weight: initialisers.withRole('weight')(initialisers.uniformWithin(bound)({ ...patch, feature: features })),
      bias: initialisers.withRole('bias')(initialisers.uniformWithin(bound)({ feature: features })),
    },
    classToken: initialisers.withRole('token')(initialisers.normal(deviation)({ token: 1, feature: features })),
    position: initialisers.withRole('position')(
      initialisers.normal(deviation)({ token: 1 + rows * columns, feature: features }),
    ),
    blocks: Array.from({ length: depth }, (_, index) => initialisers.atDepth(index + 1)(block(sizes))),
    norm: initialisers.atDepth(depth + 1)(layerNormWeights(features)),
  }
}

/** Parameters of a vision transformer. */
export type Vit = As<'tensor', ReturnType<typeof vit>>

/** An image over further axes `A`: values about 0, with unit variance. */
export type Image<A extends string> = Tensor<A | 'colour' | 'row' | 'column'>

/** The factor of each branch of each block. */
export type DropMask<A extends string> = Tensor<A | 'block' | 'branch'>

/** The masks with which images over further axes `A` pass a transformer. */
export interface Masks<A extends string> {
  /** Drops branches of blocks. */
  readonly drop?: DropMask<A>
}

/** The outputs of a vision transformer for an image. */
export interface VitOutput<A extends string> {
  /** The normalised class token: the image's feature. */
  readonly classToken: Tensor<A | 'feature'>
  /** The normalised patch tokens, row by row. */
  readonly patches: Tokens<A>
  /** The normalised tokens, the class token first. */
  readonly tokens: Tokens<A>
  /** Each block's output, not normalised, and its attention weights. */
  readonly blocks: readonly Attended<A>[]
}

/** Non-overlapping patches as tokens. */
const embedPatches =
  ({ weight, bias }: Vit['patch']) =>
  <A extends string>(image: Image<A>, { rows, columns }: Grid): Tokens<A> => {
    const size = sizeOf('patchRow', weight)
    const cut = slice('row', 0, rows * size)(slice('column', 0, columns * size)(image))
    const tall = split('row', { gridRow: rows, patchRow: size })(cut)
    const patches = split('column', { gridColumn: columns, patchColumn: size })(tall)
    const embedded = add(dot('colour', 'patchRow', 'patchColumn')(patches, weight), bias)
    return merge(['gridRow', 'gridColumn'], 'token')(embedded)
  }

/** The class token before the patches, and the positions of both added. */
const embed =
  (parameters: Vit) =>
  <A extends string>(image: Image<A>): Tokens<A> => {
    const size = sizeOf('patchRow', parameters.patch.weight)
    const side = Math.round(Math.sqrt(sizeOf('token', parameters.position) - 1))
    const grid = gridOf(sizeOf('row', image), sizeOf('column', image), size)
    const patches = pad('token', 1, 0)(embedPatches(parameters.patch)(image, grid))
    const position = resizePosition({ rows: side, columns: side }, grid)(parameters.position)
    const offset = add(position, pad('token', 0, grid.rows * grid.columns)(parameters.classToken))
    return add(patches, offset)
  }

/** A transformer: one signature for a single image, one for images over further axes; see `Replaces`. */
export interface AppliesVit {
  (image: Image<never>, masks?: Masks<never>): VitOutput<never>
  <A extends string>(image: Image<A>, masks?: Masks<A>): VitOutput<A>
}

/** The transformer, from an image to its tokens. */
export const applyVit = (parameters: Vit): AppliesVit => {
  const applied = <A extends string>(image: Image<A>, { drop }: Masks<A> = {}): VitOutput<A> => {
    const blocks: Attended<A>[] = []
    let tokens = embed(parameters)(image)
    parameters.blocks.forEach((weights, index) => {
      const own = drop === undefined ? undefined : at('block', index)(drop)
      const output = scope(`block ${index}`)((x: Tokens<A>) => applyBlock(weights)(x, own))(tokens)
      blocks.push(output)
      tokens = output.tokens
    })
    const normal = layerNorm('feature')(parameters.norm)(tokens)
    const count = sizeOf('token', normal) - 1
    return { classToken: at('token', 0)(normal), patches: slice('token', 1, count)(normal), tokens: normal, blocks }
  }
  return applied as AppliesVit
}
