// The locals of a block of instructions: one for each value, and temporaries for operations that take several
// instructions. A block is often written several times in one function, for neighbouring vectors or for the last few
// lanes of a row. Copies that are written from one bank use the same locals, so that a function has no more of them
// than one copy needs.
//
//   const own = bankOf('v')        own.value(3) is $v3, however often it is asked for

import { type Local, local } from '../code/value.ts'
import type { Temporary } from './vector-spelling.ts'

/** Locals for the values of a block by their position. */
export interface Bank {
  readonly value: (position: number) => Local<'v128'>
  /** Temporaries for one copy of the value at a position: the first, the second, ... are the same in every copy. */
  readonly temporaries: (position: number) => Temporary
}

/** A function of a number that gives the same for the same number. */
const remembered = <T>(make: (at: number) => T): ((at: number) => T) => {
  const known = new Map<number, T>()
  return at => {
    const found = known.get(at) ?? make(at)
    known.set(at, found)
    return found
  }
}

/** A new bank, whose locals are named after `hint`. */
export const bankOf = (hint: string): Bank => {
  const temporaries = remembered((): Local<'v128'>[] => [])
  return {
    value: remembered(position => local('v128', `${hint}${position}`)),
    temporaries: position => {
      const made = temporaries(position)
      let taken = 0
      return name => {
        const own = made[taken] ?? local('v128', `${hint}${position}_${name}`)
        made[taken] = own
        taken += 1
        return own
      }
    },
  }
}
