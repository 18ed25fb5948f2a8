// The files of a folder and of all folders below it, in an order that depends on their names only. Files and folders
// whose names begin with a dot are left out. A link counts as the file or folder that it leads to. If a folder below
// cannot be read, it is named, and the rest is listed.

import { readdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { DataError } from '../data/picture-set.ts'
import { faultOf } from './files.ts'

/**
 * The contents of a folder: the path of each file in it, with slashes, its own sub-folders, and what could not be read
 * below.
 */
export interface Listing {
  readonly files: readonly string[]
  readonly folders: readonly string[]
  readonly unreadable: readonly DataError[]
}

const empty: Listing = { files: [], folders: [], unreadable: [] }

const unreadable =
  (path: string) =>
  (thrown: unknown): DataError => ({ kind: 'unreadable folder', path, reason: faultOf(thrown) })

const isHidden = (name: string): boolean => name.startsWith('.')

/** A link counts as what it leads to; one that leads nowhere is a file, which cannot be decoded and says so. */
const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    found => found.isDirectory(),
    () => false,
  )

/** Lists a folder and all below it, hidden names left out; a folder that a link makes its own ancestor is empty. */
const list = async (path: string, ancestors: readonly string[] = []): Promise<Listing> => {
  const real = await realpath(path)
  if (ancestors.includes(real)) return empty
  const listing = { files: [] as string[], folders: [] as string[], unreadable: [] as DataError[] }
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (isHidden(entry.name)) continue
    const below = join(path, entry.name)
    if (entry.isDirectory() || (entry.isSymbolicLink() && (await isFolder(below)))) {
      listing.folders.push(entry.name)
      const inside = await list(below, [...ancestors, real]).catch(
        (thrown): Listing => ({ ...empty, unreadable: [unreadable(below)(thrown)] }),
      )
      for (const file of inside.files) listing.files.push(`${entry.name}/${file}`)
      listing.unreadable.push(...inside.unreadable)
    } else listing.files.push(entry.name)
  }
  return { files: listing.files.sort(), folders: listing.folders.sort(), unreadable: listing.unreadable }
}

const folderError =
  (path: string) =>
  (thrown: unknown): DataError =>
    thrown instanceof Error && 'code' in thrown && ['ENOENT', 'ENOTDIR'].includes(String(thrown.code))
      ? { kind: 'missing folder', path }
      : unreadable(path)(thrown)

/** All files of a folder, or why there is no such list. */
export const listFolder = (path: string): TE.TaskEither<DataError, Listing> =>
  pipe(
    TE.tryCatch(() => stat(path), folderError(path)),
    TE.filterOrElse(
      found => found.isDirectory(),
      (): DataError => ({ kind: 'not a folder', path }),
    ),
    TE.chain(() => TE.tryCatch(() => list(path), folderError(path))),
  )
