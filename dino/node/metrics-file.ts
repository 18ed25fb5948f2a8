// The metrics of a run as a file of lines, one for each step, in order. A run that goes on from step 300 needs the
// lines of steps 0 to 299: lines of later steps, which are computed again, and a last line that was cut short are taken
// away.
//
//   {"step":0,"loss":4.84,"dino":4.84,"teacherEntropy":4.81, ... }

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { StepReport } from '../run/course.ts'
import { appendLine, readRegular, settle, writeWhole } from './files.ts'

/** The file of the metrics. */
export const metricsPath = (run: string): string => join(run, 'metrics.jsonl')

const isReport = (json: unknown): json is StepReport =>
  typeof json === 'object' && json !== null && 'step' in json && Number.isSafeInteger(json.step)

const parse = (line: string): StepReport | undefined => {
  try {
    const json: unknown = JSON.parse(line)
    return isReport(json) ? json : undefined
  } catch {
    return undefined
  }
}

/** A line of the file, and what it says. */
interface Line {
  readonly text: string
  readonly report: StepReport
}

/** The lines that are whole, each of a later step than the one before. */
const wholeLines = (text: string): readonly Line[] => {
  const found: Line[] = []
  let last = -1
  for (const line of text.split('\n').slice(0, -1)) {
    const report = parse(line)
    if (report === undefined || report.step <= last) continue
    found.push({ text: line, report })
    last = report.step
  }
  return found
}

const textOf = (path: string): string => (existsSync(path) ? readRegular(path).toString('utf8') : '')

/** The reports of a run; lines that are broken are left out. Throws if the file cannot be read. */
export const readReports = (run: string): readonly StepReport[] =>
  wholeLines(textOf(metricsPath(run))).map(({ report }) => report)

/** Leaves the lines of the steps before `step`, and gives what they say. Throws if that cannot be done. */
export const cutReports = (run: string, step: number): readonly StepReport[] => {
  const path = metricsPath(run)
  const text = textOf(path)
  const kept = wholeLines(text).filter(({ report }) => report.step < step)
  const wanted = kept.map(line => `${line.text}\n`).join('')
  if (wanted !== text || !existsSync(path)) writeWhole(path, wanted)
  return kept.map(({ report }) => report)
}

/** Appends what a step reports. */
export const appendReport = (run: string, report: StepReport): void =>
  appendLine(metricsPath(run), JSON.stringify(report))

/** Waits until the lines are on the disk. */
export const settleReports = (run: string): void => settle(metricsPath(run))
