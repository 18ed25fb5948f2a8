// A second form of the metrics, beside metrics.jsonl, for other programs: metrics.csv for tables and notebooks, or a
// file that `tensorboard --logdir runs` shows. Where a run goes on, what it said of later steps is taken away first.

import { appendFileSync, existsSync, readdirSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { bytesBefore, firstRecord, stepRecord } from '../run/event-records.ts'
import { columnsOf, csvOf, csvRow, type Metrics } from '../run/metrics-csv.ts'
import type { RunOptions } from '../run/run-options.ts'
import { appendLine, readRegular, writeWhole } from './files.ts'

/** Writes what a step reports; throws if that cannot be done. */
export type MetricLog = (report: Metrics) => void

/** Opens a log in a run's folder after the reports of the steps before `from`; throws if that cannot be done. */
type OpenLog = (run: string, earlier: readonly Metrics[], from: number) => MetricLog

/** A metric that comes later than the others adds a column, and the file is written again. */
const openCsv: OpenLog = (run, earlier) => {
  const path = join(run, 'metrics.csv')
  const reports = [...earlier]
  let columns = columnsOf(reports)
  if (reports.length > 0) writeWhole(path, csvOf(columns, reports))
  return report => {
    reports.push(report)
    const known = columns
    columns = columnsOf([Object.fromEntries(known.map(name => [name, 0])), report])
    if (columns.length > known.length) writeWhole(path, csvOf(columns, reports))
    else appendLine(path, csvRow(columns, report))
  }
}

const eventFile = /^events\.out\.tfevents\.\d+\.dino$/
const seconds = (): number => Date.now() / 1000

const openEvents: OpenLog = (run, _, from) => {
  const found = readdirSync(run).find(name => eventFile.test(name))
  const path = join(run, found ?? `events.out.tfevents.${Math.floor(seconds())}.dino`)
  if (existsSync(path)) truncateSync(path, bytesBefore(readRegular(path), from))
  else writeWhole(path, firstRecord(seconds()))
  return report => appendFileSync(path, stepRecord(seconds(), report))
}

const logs: Readonly<Record<RunOptions['log'], OpenLog>> = {
  none: () => () => undefined,
  csv: openCsv,
  tensorboard: openEvents,
}

/** Opens the log that a run's options ask for. */
export const openLog = (log: RunOptions['log']): OpenLog => logs[log]
