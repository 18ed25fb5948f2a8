// A process that dies while it writes, as kill -9 or a loss of power does: the first so many changes of the disk are
// made, the next one is made in half where it can be, and from then on nothing is. What stands on the disk afterwards
// is what the next process finds.

import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

/** Appending is writing, too: node's `appendFileSync` calls this `writeFileSync`. */
const changing = [
  'fsyncSync',
  'mkdirSync',
  'renameSync',
  'rmSync',
  'rmdirSync',
  'truncateSync',
  'writeFileSync',
] as const

type Changing = (typeof changing)[number]

const halved = (contents: unknown): Uint8Array => {
  const bytes = typeof contents === 'string' ? new TextEncoder().encode(contents) : (contents as Uint8Array)
  return bytes.subarray(0, Math.floor(bytes.length / 2))
}

/** Does something that dies after so many changes of the disk; says whether it came to its end before. */
export const dyingAfter = (changes: number, action: () => unknown): boolean => {
  const usual = Object.fromEntries(changing.map(name => [name, fs[name]])) as {
    readonly [N in Changing]: (typeof fs)[N]
  }
  let left = changes
  const counted =
    (name: Changing) =>
    (...words: unknown[]) => {
      left -= 1
      if (left >= 0) return (usual[name] as (...words: unknown[]) => unknown)(...words)
      const [path, contents, ...options] = words
      if (left === -1 && name === 'writeFileSync')
        (usual[name] as (...words: unknown[]) => unknown)(path, halved(contents), ...options)
      throw new Error('the process is dead')
    }
  Object.assign(fs, Object.fromEntries(changing.map(name => [name, counted(name)])))
  syncBuiltinESMExports()
  try {
    action()
  } catch (thrown) {
    if (left >= 0) throw thrown
  } finally {
    Object.assign(fs, usual)
    syncBuiltinESMExports()
  }
  return left >= 0
}
