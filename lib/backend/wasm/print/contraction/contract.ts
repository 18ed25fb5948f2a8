// Contractions as WebAssembly functions: the five loops of Goto and van de Geijn, "Anatomy of high-performance matrix
// multiplication" (2008), around a tile whose sums stay in registers. Left and right are the factors; a row and a
// column of results is a sum over depth. Factors are packed into panels, so that the innermost loop reads from one end
// to the other, and a panel stays in a cache while the loops inside run:
//
//   for block of columns                            panels side by side                        columnBlocks
//     for block of depth                                                                       depthBlocks
//       pack the right factor of both, a panel at a time     -> second cache                   pack-panel.ts
//       for block of rows                                                                      rowBlocks
//         pack the left factor of both, if its depth is scattered   -> second cache            pack-rows.ts
//         for panel in the block of columns         a tile's width  -> first cache             panels
//           for tile in the block of rows           its sums        -> registers               tiles
//             for each depth in the block: sums += column of left x row of right               tile.ts
//             after the last block of depth: the epilogue, and the results are stored          epilogue.ts
//
//         right, packed:  depth | panel 0 | panel 1 | ...        results:  | tile | tile |
//                         block | 8 wide  | 8 wide  |            rows      | tile | tile |  ...
//
// Outside of all this turn batches and further column loops; further row loops turn around the blocks of rows.

import type { Contraction } from '../../../../loops/contraction.ts'
import type { Nest } from '../../../../loops/nest.ts'
import { type Bounds, inBlocks } from '../../code/bounds.ts'
import { cursor } from '../../code/cursor.ts'
import { type Code, loopWhile, set } from '../../code/statement.ts'
import { bytesPerFloat, bytesPerVector, type I32, plus, whole } from '../../code/value.ts'
import type { Arithmetic } from '../../code/vector.ts'
import { frameOf } from '../../frame/frame.ts'
import type { Written } from '../../frame/kernel-function.ts'
import { isBlocked, planContraction } from './blocking.ts'
import { atTurn, type Context, counting, overBounds, overUnits } from './context.ts'
import { packPanel } from './pack-panel.ts'
import { packRows } from './pack-rows.ts'
import { registersFor } from './registers.ts'
import { inSteps } from './steps.ts'
import { tileCode } from './tile.ts'
import { type Packed, vectorsIn } from './tile-place.ts'
import { turnsOf } from './unit.ts'

/** Code for each packed panel, given the context of its first column and its address. */
const panels = (context: Context, packed: Packed, body: (inner: Context, panel: I32) => Code): Code => {
  const { contraction, depth, scratch } = context.plan
  const { counter, inner } = counting(context, contraction.columnLoop)
  const panel = cursor('panel')
  return [
    set(counter, packed.columns.from),
    panel.start(plus(context.frame.scratch, whole(scratch.panels))),
    loopWhile(counter, packed.columns.to, packed.width, () => [
      ...body(inner, panel.address),
      panel.move(depth.total * vectorsIn(packed.width) * bytesPerVector),
    ]),
  ]
}

/** Tiles below one another over one panel, their rows of the left factor packed at an address or read as they lie. */
const tiles = (context: Context, packed: Packed, panel: I32, rows: Bounds, packedRows: I32 | undefined): Code => {
  const { contraction, depth, tile } = context.plan
  const tileAt = (inner: Context, left: I32 | undefined): Code =>
    tileCode(inner, { packed, panel, rows: tile.rows, left })
  if (packedRows === undefined)
    return overBounds(context, contraction.rowLoop, rows, tile.rows, inner => tileAt(inner, undefined))
  const { counter, inner } = counting(context, contraction.rowLoop)
  const left = cursor('tile_rows')
  return [
    set(counter, rows.from),
    left.start(packedRows),
    loopWhile(counter, rows.to, tile.rows, () => [
      ...tileAt(inner, left.address),
      left.move(depth.total * tile.rows * bytesPerFloat),
    ]),
  ]
}

