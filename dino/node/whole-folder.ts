// A folder of files that appears whole or not at all. Its files are written into a folder of another name, which
// readers leave alone; when all of it is on the disk, that folder is renamed. Wherever a process is killed, there is
// the finished folder, or none of that name.
//
//   checkpoints/.000300.part   becomes   checkpoints/000300

import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { settle } from './files.ts'

/** The name under which a folder is written. */
const besides = (path: string): string => join(dirname(path), `.${basename(path)}.part`)

/** Whether a name is that of a folder that was never finished. */
export const isUnfinished = (name: string): boolean => /^\..*\.part$/.test(name)

/** A file of a folder; its contents are asked for when it is written. */
export interface FileToWrite {
  readonly name: string
  readonly contents: () => string | Uint8Array
}

/** Takes a folder away, as far as that can be done. */
const remove = (path: string): void => {
  try {
    rmSync(path, { recursive: true, force: true })
  } catch {
    return
  }
}

/** Writes a new folder whole, or throws and leaves nothing. The files are written in their order. */
export const writeWholeFolder = (path: string, files: Iterable<FileToWrite>): void => {
  const beside = besides(path)
  try {
    rmSync(beside, { recursive: true, force: true })
    mkdirSync(beside, { recursive: true })
    for (const { name, contents } of files) {
      writeFileSync(join(beside, name), contents())
      settle(join(beside, name))
    }
    settle(beside)
    renameSync(beside, path)
    settle(dirname(path))
  } catch (thrown) {
    remove(beside)
    throw thrown
  }
}
