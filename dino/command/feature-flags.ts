// The flags of the `features` command, and what they ask for of a backbone of known sizes. Pictures are seen as the
// public evaluations see them: the shorter side is resized (bicubic) to 8/7 of the size, 256 for 224, the middle is cut
// out, and colours are normalised by ImageNet's.

import * as E from 'fp-ts/lib/Either.js'
import type { FeatureOptions } from '../evaluate/token-features.ts'
import type { VitSizes } from '../model/vit.ts'
import { cameAs, type Refusal, type Values } from '../options/option.ts'
import { onOff, text, whole } from '../options/option-rows.ts'
import { weightOptions } from './weight-flags.ts'

const outAllowed = 'a new file whose name ends in .safetensors'
const blocksAllowed = 'numbers of blocks, as 9,11; the first is 0'

/** The options of the command. */
export const featureOptions = {
  ...weightOptions,
  images: text(undefined, 'the pictures', 'a folder of PNG, JPEG or WebP files'),
  out: text(undefined, 'what to write; parts of it are kept beside it, and a second call goes on', outAllowed),
  size: whole([1, 4096], undefined, 'pixels of a side; 224, or the size of the weights if that is smaller'),
  batch: whole([1, 1024], 16, 'images at a time'),
  patches: onOff(true, 'whether patch tokens are written too'),
  blocks: text(undefined, 'blocks whose normalised tokens are written too', blocksAllowed),
} as const

type FeatureFlags = Values<typeof featureOptions>

/** What the flags ask for. */
export interface Wanted {
  readonly images: string
  readonly out: string
  readonly options: FeatureOptions
}

const publishedSize = 224

const refused = (name: string, allowed: string, came: unknown): E.Either<Refusal, never> =>
  E.left({ name, allowed, came: cameAs(came) })

const blocksIn = (asked: string | undefined): readonly number[] =>
  asked === undefined ? [] : asked.split(',').map(Number)

/** What the flags ask for, if a backbone of those sizes has it. */
export const wantedOf = (
  { images, out, size, batch, patches, blocks }: FeatureFlags,
  { imageSize, patchSize, depth }: VitSizes,
  isThere: (path: string) => boolean,
): E.Either<Refusal, Wanted> => {
  const pixels = size ?? Math.min(publishedSize, imageSize)
  const numbers = blocksIn(blocks)
  if (images === undefined) return refused('--images', featureOptions.images.allowed, images)
  if (out === undefined || !out.endsWith('.safetensors') || isThere(out)) return refused('--out', outAllowed, out)
  if (pixels % patchSize !== 0) return refused('--size', `a multiple of the patches' ${patchSize} pixels`, pixels)
  if (!numbers.every(number => Number.isInteger(number) && number >= 0 && number < depth))
    return refused('--blocks', `${blocksAllowed}, and the last ${depth - 1}`, blocks)
  return E.right({ images, out, options: { size: pixels, batch, patches, blocks: [...new Set(numbers)] } })
}
