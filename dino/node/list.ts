// The files of a folder and of all folders below it, in an order that depends on nothing but their names. Hidden files and
// folders, whose names begin with a dot, are not there. Links count as what they lead to.

import { readdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { DataError } from '../data/picture-set.ts'

/** What a folder holds: the path of each file in it, with slashes, and its own sub-folders. */
export interface Listing {
  readonly files: readonly string[]
  readonly folders: readonly string[]
}

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
  if (ancestors.includes(real)) return { files: [], folders: [] }
  const files: string[] = []
  const folders: string[] = []
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (isHidden(entry.name)) continue
    const below = join(path, entry.name)
    if (entry.isDirectory() || (entry.isSymbolicLink() && (await isFolder(below)))) {
      folders.push(entry.name)
      const inside = await list(below, [...ancestors, real])
      for (const file of inside.files) files.push(`${entry.name}/${file}`)
    } else files.push(entry.name)
  }
  return { files: files.sort(), folders: folders.sort() }
}

const codeOf = (thrown: unknown): string => (thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '')

const folderError =
  (path: string) =>
  (thrown: unknown): DataError =>
    ['ENOENT', 'ENOTDIR'].includes(codeOf(thrown))
      ? { kind: 'missing folder', path }
      : { kind: 'unreadable folder', path, reason: String(thrown) }

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
