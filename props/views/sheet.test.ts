// Contact sheets: where pictures and frames are, and what is between them.

import assert from 'node:assert/strict'
import { contactSheet } from '../../dino/views/sheet.ts'
import { example } from '../support/example.ts'
import { picture, pixel } from '../support/pictures.ts'

const options = { side: 4, frame: 1, gap: 2, background: [1, 1, 1] as const }
const grey = picture({ rows: 2, columns: 2 }, (_, row, column) => (1 + row * 2 + column) / 8)
const frame = [0.25, 0.5, 0.75] as const

example('a picture is enlarged by repetition inside its frame', () => {
  const sheet = contactSheet([[{ picture: grey, frame }]], options)
  assert.deepEqual([sheet.rows, sheet.columns], [10, 10])
  assert.equal(pixel(sheet, 0, 0, 0), 1)
  frame.forEach((value, colour) => assert.equal(pixel(sheet, colour, 2, 2), value))
  for (const [row, column, value] of [
    [3, 3, 1 / 8],
    [4, 4, 1 / 8],
    [3, 5, 2 / 8],
    [6, 3, 3 / 8],
    [6, 6, 4 / 8],
  ])
    assert.equal(pixel(sheet, 1, row, column), value)
})

example('nothing leaves its place empty, and the longest row says how wide the sheet is', () => {
  const cell = { picture: grey, frame }
  const sheet = contactSheet([[cell], [undefined, cell]], options)
  assert.deepEqual([sheet.rows, sheet.columns], [18, 18])
  assert.equal(pixel(sheet, 0, 12, 4), 1)
  assert.equal(pixel(sheet, 0, 11, 11), 1 / 8)
})
