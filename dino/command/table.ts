// Tables on the terminal: columns as wide as their widest cell, with two spaces before each. A package for this
// (cli-table3) would need fifteen empty characters for its borders to print the same. `showTable([['a', '1'], ['bcd',
// '10']], ['left', 'right'])` is
//
//   a     1
//   bcd  10

/** How the cells of a column are aligned. */
export type Alignment = 'left' | 'right'

/** Rows of cells as lines of text. */
export const showTable = (rows: readonly (readonly string[])[], alignments: readonly Alignment[]): string => {
  const widths = alignments.map((_, column) => Math.max(0, ...rows.map(row => row[column].length)))
  const aligned = (cell: string, column: number): string =>
    alignments[column] === 'left' ? cell.padEnd(widths[column]) : cell.padStart(widths[column])
  return rows.map(row => `  ${row.map(aligned).join('  ')}`.trimEnd()).join('\n')
}
