// Tables for a terminal: columns as wide as their widest cell, the first set to the left and the others to the right,
// and headings that reach over several columns, which `dino/command/table.ts` does not have.
//         contractions
//          128     256
//   ------------------
//   wasm    19      36

/** Rows of cells, all of one length. */
export type Cells = readonly (readonly string[])[]

const gap = '  '

const widths = (rows: Cells): readonly number[] =>
  (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column].length)))

const setLine = (row: readonly string[], width: readonly number[]): string =>
  row
    .map((cell, column) => (column === 0 ? cell.padEnd(width[column]) : cell.padStart(width[column])))
    .join(gap)
    .trimEnd()

/** A heading over some columns, from the one numbered `from`; the next heading begins where it ends. */
export interface Heading {
  readonly text: string
  readonly from: number
}

const startOf = (width: readonly number[], column: number): number =>
  width.slice(0, column).reduce((total, own) => total + own + gap.length, 0)

const setHeadings = (headings: readonly Heading[], width: readonly number[]): string =>
  headings.reduce((line, { text, from }) => `${line.padEnd(startOf(width, from))}${text}`, '')

/** The widths with the last column before each heading's end as wide as the heading needs. */
const widen = (width: readonly number[], headings: readonly Heading[]): readonly number[] =>
  headings.reduce((own, { text, from }, at) => {
    const end = headings[at + 1]?.from ?? own.length
    const missing = startOf(own, from) + text.length + gap.length - startOf(own, end)
    return missing > 0 ? own.with(end - 1, own[end - 1] + missing) : own
  }, width)

/** The table with a rule under its first row, and headings over that. */
export const layOutTable = (head: readonly string[], body: Cells, headings: readonly Heading[] = []): string => {
  const width = widen(widths([head, ...body]), headings)
  const rule = '-'.repeat(width.reduce((total, own) => total + own, 0) + gap.length * (width.length - 1))
  const above = headings.length === 0 ? [] : [setHeadings(headings, width)]
  return [...above, setLine(head, width), rule, ...body.map(row => setLine(row, width))].join('\n')
}
