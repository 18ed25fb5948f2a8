// Decoding image files with sharp (libvips), which is loaded when the first file is decoded and not before, so that nothing
// else here depends on it. Whatever a file holds becomes 8-bit sRGB: cameras' orientation is applied, grey, 16-bit and CMYK are
// converted, and what is transparent lies on white.

import { readFile } from 'node:fs/promises'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { DataError } from '../data/picture-set.ts'
import type { Extent } from '../views/picture.ts'

/** A decoded picture as bytes: [row, column, colour], red, green and blue. */
export interface Decoded extends Extent {
  readonly bytes: Uint8Array
}

/** File names that hold pictures, and how to say so. */
export const pictureFile = /\.(png|jpe?g|webp)$/i
export const pictureFormats = 'PNG, JPEG or WebP'

const reasonOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown))

const loadSharp: TE.TaskEither<DataError, typeof import('sharp').default> = TE.tryCatch(
  async () => (await import('sharp')).default,
  (thrown): DataError => ({ kind: 'no decoder', reason: reasonOf(thrown) }),
)

/** Decodes a file; a picture whose shorter side is longer than `shorterSide` pixels is reduced to that. */
export const decodeFile = (path: string, shorterSide: number): TE.TaskEither<DataError, Decoded> =>
  pipe(
    loadSharp,
    TE.chain(sharp =>
      TE.tryCatch(
        async () => {
          const { data, info } = await sharp(await readFile(path), { failOn: 'error' })
            .autoOrient()
            .resize({ width: shorterSide, height: shorterSide, fit: 'outside', withoutEnlargement: true })
            .toColourspace('srgb')
            .flatten({ background: 'white' })
            .raw({ depth: 'uchar' })
            .toBuffer({ resolveWithObject: true })
          return { rows: info.height, columns: info.width, bytes: new Uint8Array(data) }
        },
        (thrown): DataError => ({ kind: 'broken picture', path, reason: reasonOf(thrown) }),
      ),
    ),
  )