/** One block of rows over the packed panels. */
const rowBlock = (context: Context, packed: Packed, rows: Bounds): Code => {
  const { packsRows, scratch } = context.plan
  const packedRows = packsRows ? plus(context.frame.scratch, whole(scratch.rows)) : undefined
  return [
    ...(packedRows === undefined ? [] : packRows(context, rows, packed.depth, packedRows)),
    ...panels(context, packed, (inner, panel) => tiles(inner, packed, panel, rows, packedRows)),
  ]
}

/** All rows over the packed panels: blocks of whole tiles, and a smaller tile for the rows that are left. */
const rowBlocks = (outer: Context, packed: Packed): Code =>
  outer.plan.otherRows.reduce<(context: Context) => Code>(
    (body, loop) => context => overUnits(context, loop, body),
    context => {
      const { contraction, tile, unit, rows } = context.plan
      const { rowLoop } = contraction
      const steps = { loop: rowLoop, step: tile.rows, isUnit: unit.of === 'rows' }
      return inSteps(
        context,
        steps,
        whole => inBlocks('rows', whole, rows, block => rowBlock(context, packed, block)),
        ({ from }, left) =>
          panels(context, packed, (inner, panel) =>
            atTurn(inner, rowLoop, from, last => tileCode(last, { packed, panel, rows: left, left: undefined })),
          ),
      )
    },
  )(outer)

/** The sum of some columns in blocks: for each, their panels are packed and all rows run over them. */
const depthBlocks = (context: Context, columns: Bounds, width: number): Code => {
  const { depth } = context.plan
  const all: Bounds = { from: whole(0), to: whole(depth.innerSize) }
  const block = (own: Bounds): Code => {
    const packed: Packed = { columns, depth: own, width }
    return [
      ...panels(context, packed, (inner, panel) => packPanel(inner, packed, panel)),
      ...rowBlocks(context, packed),
    ]
  }
  return isBlocked(depth) ? inBlocks('depth', all, depth.block, block) : block(all)
}

/** All columns: blocks of whole panels, and a narrower panel for the columns that are left. */
const columnBlocks = (context: Context): Code => {
  const { contraction, tile, unit, panels: together } = context.plan
  const { columns } = tile
  const steps = { loop: contraction.columnLoop, step: columns, isUnit: unit.of === 'columns' }
  return inSteps(
    context,
    steps,
    whole => inBlocks('columns', whole, together * columns, block => depthBlocks(context, block, columns)),
    (rest, left) => depthBlocks(context, rest, left),
  )
}

/** All units of the function, some at a time where partial results have to wait for one another. */
const unitBlocks = (context: Context, body: (context: Context) => Code): Code => {
  const { units } = context.plan.unitBlock
  return units === undefined
    ? body(context)
    : inBlocks('units', context.units, units, block => body({ ...context, units: block }))
}

/** A contraction as a function, and the bytes of scratch memory that a thread needs for it. */
export const contract = (
  name: string,
  inputs: number,
  nest: Nest,
  contraction: Contraction,
  arithmetic: Arithmetic,
): Written & { readonly scratch: number } => {
  const frame = frameOf(nest, inputs, arithmetic)
  const plan = planContraction(nest, contraction, arithmetic.fused)
  const units: Bounds = { from: frame.from, to: frame.to }
  const inOrder = plan.outside.reduce<(context: Context) => Code>(
    (body, loop) => context => overUnits(context, loop, body),
    columnBlocks,
  )
  const body = unitBlocks({ frame, plan, registers: registersFor(plan.tile), units }, inOrder)
  const [unitLoop, unitSize] = turnsOf(plan.unit, contraction, plan.tile)
  return {
    function: { name, parameters: frame.parameters, result: undefined, body },
    units: Math.ceil(nest.outer[unitLoop] / unitSize),
    unitLoop,
    unitSize,
    scratch: plan.scratch.size,
  }
}
