// Rows of vectors: the innermost loop of element-wise kernels and reductions, four elements at a time, and the loops around it.

import { counterName, parametersOf, type Written } from './loops.ts'
import { declare, type Writer } from './point.ts'
import {
  functionText,
  get,
  lanesPerVector,
  loopWhile,
  plus,
  range,
  repeat,
  set,
  type Text,
  when,
  whole,
} from './text.ts'

/** A loop whose turns are lanes. */
export interface Row {
  /** The loop that lanes run along. */
  readonly loop: number
  /** Where it ends, as text, and its size if that is the whole loop. */
  readonly end: Text
  readonly size: number | undefined
  /** The most vectors to do at one turn. */
  readonly unroll: number
}

/** Writes what is done for `count` vectors at once, of which the last one has `valid` lanes. */
type Turn = (count: number, valid: number) => readonly Text[]

/** Vectors along a row, the last of which may have fewer lanes; `advance` moves the pointers on. */
export const vectorRow = (
  writer: Writer,
  { loop, end, size, unroll }: Row,
  turn: Turn,
  advance: (turns: number) => readonly Text[],
): readonly Text[] => {
  const counter = declare(writer, counterName(loop), 'i32')
  const limit = declare(writer, `limit${loop}`, 'i32')
  const stepped = (count: number): readonly Text[] => {
    const turns = count * lanesPerVector
    if (size !== undefined && size < turns) return []
    return [
      set(limit, plus(end, whole(1 - turns))),
      ...loopWhile(`row_${loop}_${count}`, counter, get(limit), whole(turns), [...turn(count, 4), ...advance(turns)]),
    ]
  }
  const rest = (count: number): readonly Text[] => turn(1, count)
  const remainder =
    size !== undefined
      ? size % lanesPerVector === 0
        ? []
        : rest(size % lanesPerVector)
      : [1, 2, 3].flatMap(count => when(`(i32.eq (i32.sub ${end} ${get(counter)}) ${whole(count)})`, rest(count)))
  return [...(unroll > 1 ? stepped(unroll) : []), ...stepped(1), ...remainder]
}

/** Runs `body` for every turn of the given outer loops, the first of which runs over the function's range. */
export const outerLoops = (
  loops: readonly number[],
  sizes: readonly number[],
  body: readonly Text[],
): readonly Text[] =>
  [...loops].reverse().reduce<readonly Text[]>((inner, loop, at) => {
    const counter = counterName(loop)
    if (at < loops.length - 1) return repeat(`loop_${counter}`, counter, sizes[loop], inner)
    return [set(counter, get('from')), ...loopWhile(`loop_${counter}`, counter, get('to'), whole(1), inner)]
  }, body)

/**
 * A function whose innermost loop is the row along `loop`. Its units are turns of the outermost of the other loops, or of the
 * row's own where there is no other.
 */
export const rowFunction = (
  name: string,
  inputs: number,
  writer: Writer,
  sizes: readonly number[],
  { loop, unroll }: Pick<Row, 'loop' | 'unroll'>,
  body: (row: Row) => readonly Text[],
): Written => {
  for (const at of sizes.keys()) declare(writer, counterName(at), 'i32')
  const others = range(sizes.length).filter(at => at !== loop)
  const alone = others.length === 0
  const row: Row = { loop, unroll, end: alone ? get('to') : whole(sizes[loop]), size: alone ? undefined : sizes[loop] }
  const inner = [set(counterName(loop), alone ? get('from') : whole(0)), ...body(row)]
  const lines = alone ? inner : outerLoops(others, sizes, inner)
  const unitLoop = alone ? loop : others[0]
  return {
    text: functionText(name, parametersOf(inputs), writer.locals, lines),
    units: sizes[unitLoop],
    unitLoop,
    unitSize: 1,
  }
}
