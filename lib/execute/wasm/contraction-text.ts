// Contractions as WebAssembly functions: for each panel of columns and each block of the sum, pack the panel, then run the tiles
// of all rows over it.

import type { Contraction } from './contraction.ts'
import { type ContractionPlan, isBlocked, planContraction } from './contraction-plan.ts'
import { counterName, parametersOf, type Written } from './loops-text.ts'
import type { Nest } from './nest.ts'
import { packPanel } from './pack-text.ts'
import { declare, type Writer } from './point.ts'
import { functionText, get, loopWhile, plus, repeat, set, type Text, when, whole } from './text.ts'
import { tileLines } from './tile-text.ts'
import type { Arithmetic } from './vector-text.ts'

/** Runs `body` over some loops: the one that is cut runs over the function's range, the others over all their turns. */
const around = ({ nest, cut }: ContractionPlan, loops: readonly number[], body: readonly Text[]): readonly Text[] =>
  loops.reduce<readonly Text[]>((inner, loop) => {
    const counter = counterName(loop)
    if (cut.by !== 'loop' || cut.loop !== loop) return repeat(`loop_${counter}`, counter, nest.outer[loop], inner)
    return [set(counter, get('from')), ...loopWhile(`units_${counter}`, counter, get('to'), whole(1), inner)]
  }, body)

/** A loop that is covered in whole steps and a rest, over everything or over a range of units of one step each. */
interface Covered {
  readonly loop: number
  readonly step: number
  /** Whether the function's range of units is steps of this loop. */
  readonly ranged: boolean
}

const cover = (
  writer: Writer,
  { nest }: ContractionPlan,
  { loop, step, ranged }: Covered,
  turn: (label: string, size: number) => readonly Text[],
): readonly Text[] => {
  const [counter, size] = [counterName(loop), nest.outer[loop]]
  const rest = size % step
  const end = declare(writer, `end_${counter}`, 'i32')
  const whole0 = size - rest
  const bounds = ranged
    ? [
        set(counter, `(i32.mul ${get('from')} ${whole(step)})`),
        set(end, `(i32.mul ${get('to')} ${whole(step)})`),
        ...when(`(i32.gt_s ${get(end)} ${whole(whole0)})`, [set(end, whole(whole0))]),
      ]
    : [set(counter, whole(0)), set(end, whole(whole0))]
  const last = rest === 0 ? [] : [set(counter, whole(whole0)), ...turn(`${counter}_rest`, rest)]
  const isLast = `(i32.eq ${get('to')} ${whole(Math.ceil(size / step))})`
  return [
    ...bounds,
    ...(whole0 === 0 ? [] : loopWhile(`cover_${counter}`, counter, get(end), whole(step), turn(counter, step))),
    ...(ranged && rest > 0 ? when(isLast, last) : last),
  ]
}

/** The sum in blocks: `depthFrom` and `depthTo` say which part of it is done. */
const overDepth = (writer: Writer, plan: ContractionPlan, body: readonly Text[]): readonly Text[] => {
  const { block, innerSize } = plan.depth
  declare(writer, 'depthFrom', 'i32')
  declare(writer, 'depthTo', 'i32')
  if (!isBlocked(plan)) return [set('depthFrom', whole(0)), set('depthTo', whole(innerSize)), ...body]
  return [
    set('depthFrom', whole(0)),
    ...loopWhile('depth', 'depthFrom', whole(innerSize), whole(block), [
      set('depthTo', plus(get('depthFrom'), whole(block))),
      ...when(`(i32.gt_s ${get('depthTo')} ${whole(innerSize)})`, [set('depthTo', whole(innerSize))]),
      ...body,
    ]),
  ]
}

/** A contraction as a function, and the bytes of scratch memory that a thread needs for it. */
export const contract = (
  name: string,
  inputs: number,
  nest: Nest,
  contraction: Contraction,
  arithmetic: Arithmetic,
): Written & { readonly scratch: number } => {
  const writer: Writer = { locals: new Map(), arithmetic }
  const plan = planContraction(nest, contraction, arithmetic.fused)
  const { tile, cut, otherRows, outside, scratch } = plan
  const { rowLoop, columnLoop } = contraction
  nest.outer.forEach((_, loop) => declare(writer, counterName(loop), 'i32'))
  const rows: Covered = { loop: rowLoop, step: tile.rows, ranged: cut.by === 'rows' }
  const columns: Covered = { loop: columnLoop, step: tile.vectors * 4, ranged: cut.by === 'columns' }
  const tiles = (label: string, width: number): readonly Text[] =>
    around(
      plan,
      otherRows,
      cover(writer, plan, rows, (rowLabel, height) => tileLines(writer, plan, `${label}_${rowLabel}`, height, width)),
    )
  const panels = cover(writer, plan, columns, (label, width) =>
    overDepth(writer, plan, [...packPanel(writer, plan, `pack_${label}`, width), ...tiles(label, width)]),
  )
  const covered = cut.by === 'rows' ? rows : columns
  return {
    text: functionText(name, parametersOf(inputs), writer.locals, around(plan, outside, panels)),
    units: cut.by === 'loop' ? nest.outer[cut.loop] : Math.ceil(nest.outer[covered.loop] / covered.step),
    unitLoop: cut.by === 'loop' ? cut.loop : covered.loop,
    scratch: scratch.size,
  }
}
