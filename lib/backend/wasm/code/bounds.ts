// Bounds of a range of whole numbers, and loops over the range that give the code inside them the bounds of a part.
//
//   inBlocks('row', { from, to }, 64, block => [call(kernel, block.from, block.to)])
//
//   calls the kernel for rows from..from+63, from+64..from+127, ..., the last block ending at `to`

import { type Code, loopWhile, type Statement, set, when } from './statement.ts'
import { above, get, type I32, type Local, local, plus, whole } from './value.ts'

/** Whole numbers from `from` to below `to`; none where `from` is not below `to`. */
export interface Bounds {
  readonly from: I32
  readonly to: I32
}

/** A value in a local of its own unless it is one already or is known now. */
const kept = (hint: string, value: I32): readonly [set: Code, value: I32] => {
  if (value.kind !== 'apply') return [[], value]
  const own = local('i32', hint)
  return [[set(own, value)], get(own)]
}

/** Code that is given bounds which are computed once. */
export const once = (hint: string, bounds: Bounds, body: (bounds: Bounds) => Code): Code => {
  const [setFrom, from] = kept(`${hint}_from`, bounds.from)
  const [setTo, to] = kept(`${hint}_to`, bounds.to)
  return [...setFrom, ...setTo, ...body({ from, to })]
}

/** Makes the number in `of` at most `most`. */
export const cap = (of: Local<'i32'>, most: I32): Statement => when(above(get(of), most), [set(of, most)])

/** Code repeated for blocks of at most `size` numbers between the bounds, each given the bounds of its block. */
export const inBlocks = (hint: string, bounds: Bounds, size: number, body: (block: Bounds) => Code): Code => {
  const [first, last] = [local('i32', hint), local('i32', `${hint}_last`)]
  const [setTo, to] = kept(`${hint}_to`, bounds.to)
  return [
    set(first, bounds.from),
    ...setTo,
    loopWhile(first, to, size, () => [
      set(last, plus(get(first), whole(size))),
      cap(last, to),
      ...body({ from: get(first), to: get(last) }),
    ]),
  ]
}

/** Code repeated for every `step`th number between the bounds, which it is given. */
export const every = (hint: string, bounds: Bounds, step: number, body: (at: I32) => Code): Code => {
  const at = local('i32', hint)
  const [setTo, to] = kept(`${hint}_to`, bounds.to)
  return [set(at, bounds.from), ...setTo, loopWhile(at, to, step, () => body(get(at)))]
}
