// Contractions as WebAssembly functions. For some panels of columns and a block of the sum: pack the panels; for some rows: pack
// them if they need it, and run their tiles over all the panels, which by now are in the cache.

import type { Contraction } from '../../../../loops/contraction.ts'
import type { Nest } from '../../../../loops/nest.ts'
import { counterName, parametersOf, type Written } from '../loops.ts'
import { declare, type Writer } from '../point.ts'
import { functionText, get, loopWhile, plus, repeat, scaled, set, type Text, when, whole } from '../text.ts'
import type { Arithmetic } from '../vector.ts'
import { type ContractionPlan, isBlocked, planContraction } from './blocking.ts'
import { packPanel, packRows } from './pack.ts'
import { type LeftFactor, tileLines } from './tile.ts'

interface Context {
  readonly writer: Writer
  readonly plan: ContractionPlan
}

/** The locals between which lie the units to do: those of the function, or of a chunk of them. */
const rangeOf = ({ chunk }: ContractionPlan): readonly [from: string, to: string] =>
  chunk.units === undefined ? ['from', 'to'] : ['chunkFrom', 'chunkTo']

/** Runs `body` over some loops: the one that is cut runs over the function's range, the others over all their turns. */
const around = (plan: ContractionPlan, loops: readonly number[], body: readonly Text[]): readonly Text[] =>
  loops.reduce<readonly Text[]>((inner, loop) => {
    const { nest, cut } = plan
    const [from, to] = rangeOf(plan)
    const counter = counterName(loop)
    if (cut.by !== 'loop' || cut.loop !== loop) return repeat(`loop_${counter}`, counter, nest.outer[loop], inner)
    return [set(counter, get(from)), ...loopWhile(`units_${counter}`, counter, get(to), whole(1), inner)]
  }, body)

/** Sets a local to the smaller of itself and a limit. */
const atMost = (local: string, limit: Text): readonly Text[] =>
  when(`(i32.gt_s ${get(local)} ${limit})`, [set(local, limit)])

/** Runs `body` for blocks `first` to `last` of a range, of at most `most` elements each. */
const inBlocks = (
  label: string,
  [first, last]: readonly [string, string],
  end: Text,
  most: number,
  body: readonly Text[],
): readonly Text[] =>
  loopWhile(label, first, end, whole(most), [set(last, plus(get(first), whole(most))), ...atMost(last, end), ...body])

/** The sum in blocks: `depthFrom` and `depthTo` say which part of it is done. */
const overDepth = ({ writer, plan }: Context, body: readonly Text[]): readonly Text[] => {
  const { block, innerSize } = plan.depth
  const ends = ['depthFrom', 'depthTo'] as const
  for (const local of ends) declare(writer, local, 'i32')
  const start = set('depthFrom', whole(0))
  if (!isBlocked(plan)) return [start, set('depthTo', whole(innerSize)), ...body]
  return [start, ...inBlocks('depth', ends, whole(innerSize), block, body)]
}

/** The share of a loop that a function's range stands for: `first` and `end` of its whole steps. */
const wholeSteps = (
  { writer, plan }: Context,
  first: string,
  end: string,
  step: number,
  size: number,
  ranged: boolean,
): readonly Text[] => {
  for (const local of [first, end]) declare(writer, local, 'i32')
  const [from, to] = rangeOf(plan)
  const steps = size - (size % step)
  if (!ranged) return [set(first, whole(0)), set(end, whole(steps))]
  return [set(first, scaled(get(from), step)), set(end, scaled(get(to), step)), ...atMost(end, whole(steps))]
}

/** What is left after the whole steps of a loop: done always, or by whom the range's last unit belongs to. */
const rest = (
  { plan }: Context,
  size: number,
  step: number,
  ranged: boolean,
  body: readonly Text[],
): readonly Text[] => {
  if (size % step === 0) return []
  return ranged ? when(`(i32.eq ${get(rangeOf(plan)[1])} ${whole(Math.ceil(size / step))})`, body) : body
}

/** Runs `body` for each panel from `firstColumn` to `endColumn`, `panelAt` pointing at it. */
const eachPanel = ({ plan }: Context, label: string, width: number, body: readonly Text[]): readonly Text[] => {
  const { contraction, depth, scratch } = plan
  const column = counterName(contraction.columnLoop)
  const size = depth.total * Math.ceil(width / 4) * 16
  return [
    set(column, get('firstColumn')),
    set('panelAt', plus(get('scratch'), whole(scratch.panels))),
    ...loopWhile(label, column, get('endColumn'), whole(width), [
      ...body,
      set('panelAt', plus(get('panelAt'), whole(size))),
    ]),
  ]
}

