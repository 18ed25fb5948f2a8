// From an image file to 8-bit sRGB, with sharp (libvips), which is loaded when the first file is decoded. The
// orientation that a camera recorded is applied; grey, 16-bit and CMYK pictures are converted; transparent ones lie on
// white. Only regular files are read. A file's first bytes must be those of a format below, whatever its name says.
// Reading and decoding may take half a minute each at most.

import { readFile, stat } from 'node:fs/promises'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { DataError } from '../data/picture-set.ts'
import type { Extent } from '../views/picture.ts'
import { faultOf } from './files.ts'

/** A decoded picture as bytes: [row, column, colour], red, green and blue. */
export interface Decoded extends Extent {
  readonly bytes: Uint8Array
}

/** A format: how its files are named, and the bytes that they begin with, where `undefined` may be any. */
interface Format {
  readonly name: string
  readonly file: RegExp
  readonly begins: readonly (number | undefined)[]
}

const bytesOf = (text: string): readonly number[] => [...text].map(letter => letter.charCodeAt(0))
const any4 = [undefined, undefined, undefined, undefined]

const formats: readonly Format[] = [
  { name: 'PNG', file: /\.png$/i, begins: [0x89, ...bytesOf('PNG\r\n\u001a\n')] },
  { name: 'JPEG', file: /\.jpe?g$/i, begins: [0xff, 0xd8, 0xff] },
  { name: 'WebP', file: /\.webp$/i, begins: [...bytesOf('RIFF'), ...any4, ...bytesOf('WEBP')] },
]

/** The formats, for a person: `PNG, JPEG or WebP`. */
export const pictureFormats = formats
  .map(({ name }) => name)
  .reduce((all, name, at) => (at === formats.length - 1 ? `${all} or ${name}` : `${all}, ${name}`))

/** Whether a file is named as pictures are. */
export const isPictureName = (name: string): boolean => formats.some(({ file }) => file.test(name))

const isPicture = (contents: Uint8Array): boolean =>
  formats.some(({ begins }) => begins.every((byte, at) => byte === undefined || contents[at] === byte))

/** Seconds after which a file is given up. */
const patience = 30

const loadSharp: TE.TaskEither<DataError, typeof import('sharp').default> = TE.tryCatch(
  async () => (await import('sharp')).default,
  (thrown): DataError => ({ kind: 'no decoder', reason: faultOf(thrown) }),
)

/** The contents of a regular file that is a picture by its first bytes. */
const readPicture = async (path: string): Promise<Uint8Array> => {
  if (!(await stat(path)).isFile()) throw new Error('it is not a regular file')
  const contents = await readFile(path, { signal: AbortSignal.timeout(1000 * patience) })
  if (!isPicture(contents)) throw new Error(`it is not ${pictureFormats} by its content`)
  return contents
}

/** Decodes a file; a picture whose shorter side is longer than `shorterSide` pixels is reduced to that. */
export const decodeFile = (path: string, shorterSide: number): TE.TaskEither<DataError, Decoded> =>
  pipe(
    loadSharp,
    TE.chain(sharp =>
      TE.tryCatch(
        async () => {
          const { data, info } = await sharp(await readPicture(path), { failOn: 'error' })
            .timeout({ seconds: patience })
            .autoOrient()
            .resize({ width: shorterSide, height: shorterSide, fit: 'outside', withoutEnlargement: true })
            .toColourspace('srgb')
            .flatten({ background: 'white' })
            .raw({ depth: 'uchar' })
            .toBuffer({ resolveWithObject: true })
          return { rows: info.height, columns: info.width, bytes: new Uint8Array(data) }
        },
        (thrown): DataError => ({ kind: 'broken picture', path, reason: faultOf(thrown) }),
      ),
    ),
  )
