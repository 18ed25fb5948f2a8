// Pictures for laws, from problems with the axes colour, row and column: values on a dyadic grid in [0, 1], which
// float32 holds exactly.

import type { Extent, Picture } from '../../dino/views/picture.ts'
import type { Box } from '../../dino/views/resample.ts'
import { fractions, problem } from './arbitrary.ts'
import type { Given } from './tensors.ts'

type Image = Given<'colour' | 'row' | 'column'>

/** Small pictures, beside them four fractions for whatever else is drawn, and a size. */
export const pictureProblem = problem({
  dims: { colour: [3, 3], row: [1, 12], column: [1, 12], size: [1, 16], draw: [4, 4] },
  tensors: { image: fractions('colour', 'row', 'column'), draws: fractions('draw') },
})

/** A picture of an image of a problem. */
export const pictureOf = ({ sizes, data }: Image): Picture => ({
  rows: sizes.row,
  columns: sizes.column,
  data: Float32Array.from(data),
})

const span = (length: number, start: number, size: number): readonly [start: number, size: number] => {
  const from = Math.min(Math.floor(start * length), length - 1)
  return [from, 1 + Math.min(Math.floor(size * (length - from)), length - from - 1)]
}

/** A box inside something, from four fractions. */
export const boxOf = ({ rows, columns }: Extent, { data: [top, left, height, width] }: Given<'draw'>): Box => {
  const [fromRow, boxRows] = span(rows, top, height)
  const [fromColumn, boxColumns] = span(columns, left, width)
  return { top: fromRow, left: fromColumn, rows: boxRows, columns: boxColumns }
}

/** A picture by its pixels. */
export const picture = (
  { rows, columns }: Extent,
  value: (colour: number, row: number, column: number) => number,
): Picture => ({
  rows,
  columns,
  data: Float32Array.from({ length: 3 * rows * columns }, (_, at) =>
    value(Math.floor(at / (rows * columns)), Math.floor(at / columns) % rows, at % columns),
  ),
})

/** One pixel. */
export const pixel = ({ rows, columns, data }: Picture, colour: number, row: number, column: number): number =>
  data[(colour * rows + row) * columns + column]
