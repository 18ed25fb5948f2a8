// Contact sheets: from rows of pictures to one picture that shows them side by side, each in a frame of its colour.

import { colours, type Extent, type Picture } from './picture.ts'

/** Red, green and blue in [0, 1]. */
export type Colour = readonly [red: number, green: number, blue: number]

/** A picture on a sheet, or nothing. */
export type Cell = { readonly picture: Picture; readonly frame: Colour } | undefined

/** How a sheet is laid out, in pixels. */
export interface SheetOptions {
  /**
   * The side of the square that holds one picture; smaller pictures are enlarged by repetition, larger ones thinned.
   */
  readonly side: number
  readonly frame: number
  readonly gap: number
  readonly background: Colour
}

const usual: SheetOptions = { side: 64, frame: 3, gap: 4, background: [1, 1, 1] }

interface Corner {
  readonly row: number
  readonly column: number
}

const fill = (sheet: Picture, { row, column }: Corner, { rows, columns }: Extent, colour: Colour): void => {
  for (let plane = 0; plane < colours; plane += 1)
    for (let at = row; at < row + rows; at += 1) {
      const start = (plane * sheet.rows + at) * sheet.columns + column
      sheet.data.fill(colour[plane], start, start + columns)
    }
}

const draw = (sheet: Picture, { row, column }: Corner, side: number, { rows, columns, data }: Picture): void => {
  for (let plane = 0; plane < colours; plane += 1)
    for (let down = 0; down < side; down += 1)
      for (let across = 0; across < side; across += 1) {
        const from = (plane * rows + Math.floor((down * rows) / side)) * columns + Math.floor((across * columns) / side)
        sheet.data[(plane * sheet.rows + row + down) * sheet.columns + column + across] = data[from]
      }
}

/** The sheet of some rows of cells; a cell of a picture that is not square shows it squeezed. */
export const contactSheet = (cells: readonly (readonly Cell[])[], options: Partial<SheetOptions> = {}): Picture => {
  const { side, frame, gap, background } = { ...usual, ...options }
  const pitch = side + 2 * frame + gap
  const extent = { rows: cells.length * pitch + gap, columns: Math.max(...cells.map(row => row.length)) * pitch + gap }
  const sheet: Picture = { ...extent, data: new Float32Array(colours * extent.rows * extent.columns) }
  fill(sheet, { row: 0, column: 0 }, extent, background)
  cells.forEach((row, down) => {
    row.forEach((cell, across) => {
      if (cell === undefined) return
      const corner = { row: gap + down * pitch, column: gap + across * pitch }
      fill(sheet, corner, { rows: side + 2 * frame, columns: side + 2 * frame }, cell.frame)
      draw(sheet, { row: corner.row + frame, column: corner.column + frame }, side, cell.picture)
    })
  })
  return sheet
}
