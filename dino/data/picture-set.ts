// A set of pictures: names, labels where they are known, and a function that reads the picture of a number. A user of a
// set cannot tell whether its pictures come from files, are drawn, or are in memory. A picture that cannot be read is
// an error value, which the caller reports before it goes on without the picture.

import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Picture } from '../views/picture.ts'
import { printable } from './printable.ts'

/** Pictures in a fixed order. */
export interface PictureSet {
  /** The name of the set, for people. */
  readonly name: string
  /** A name for each picture. */
  readonly names: readonly string[]
  /** The class of each picture, a place in `classes`; undefined where there are no classes. */
  readonly labels: readonly number[] | undefined
  /** The names of the classes. */
  readonly classes: readonly string[]
  /** The errors of folders that could not be read when the set was opened; the set is without those folders. */
  readonly skipped: readonly DataError[]
  /** The picture at a place in `names`. */
  readonly read: (index: number) => TaskEither<DataError, Picture>
}

/** Why there are no pictures, or not this one. Every kind says what was expected, what came, and where. */
export type DataError =
  | { readonly kind: 'missing folder'; readonly path: string }
  | { readonly kind: 'not a folder'; readonly path: string }
  | { readonly kind: 'unreadable folder'; readonly path: string; readonly reason: string }
  | { readonly kind: 'no pictures'; readonly path: string; readonly expected: string; readonly others: number }
  | { readonly kind: 'no such picture'; readonly set: string; readonly index: number; readonly count: number }
  | { readonly kind: 'broken picture'; readonly path: string; readonly reason: string }
  | { readonly kind: 'nothing readable'; readonly set: string; readonly count: number; readonly first: DataError }
  | { readonly kind: 'no decoder'; readonly reason: string }

const textOf = (error: DataError): string => {
  switch (error.kind) {
    case 'missing folder':
      return `expected a folder of pictures at ${error.path}, came nothing: there is no such path`
    case 'not a folder':
      return `expected a folder of pictures at ${error.path}, came a file`
    case 'unreadable folder':
      return `the folder ${error.path} cannot be read: ${error.reason}`
    case 'no pictures':
      return `expected pictures (${error.expected}) in ${error.path}, came none; other files there: ${error.others}`
    case 'no such picture':
      return `expected the place of a picture of ${error.set}, 0 to ${error.count - 1}, came ${error.index}`
    case 'broken picture':
      return `${error.path} cannot be decoded: ${error.reason}`
    case 'nothing readable':
      return `none of the ${error.count} pictures of ${error.set} could be read; of the first: ${textOf(error.first)}`
    case 'no decoder':
      return `pictures cannot be decoded here, for the package sharp does not load: ${error.reason}`
  }
}

/** One line for a person. */
export const showDataError = (error: DataError): string => printable(textOf(error))
