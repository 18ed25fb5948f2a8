// The metrics of a run as an SVG picture: the loss, the signs of collapse, and the check-ups on held-out images, over
// the steps, in one small chart each.

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

/** The metrics that are drawn, with their titles: those of one list are drawn in one unit. */
const charts: readonly (readonly (readonly [keyof StepReport, string])[])[] = [
  [
    ['loss', 'loss'],
    ['teacherEntropy', 'entropy of the teacher'],
    ['meanEntropy', 'entropy of its mean'],
    ['divergence', 'divergence of the student'],
  ],
  [['knn', 'k-NN, held-out images']],
  [['rank', 'effective rank']],
]

const most = 400

/** A curve of at most so many points: means of neighbouring steps. Some metrics are not known at every step. */
const thinned = (
  reports: readonly StepReport[],
  [field, chart]: readonly [keyof StepReport, string],
): readonly Point[] => {
  const known = reports.flatMap(({ step, [field]: value }) => (value === undefined ? [] : [{ chart, step, value }]))
  const together = Math.max(1, Math.ceil(known.length / most))
  return Array.from({ length: Math.ceil(known.length / together) }, (_, part) => {
    const own = known.slice(part * together, (part + 1) * together)
    return { ...own[0], value: own.reduce((sum, { value }) => sum + value, 0) / own.length }
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

const width = 860
const chartHeight = 110
const below = 40

/** Curves of one unit, one below the other, with the limits of those that have some. */
const curves = (
  points: readonly Point[],
  names: readonly string[],
  limits: ReturnType<typeof limitsOf>,
  steps: readonly [first: number, last: number],
): string =>
  svgText({
    width,
    height: chartHeight * names.length + below,
    marginBottom: below,
    marginLeft: 50,
    marginRight: 160,
    fy: { domain: [...names], label: null },
    y: { grid: true, label: null, nice: true, ticks: 4, zero: true },
    x: { label: 'step', domain: [...steps] },
    marks: [
      Plot.frame({ stroke: '#ddd' }),
      Plot.ruleY(
        limits.filter(({ chart }) => names.includes(chart)),
        { y: 'value', fy: 'chart', stroke: '#999', strokeDasharray: '4 4' },
      ),
      Plot.line(points, { x: 'step', y: 'value', fy: 'chart', stroke: '#3b6fb6', strokeWidth: 1.5 }),
      ...(points.length < 60
        ? [Plot.dot(points, { x: 'step', y: 'value', fy: 'chart', fill: '#3b6fb6', r: 2.5 })]
        : []),
    ],
  })

/** Pictures of one width, one below the other, with their heights. */
const stacked = (pictures: readonly (readonly [svg: string, height: number])[]): string => {
  const tops = pictures.map((_, at) => pictures.slice(0, at).reduce((total, [, height]) => total + height, 0))
  const height = pictures.reduce((total, [, own]) => total + own, 0)
  const placed = pictures.map(([svg], at) => svg.replace('<svg', `<svg y="${tops[at]}"`)).join('')
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>${placed}</svg>`
}

/** The charts as SVG text; K is the number of prototypes. Metrics that were never taken have none. */
export const metricsPlot = (reports: readonly StepReport[], prototypes: number): string => {
  const drawn = charts
    .map(group => ({ names: group.map(([, name]) => name), points: group.flatMap(chart => thinned(reports, chart)) }))
    .filter(({ points }) => points.length > 0)
  return stacked(
    drawn.map(({ points, names }) => [
      curves(points, names, limitsOf(prototypes), [reports[0].step, reports[reports.length - 1].step]),
      chartHeight * names.length + below,
    ]),
  )
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
