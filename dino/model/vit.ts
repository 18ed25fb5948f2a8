// The vision transformer (Dosovitskiy et al. 2021) as in DINO, DINOv2 and DINOv3: an image's tokens, blocks, and a last
// norm. Images have the axes 'colour', 'row' and 'column'; any further axis is carried along. Which parts a transformer
// has is told by its parameters; how they are applied, by its form. The outputs of all blocks and their attention
// weights are returned too; a value that no output of a program needs is never computed.

import { type As, at, initialisers, layerNorm, scope, sizeOf, slice, type Tensor } from '../../lib/index.ts'
import type { Attended, Tokens } from './attention.ts'
import { applyBlock, type BlockSizes, block, layerNormWeights } from './block.ts'
import { usualDeviation } from './linear.ts'
import { onlyIf } from './optional.ts'
import { rotation } from './rotary.ts'
import { embed, gridOf, gridUnder, type Hidden, type Image, tokensBefore } from './tokens.ts'
import type { PositionKind, VitForm } from './vit-form.ts'

export type { Hidden, Image } from './tokens.ts'

/** The sizes of a vision transformer. A part of which nothing is said is not there, as in DINO. */
export interface VitSizes extends BlockSizes {
  /** Rows and columns of the images that the position embedding is learned for. */
  readonly imageSize: number
  /** Rows and columns of a patch. */
  readonly patchSize: number
  readonly depth: number
  /** Register tokens. */
  readonly registers?: number
  /** Whether patches can be hidden. */
  readonly maskToken?: boolean
  /** Learned if nothing is said. */
  readonly positions?: PositionKind
  /** Whether class and register tokens begin at all but zero, as in DINOv2, not as weights do. */
  readonly tokensNearZero?: boolean
}

const colours = 3

/** The deviation of class and register tokens in DINOv2 (vision_transformer.py, init_weights). */
const nearZero = 1e-6

const patchWeights = (patchSize: number, features: number) => {
  const patch = { colour: colours, patchRow: patchSize, patchColumn: patchSize }
  const bound = 1 / Math.sqrt(colours * patchSize * patchSize)
  return {
    weight: initialisers.withRole('weight')(initialisers.uniformWithin(bound)({ ...patch, feature: features })),
    bias: initialisers.withRole('bias')(initialisers.uniformWithin(bound)({ feature: features })),
  }
}

/** Class token, registers, mask token and positions. */
const tokenWeights = ({ imageSize, patchSize, features, deviation = usualDeviation, ...sizes }: VitSizes) => {
  const { registers = 0, maskToken = false, positions = 'learned', tokensNearZero = false } = sizes
  const { rows, columns } = gridOf(imageSize, imageSize, patchSize)
  const token = initialisers.normal(tokensNearZero ? nearZero : deviation)
  return {
    classToken: initialisers.withRole('token')(token({ token: 1, feature: features })),
    ...onlyIf(registers > 0, () => ({
      registers: initialisers.withRole('register')(token({ token: registers, feature: features })),
    })),
    ...onlyIf(maskToken, () => ({
      maskToken: initialisers.withRole('mask token')(initialisers.zeros({ feature: features })),
    })),
    ...onlyIf(positions === 'learned', () => ({
      position: initialisers.withRole('position')(
        initialisers.normal(deviation)({ token: 1 + rows * columns, feature: features }),
      ),
    })),
  }
}

/**
 * Initialisers of a vision transformer: what makes tokens at depth 0, block i at depth i + 1, the last norm one deeper.
 * The patch embedding keeps torch's default for convolutions, as in the public code.
 */
export const vit = (sizes: VitSizes) => ({
  patch: patchWeights(sizes.patchSize, sizes.features),
  ...tokenWeights(sizes),
  blocks: Array.from({ length: sizes.depth }, (_, index) => initialisers.atDepth(index + 1)(block(sizes))),
  norm: initialisers.atDepth(sizes.depth + 1)(layerNormWeights(sizes.features)),
})

/** Parameters of a vision transformer. */
export type Vit = As<'tensor', ReturnType<typeof vit>>

/** The factor of each branch of each block. */
export type DropMask<A extends string> = Tensor<A | 'block' | 'branch'>

/** The masks with which images over further axes `A` pass a transformer. */
export interface Masks<A extends string> {
  /** Drops branches of blocks. */
  readonly drop?: DropMask<A>
  /** Hides patches. */
  readonly hidden?: Hidden<A>
}

/** The outputs of a vision transformer for an image. */
export interface VitOutput<A extends string> {
  /** The normalised class token: the image's feature. */
  readonly classToken: Tensor<A | 'feature'>
  /** The normalised patch tokens, row by row. */
  readonly patches: Tokens<A>
  /** The normalised tokens: the class token, registers, patches. */
  readonly tokens: Tokens<A>
  /** Each block's output, not normalised, and its attention weights. */
  readonly blocks: readonly Attended<A>[]
}

/** A transformer: one signature for a single image, one for images over further axes; see `Replaces`. */
export interface AppliesVit {
  (image: Image<never>, masks?: Masks<never>): VitOutput<never>
  <A extends string>(image: Image<A>, masks?: Masks<A>): VitOutput<A>
}

const channelsOf = ({ blocks: [first] }: Vit): number => sizeOf('channel', first.attention.project.weight)

/** The transformer, from an image to its tokens. */
export const applyVit = (parameters: Vit, { resizing, rotary }: VitForm): AppliesVit => {
  const before = tokensBefore(parameters)
  const applied = <A extends string>(image: Image<A>, { drop, hidden }: Masks<A> = {}): VitOutput<A> => {
    const blocks: Attended<A>[] = []
    const grid = gridUnder(parameters, image)
    const rotate = rotary && rotation(rotary, grid, before, channelsOf(parameters))
    let tokens = embed(parameters, resizing)(image, hidden)
    parameters.blocks.forEach((weights, index) => {
      const own = drop === undefined ? undefined : at('block', index)(drop)
      const output = scope(`block ${index}`)((x: Tokens<A>) => applyBlock(weights, rotate)(x, own))(tokens)
      blocks.push(output)
      tokens = output.tokens
    })
    const normal = layerNorm('feature')(parameters.norm)(tokens)
    const patches = slice('token', before, grid.rows * grid.columns)(normal)
    return { classToken: at('token', 0)(normal), patches, tokens: normal, blocks }
  }
  return applied as AppliesVit
}
