// The innermost loop of element-wise kernels and reductions, which computes a row four elements at a time, and the
// loops around it. A row is done in steps of several vectors, then of one vector, and the elements that are left in a
// vector of which only the first lanes count.
//
//   a row of 23 elements, two vectors at once:      0-7, 8-15    16-19    20-22

import { makeBy } from 'fp-ts/lib/ReadonlyArray.js'
import { type Code, loopWhile, set, when } from '../code/statement.ts'
import { equal, get, type I32, lanesPerVector, local, minus, plus, whole } from '../code/value.ts'
import { everyTurn, everyUnit, type Frame, functionIn } from './frame.ts'
import type { Written } from './kernel-function.ts'

/** A loop whose turns are lanes. */
export interface Row {
  /** The loop that lanes run along. */
  readonly loop: number
  /** The turn at which it ends. */
  readonly end: I32
  /** Its size, where the row is the whole loop; undefined where it is the function's range. */
  readonly size: number | undefined
  /** The most vectors to do at one turn. */
  readonly unroll: number
}

/** Code for `count` vectors at once, of which the last one has `valid` lanes. */
export type VectorTurn = (count: number, valid: number) => Code

/** The lanes of each of `count` vectors that count, where the last has only `valid`. */
export const validLanes = (count: number, valid: number): readonly number[] =>
  makeBy(count, vector => (vector === count - 1 ? valid : lanesPerVector))

/** Vectors along a row, from where its counter is set; `advance` moves the pointers on. */
export const vectorRow = (
  { counters }: Frame,
  { loop, end, size, unroll }: Row,
  turn: VectorTurn,
  advance: (turns: number) => Code,
): Code => {
  const counter = counters[loop]
  const limit = local('i32', `limit${loop}`)
  const stepped = (count: number): Code => {
    const turns = count * lanesPerVector
    if (size !== undefined && size < turns) return []
    return [
      set(limit, plus(end, whole(1 - turns))),
      loopWhile(counter, get(limit), turns, () => [...turn(count, lanesPerVector), ...advance(turns)]),
    ]
  }
  const rest = (count: number): Code => (count === 0 ? [] : turn(1, count))
  const left = minus(end, get(counter))
  return [
    ...(unroll > 1 ? stepped(unroll) : []),
    ...stepped(1),
    ...(size === undefined
      ? [1, 2, 3].map(count => when(equal(left, whole(count)), rest(count)))
      : rest(size % lanesPerVector)),
  ]
}

/** Code for every turn of some loops, the first of which runs over the function's range. */
export const everyTurnOfRange = (
  frame: Frame,
  [first, ...others]: readonly number[],
  sizes: readonly number[],
  body: Code,
): Code =>
  everyUnit(
    frame,
    first,
    everyTurn(
      frame,
      others.map(loop => [loop, sizes[loop]]),
      body,
    ),
  )

/**
 * A function whose innermost loop is the row along `loop`. Its units are turns of the outermost of the other loops, or
 * of the row's own where there is no other.
 */
export const rowFunction = (
  name: string,
  frame: Frame,
  sizes: readonly number[],
  { loop, unroll }: Pick<Row, 'loop' | 'unroll'>,
  body: (row: Row) => Code,
): Written => {
  const others = [...sizes.keys()].filter(at => at !== loop)
  const alone = others.length === 0
  const row: Row = { loop, unroll, end: alone ? frame.to : whole(sizes[loop]), size: alone ? undefined : sizes[loop] }
  const inner = [set(frame.counters[loop], alone ? frame.from : whole(0)), ...body(row)]
  const code = alone ? inner : everyTurnOfRange(frame, others, sizes, inner)
  const unitLoop = alone ? loop : others[0]
  return {
    function: functionIn(frame, name, code),
    units: sizes[unitLoop],
    unitLoop,
    unitSize: 1,
  }
}
