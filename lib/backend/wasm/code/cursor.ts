// A cursor: an address that moves through memory as a loop turns, in a local of its own.
//
//   const panel = cursor('panel')
//   [panel.start(first), loopWhile(row, to, 1, () => [... loadVector(panel.address) ..., panel.move(16)])]

import { type Statement, set } from './statement.ts'
import { get, type I32, local, plus, whole } from './value.ts'

/** An address that moves. */
export interface Cursor {
  /** Its place, in bytes. */
  readonly address: I32
  readonly start: (at: I32) => Statement
  readonly move: (bytes: number) => Statement
}

/** A cursor, named after `hint`. */
export const cursor = (hint: string): Cursor => {
  const own = local('i32', hint)
  return {
    address: get(own),
    start: at => set(own, at),
    move: bytes => set(own, plus(get(own), whole(bytes))),
  }
}
