// Folders of pictures for tests: pictures as the bytes of files, and what is read of a folder.

import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import sharp from 'sharp'
import { type DataError, type PictureSet, showDataError } from '../../dino/data/picture-set.ts'
import { type FolderOptions, openFolder } from '../../dino/node/folder.ts'
import type { Picture } from '../../dino/views/picture.ts'

/** The pictures of a folder. */
export const opened = async (folder: string, options?: Partial<FolderOptions>): Promise<PictureSet> => {
  const set = await openFolder(folder, options)()
  if (E.isLeft(set)) assert.fail(showDataError(set.left))
  return set.right
}

/** What is wrong with a folder that cannot be opened. */
export const refused = async (folder: string): Promise<DataError> => {
  const set = await openFolder(folder)()
  return E.isLeft(set) ? set.left : assert.fail(`opened ${set.right.names.length} pictures`)
}

/** A picture of a set. */
export const read = async (set: PictureSet, index: number): Promise<Picture> => {
  const picture = await set.read(index)()
  return E.isRight(picture) ? picture.right : assert.fail(showDataError(picture.left))
}

/** What is wrong with a picture that cannot be read. */
export const broken = async (set: PictureSet, index: number): Promise<DataError> => {
  const picture = await set.read(index)()
  return E.isLeft(picture) ? picture.left : assert.fail('was read')
}

/** Pixels in the order [row, column, channel] as an image for sharp to encode. */
export const pixels = (width: number, height: number, values: readonly number[]) => {
  const channels = values.length / (width * height)
  assert.ok(channels === 1 || channels === 2 || channels === 3 || channels === 4)
  return sharp(Uint8Array.from(values), { raw: { width, height, channels } })
}

/** A picture of one colour. */
export const plain = (width: number, height: number, colour: readonly number[]) =>
  pixels(width, height, Array.from({ length: width * height }, () => colour).flat())

/** A picture of three columns and two rows. */
export const png = await plain(3, 2, [10, 20, 30]).png().toBuffer()

/** A picture of eight columns and eight rows. */
export const jpeg = await plain(8, 8, [200, 100, 50]).jpeg({ quality: 100 }).toBuffer()

/** A picture of four columns and four rows. */
export const webp = await plain(4, 4, [0, 0, 255]).webp({ lossless: true }).toBuffer()
