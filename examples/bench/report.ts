// The results as text: one table of figures, the cases that could not be measured and why, how this project's executor
// compares, and two small tables of its memory and of the time until it can run.

import { contractionNames, stepNames } from './cases/cases.ts'
import type { Finding } from './cases/protocol.ts'
import { isJavaScriptPeer } from './competitors.ts'
import { spread } from './quartiles.ts'
import type { Figure, Result } from './results.ts'
import { layOutTable } from './text-table.ts'

/** Fewer counted runs than this are marked. */
const enough = 5

const digits = (value: number): number => (value < 0.995 ? 2 : value < 99.5 ? 1 : 0)

const percent = (part: number): string => `±${Math.round(100 * part)}%`.padStart(5)

const cellOf = (figure: Figure | undefined): string => {
  if (figure === undefined) return '-'
  const value = figure.median.toFixed(digits(figure.median))
  return figure.count < enough ? `${value} (${figure.count})` : `${value} ${percent(spread(figure))}`
}

const measured = (results: readonly Result[], names: readonly string[]): readonly string[] =>
  names.filter(name => results.some(({ figures }) => figures[name] !== undefined))

/** The table: a row for each competitor, a column for each case that anybody could measure. */
export const showTable = (results: readonly Result[]): string => {
  const shapes = measured(results, contractionNames)
  const sizes = measured(results, stepNames)
  const names = [...shapes, ...sizes]
  const headings = [
    ...(shapes.length > 0 ? [{ text: 'contractions, GFLOP/s', from: 1 }] : []),
    ...(sizes.length > 0 ? [{ text: 'DINO step, images/s', from: 1 + shapes.length }] : []),
  ]
  const body = results.map(({ competitor, figures }) => [competitor.label, ...names.map(name => cellOf(figures[name]))])
  return layOutTable(['', ...names], body, headings)
}

/** The cases that could not be measured, and why. */
export const showTroubles = (results: readonly Result[]): string =>
  results.flatMap(({ competitor, troubles }) => troubles.map(trouble => `${competitor.label}: ${trouble}`)).join('\n')

const fastest = (results: readonly Result[], name: string): Result | undefined => {
  const able = results.filter(({ figures }) => figures[name] !== undefined)
  return able.toSorted((left, right) => right.figures[name].median - left.figures[name].median)[0]
}

const comparison = (own: Result, others: readonly Result[], whom: string, name: string): readonly string[] => {
  const best = fastest(others, name)
  if (best === undefined) return []
  const ratio = own.figures[name].median / best.figures[name].median
  return [`${name}: ${ratio.toFixed(2)} times ${whom}, ${best.competitor.label}`]
}

/** This project's executor with two threads, the faster of its rows, beside the fastest of the others, case by case. */
export const showComparison = (results: readonly Result[]): string => {
  const own = results.filter(({ competitor }) => competitor.group === 'wasm' && competitor.threads === 2)
  const peers = results.filter(({ competitor }) => isJavaScriptPeer(competitor))
  const torch = results.filter(({ competitor }) => competitor.group === 'pytorch')
  const lines = [...contractionNames, ...stepNames].flatMap(name => {
    const best = fastest(own, name)
    if (best === undefined) return []
    return [
      ...comparison(best, peers, 'the fastest other JavaScript library', name),
      ...comparison(best, torch, 'PyTorch', name),
    ]
  })
  return lines.length === 0 ? '' : ['wasm, 2 threads:', ...lines.map(line => `  ${line}`)].join('\n')
}

const milliseconds = (time: number): string => time.toFixed(0)

/** Milliseconds of this project until a step can run: assembler, threads, the step's first compilation and its next. */
export const showStartup = (findings: readonly Finding[]): string => {
  const rows = findings.flatMap(finding => {
    if (finding.kind !== 'startup') return []
    const { assembler, workers, first, again } = finding.milliseconds
    return [[finding.name, ...[assembler, workers, first, again].map(milliseconds)]]
  })
  const head = ['', 'load assembler', 'start threads', 'compile', 'compile again']
  return rows.length === 0 ? '' : layOutTable(head, rows, [{ text: 'wasm, 2 threads, milliseconds', from: 1 }])
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1)

/** The memory of this project's steps beside what they must keep, in megabytes; see `kept-memory.ts` for the terms. */
export const showMemory = (findings: readonly Finding[]): string => {
  const rows = findings.flatMap(finding => {
    if (finding.kind !== 'memory') return []
    const { state, kept, batch, plan, memory } = finding.bytes
    const must = state + kept + batch
    const figures = [state, kept, batch, must, plan, memory].map(megabytes)
    return [[finding.name, ...figures, (memory / must).toFixed(2)]]
  })
  const head = ['', 'state', 'kept', 'batch', 'sum', 'plan', 'WebAssembly memory', 'of the sum']
  return rows.length === 0 ? '' : layOutTable(head, rows, [{ text: 'wasm, 2 threads, megabytes', from: 1 }])
}
