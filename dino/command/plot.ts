// The metrics of a run as an SVG picture: the loss and the signs of collapse over the steps, in one small chart each.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as Plot from '@observablehq/plot'
import * as E from 'fp-ts/lib/Either.js'
import { parseHTML } from 'linkedom'
import { recordError } from '../node/record.ts'
import type { StepReport } from '../run/course.ts'
import type { RecordError } from '../run/failure.ts'

interface Point {
  readonly chart: string
  readonly step: number
  readonly value: number
}

/** The metrics that are drawn, in order, with their titles. */
const charts: readonly (readonly [keyof StepReport, string])[] = [
  ['loss', 'loss'],
  ['teacherEntropy', 'entropy of the teacher'],
  ['meanEntropy', 'entropy of its mean'],
  ['divergence', 'divergence of the student'],
]

const most = 400

/** A curve of at most so many points: means of neighbouring steps. */
const thinned = (reports: readonly StepReport[], [field, chart]: (typeof charts)[number]): readonly Point[] => {
  const together = Math.ceil(reports.length / most)
  return Array.from({ length: Math.ceil(reports.length / together) }, (_, part) => {
    const own = reports.slice(part * together, (part + 1) * together)
    return { chart, step: own[0].step, value: own.reduce((sum, report) => sum + report[field], 0) / own.length }
  })
}

/** Charts of an entropy: it lies between 0 and ln K, and is at neither in a healthy training. */
const entropies = ['entropy of the teacher', 'entropy of its mean']

const limitsOf = (prototypes: number): readonly Omit<Point, 'step'>[] =>
  entropies.flatMap(chart => [0, Math.log(prototypes)].map(value => ({ chart, value })))

/** A plot as the text of an SVG file, drawn without a browser. */
export const svgText = (options: Plot.PlotOptions): string => {
  const { document } = parseHTML('<html><body></body></html>')
  const svg = Plot.plot({ ...options, document })
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  return svg.outerHTML
}

/** The chart as SVG text; K is the number of prototypes. */
export const metricsPlot = (reports: readonly StepReport[], prototypes: number): string => {
  const points = charts.flatMap(chart => thinned(reports, chart))
  return svgText({
    width: 860,
    height: 480,
    marginLeft: 50,
    marginRight: 150,
    fy: { domain: charts.map(([, name]) => name), label: null },
    y: { grid: true, label: null, nice: true, ticks: 4 },
    x: { label: 'step' },
    marks: [
      Plot.frame({ stroke: '#ddd' }),
      Plot.ruleY(limitsOf(prototypes), { y: 'value', fy: 'chart', stroke: '#999', strokeDasharray: '4 4' }),
      Plot.line(points, { x: 'step', y: 'value', fy: 'chart', stroke: '#3b6fb6', strokeWidth: 1.5 }),
    ],
  })
}

/** Draws the record of a run into its folder. */
export const writeMetricsPlot = (
  folder: string,
  reports: readonly StepReport[],
  prototypes: number,
): E.Either<RecordError, void> => {
  const path = join(folder, 'metrics.svg')
  return E.tryCatch(() => writeFileSync(path, metricsPlot(reports, prototypes)), recordError(path, 'a file to write'))
}
