// A disk that is full: while it is, every file that is written takes half of its contents and then fails. What was on
// it before is as it was, unless it is what was being written.

import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const half = (contents: Uint8Array | string): Uint8Array => {
  const bytes = typeof contents === 'string' ? new TextEncoder().encode(contents) : contents
  return bytes.subarray(0, Math.floor(bytes.length / 2))
}

/** Does something while the disk is full. */
export const withFullDisk = <A>(action: () => A): A => {
  const write = fs.writeFileSync
  fs.writeFileSync = (path, contents) => {
    write(path, half(contents as Uint8Array | string))
    throw new Error('ENOSPC: no space left on device')
  }
  syncBuiltinESMExports()
  try {
    return action()
  } finally {
    fs.writeFileSync = write
    syncBuiltinESMExports()
  }
}
