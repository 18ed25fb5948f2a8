// Metrics as CSV: a column for each metric, a row for each step. A metric that a step does not report is an empty cell.
//
//   step,loss,dino,teacherEntropy
//   0,4.84,4.84,4.81
//   1,4.79,4.79,

/** What a step reports: numbers by name. */
export type Metrics = Readonly<Record<string, number | undefined>>

/** The names of all metrics that are reported, in the order in which they first come. */
export const columnsOf = (reports: readonly Metrics[]): readonly string[] => [
  ...new Set(reports.flatMap(report => Object.keys(report))),
]

/** The row of a step, without the end of the line. */
export const csvRow = (columns: readonly string[], report: Metrics): string =>
  columns.map(column => String(report[column] ?? '')).join(',')

/** The whole file. */
export const csvOf = (columns: readonly string[], reports: readonly Metrics[]): string =>
  [columns.join(','), ...reports.map(report => csvRow(columns, report))].map(line => `${line}\n`).join('')
