// Writing folders and files so that nothing is left half done, and failures to do so in words. A file is written under
// another name and then renamed, so that it appears whole or not at all, and what was written stays when the power
// fails: it is on the disk before it has its name. A line is appended whole or not at all.
//
//   a write that fails on a full disk:   ENOSPC: the disk is full

import {
  appendFileSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { dirname, resolve } from 'node:path'

const words: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EDQUOT: 'the quota of the disk is used up',
  EFBIG: 'the file is too large',
  EISDIR: 'it is a folder',
  ELOOP: 'its links go in a circle',
  ENAMETOOLONG: 'the name is too long',
  ENOENT: 'there is no such file or folder',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a file stands where a folder should be',
  EPERM: 'not permitted',
  EROFS: 'the disk is read-only',
}

const codeOf = (thrown: unknown): string => (thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '')

/** Something thrown, in words: `ENOSPC: the disk is full`. */
export const faultOf = (thrown: unknown): string => {
  const code = codeOf(thrown)
  if (Object.hasOwn(words, code)) return `${code}: ${words[code]}`
  return thrown instanceof Error ? thrown.message : String(thrown)
}

/** The folders on the way to `path` that are not there, the outermost first. */
const missingFolders = (path: string): readonly string[] => {
  const missing: string[] = []
  for (let at = resolve(path); statSync(at, { throwIfNoEntry: false }) === undefined; at = dirname(at))
    missing.unshift(at)
  return missing
}

/** Removes folders that are empty, the innermost first, and stops at the first that is not. */
const removeEmpty = (folders: readonly string[]): void => {
  try {
    for (const folder of [...folders].reverse()) rmdirSync(folder)
  } catch {
    return
  }
}

/**
 * Makes a folder and those on the way to it; gives what takes them away again as far as they are empty. One after the
 * other: where nothing can be made (in /proc), mkdir's own option `recursive` tries for ever.
 */
export const makeFolder = (path: string): (() => void) => {
  const made: string[] = []
  try {
    for (const folder of missingFolders(path)) {
      mkdirSync(folder)
      made.push(folder)
    }
    readdirSync(path)
  } catch (thrown) {
    removeEmpty(made)
    if (codeOf(thrown) === 'ENOENT') throw new Error(`ENOENT: nothing can be made in ${dirname(resolve(path))}`)
    throw thrown
  }
  return () => removeEmpty(made)
}

/** Waits until a file, or the names in a folder, are on the disk. Windows has no such wait for folders. */
export const settle = (path: string): void => {
  const folder = statSync(path).isDirectory()
  if (folder && process.platform === 'win32') return
  const opened = openSync(path, folder ? 'r' : 'r+')
  try {
    fsyncSync(opened)
  } finally {
    closeSync(opened)
  }
}

/** Writes a file whole, or leaves the one that was there. */
export const writeWhole = (path: string, contents: string | Uint8Array): void => {
  const beside = `${path}.part`
  try {
    writeFileSync(beside, contents)
    settle(beside)
    renameSync(beside, path)
    settle(dirname(path))
  } catch (thrown) {
    rmSync(beside, { force: true })
    throw thrown
  }
}

/** Cuts a file to a length, as far as that can be done. */
const cut = (path: string, length: number): void => {
  try {
    truncateSync(path, length)
  } catch {
    return
  }
}

/** Appends a line whole, or leaves the file as it was. */
export const appendLine = (path: string, line: string): void => {
  const length = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  try {
    appendFileSync(path, `${line}\n`)
  } catch (thrown) {
    cut(path, length)
    throw thrown
  }
}

/** The contents of a regular file; anything else, such as a pipe that would never end, is refused. */
export const readRegular = (path: string): Buffer => {
  if (!statSync(path).isFile()) throw new Error('it is not a regular file')
  return readFileSync(path)
}
