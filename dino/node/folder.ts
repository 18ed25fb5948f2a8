// A folder of image files as a set of pictures. Each sub-folder is a class, whose files may lie in folders below it;
// without sub-folders, or with pictures beside them, there are no classes. Files are decoded when they are first read,
// and kept as bytes while there is room.

import { basename, join, resolve } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { DataError, PictureSet } from '../data/picture-set.ts'
import { fromBytes } from '../views/picture.ts'
import { type Decoded, decodeFile, isPictureName, pictureFormats } from './decode.ts'
import { type Listing, listFolder } from './list.ts'

/** How a folder is opened. */
export interface FolderOptions {
  /** Larger pictures are reduced to this shorter side, in pixels, when they are decoded. */
  readonly shorterSide: number
  /** How many bytes of decoded pictures are kept; the others are decoded each time. */
  readonly cacheBytes: number
  /**
   * Whether pictures beside the sub-folders, which belong to no class, are left out; else they come, and there are no
   * labels.
   */
  readonly labelled: boolean
}

const usual: FolderOptions = { shorterSide: 512, cacheBytes: 2 ** 30, labelled: false }

/**
 * Keeps what was decoded until the budget is spent, and then keeps what it has: where every picture is read once an
 * epoch, no choice of what to drop does better.
 */
const cached = (budget: number, decode: (index: number) => TE.TaskEither<DataError, Decoded>) => {
  const kept = new Map<number, Decoded>()
  let spent = 0
  return (index: number): TE.TaskEither<DataError, Decoded> =>
    async () => {
      const known = kept.get(index)
      if (known !== undefined) return E.right(known)
      const decoded = await decode(index)()
      if (E.isRight(decoded) && !kept.has(index) && spent + decoded.right.bytes.length <= budget) {
        kept.set(index, decoded.right)
        spent += decoded.right.bytes.length
      }
      return decoded
    }
}

/**
 * Without a picture in any sub-folder there are no classes; with one, pictures beside the sub-folders belong to none.
 */
const classify = ({ files, folders }: Listing, labelled: boolean): Pick<PictureSet, 'names' | 'labels' | 'classes'> => {
  const pictures = files.filter(isPictureName)
  const names = pictures.filter(name => name.includes('/'))
  const classless = names.length === 0 || (names.length < pictures.length && !labelled)
  if (classless) return { names: pictures, labels: undefined, classes: [] }
  const places = new Map(folders.map((folder, place) => [folder, place]))
  return { names, labels: names.map(name => places.get(name.slice(0, name.indexOf('/')))!), classes: folders }
}

/**
 * The pictures of a folder (PNG, JPEG, WebP), sorted by name. A picture's class is the folder's own sub-folder that it
 * lies in, and a sub-folder without pictures is a class too, so that sets of the same classes number them alike.
 */
export const openFolder = (
  path: string,
  options: Partial<FolderOptions> = {},
): TE.TaskEither<DataError, PictureSet> => {
  const { shorterSide, cacheBytes, labelled } = { ...usual, ...options }
  const root = resolve(path)
  return pipe(
    listFolder(root),
    TE.chain(listing => {
      const set = classify(listing, labelled)
      const count = set.names.length
      if (count === 0)
        return TE.left({ kind: 'no pictures', path: root, expected: pictureFormats, others: listing.files.length })
      const name = basename(root)
      const decode = cached(cacheBytes, index => decodeFile(join(root, set.names[index]), shorterSide))
      const read: PictureSet['read'] = index =>
        set.names[index] === undefined
          ? TE.left({ kind: 'no such picture', set: name, index, count })
          : pipe(
              decode(index),
              TE.map(decoded => fromBytes(decoded, decoded.bytes)),
            )
      return TE.right({ name, ...set, skipped: listing.unreadable, read })
    }),
  )
}