/** All tiles of the rows from `firstRow` to `endRow` over the packed panels. */
const rowBlock = (context: Context, label: string, width: number): readonly Text[] => {
  const { writer, plan } = context
  const { contraction, depth, tile, packsRows, scratch } = plan
  const row = counterName(contraction.rowLoop)
  const from: LeftFactor = packsRows ? 'packed' : 'direct'
  const start = packsRows ? [set('rowsAt', plus(get('scratch'), whole(scratch.rows)))] : []
  const next = packsRows ? [set('rowsAt', plus(get('rowsAt'), whole(depth.total * tile.rows * 4)))] : []
  const tiles = [
    set(row, get('firstRow')),
    ...start,
    ...loopWhile(`${label}_tiles`, row, get('endRow'), whole(tile.rows), [
      ...tileLines(writer, plan, { label: `${label}_t`, rows: tile.rows, columns: width }, from),
      ...next,
    ]),
  ]
  return [
    ...(packsRows ? packRows(writer, plan, `${label}_p`) : []),
    ...eachPanel(context, `${label}_panels`, width, tiles),
  ]
}

/** All rows over the packed panels. */
const allRows = (context: Context, label: string, width: number): readonly Text[] => {
  const { writer, plan } = context
  const { nest, contraction, tile, cut, rows, otherRows } = plan
  const size = nest.outer[contraction.rowLoop]
  const ranged = cut.by === 'rows'
  const row = counterName(contraction.rowLoop)
  const left = size % tile.rows
  const last =
    left === 0
      ? []
      : eachPanel(context, `${label}_last`, width, [
          set(row, whole(size - left)),
          ...tileLines(writer, plan, { label: `${label}_l`, rows: left, columns: width }, 'direct'),
        ])
  const blocks =
    size < tile.rows
      ? []
      : inBlocks(`${label}_rows`, ['firstRow', 'endRow'], get('allRows'), rows, rowBlock(context, label, width))
  declare(writer, 'endRow', 'i32')
  return around(plan, otherRows, [
    ...wholeSteps(context, 'firstRow', 'allRows', tile.rows, size, ranged),
    ...blocks,
    ...rest(context, size, tile.rows, ranged, last),
  ])
}

/** Packs the panels from `firstColumn` to `endColumn`, then runs all rows over them, for each block of the sum. */
const panelGroup = (context: Context, label: string, width: number): readonly Text[] =>
  overDepth(context, [
    ...eachPanel(context, `${label}_pack`, width, packPanel(context.writer, context.plan, `${label}_k`, width)),
    ...allRows(context, label, width),
  ])

/** All columns: groups of whole panels, then a narrower one. */
const allColumns = (context: Context): readonly Text[] => {
  const { writer, plan } = context
  const { nest, contraction, tile, cut, panels } = plan
  const size = nest.outer[contraction.columnLoop]
  const wide = tile.vectors * 4
  const ranged = cut.by === 'columns'
  const left = size % wide
  for (const local of ['endColumn', 'panelAt', 'rowsAt']) declare(writer, local, 'i32')
  const narrow =
    left === 0
      ? []
      : [set('firstColumn', whole(size - left)), set('endColumn', whole(size)), ...panelGroup(context, 'narrow', left)]
  const groups =
    size < wide
      ? []
      : inBlocks(
          'groups',
          ['firstColumn', 'endColumn'],
          get('allColumns'),
          panels * wide,
          panelGroup(context, 'wide', wide),
        )
  return [
    ...wholeSteps(context, 'firstColumn', 'allColumns', wide, size, ranged),
    ...groups,
    ...rest(context, size, wide, ranged, narrow),
  ]
}

/** All units of the function, some at a time where their partial results have to wait for one another. */
const inChunks = ({ writer, plan }: Context, body: readonly Text[]): readonly Text[] => {
  const { units } = plan.chunk
  if (units === undefined) return body
  const ends = ['chunkFrom', 'chunkTo'] as const
  for (const local of ends) declare(writer, local, 'i32')
  return [set('chunkFrom', get('from')), ...inBlocks('chunks', ends, get('to'), units, body)]
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
  const { tile, cut, outside, scratch } = plan
  nest.outer.forEach((_, loop) => declare(writer, counterName(loop), 'i32'))
  const context: Context = { writer, plan }
  const lines = inChunks(context, around(plan, outside, allColumns(context)))
  const [loop, step] =
    cut.by === 'loop'
      ? [cut.loop, 1]
      : cut.by === 'rows'
        ? [contraction.rowLoop, tile.rows]
        : [contraction.columnLoop, tile.vectors * 4]
  return {
    text: functionText(name, parametersOf(inputs), writer.locals, lines),
    units: Math.ceil(nest.outer[loop] / step),
    unitLoop: loop,
    unitSize: step,
    scratch: scratch.size,
  }
}
