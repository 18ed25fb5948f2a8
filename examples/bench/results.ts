// From findings to figures with their spread, and to troubles. A wrong result is no figure, and a training step whose
// losses differ from those of this project is not the same step.

import { contractions, operationsOf, steps } from './cases/cases.ts'
import { allowedError } from './cases/product-check.ts'
import type { Finding } from './cases/protocol.ts'
import type { Competitor } from './competitors.ts'
import { type Summary, summarise } from './quartiles.ts'

/** A figure: GFLOP/s or images a second, the larger the better. */
export interface Figure extends Summary {
  readonly unit: 'GFLOP/s' | 'images/s'
}

/** A competitor with its figures by case, and its troubles, a line each. */
export interface Result {
  readonly competitor: Competitor
  readonly about: string
  readonly figures: Readonly<Record<string, Figure>>
  readonly losses: Readonly<Record<string, readonly number[]>>
  readonly troubles: readonly string[]
}

/** Work for each second, from the milliseconds of single runs that do so much of it. */
const figureOf = (work: number, milliseconds: readonly number[], unit: Figure['unit']): Figure => ({
  ...summarise(milliseconds.map(time => (1000 * work) / time)),
  unit,
})

const isSound = (finding: Finding): boolean => {
  if (finding.kind === 'contraction') return finding.error <= allowedError
  return finding.kind !== 'step' || (finding.losses.length > 0 && finding.losses.every(Number.isFinite))
}

const figuresOf = (finding: Finding): readonly (readonly [string, Figure])[] => {
  if (!isSound(finding)) return []
  if (finding.kind === 'contraction') {
    const work = operationsOf(contractions[finding.name]) / 1e9
    return [[finding.name, figureOf(work, finding.milliseconds, 'GFLOP/s')]]
  }
  if (finding.kind !== 'step') return []
  return [[finding.name, figureOf(steps[finding.name].batch, finding.milliseconds, 'images/s')]]
}

const troubleOf = (finding: Finding): readonly string[] => {
  if (finding.kind === 'failed') return [finding.name === 'all' ? finding.reason : `${finding.name}: ${finding.reason}`]
  if (isSound(finding)) return []
  if (finding.kind === 'contraction') return [`${finding.name}: wrong, its relative error is ${finding.error}`]
  return finding.kind === 'step' ? [`${finding.name}: wrong, its losses are ${finding.losses.join(', ')}`] : []
}

/** The result of a competitor from its findings. */
export const resultOf = (competitor: Competitor, findings: readonly Finding[]): Result => ({
  competitor,
  about: findings.flatMap(finding => (finding.kind === 'about' ? [finding.text] : []))[0] ?? '',
  figures: Object.fromEntries(findings.flatMap(figuresOf)),
  losses: Object.fromEntries(findings.flatMap(found => (found.kind === 'step' ? [[found.name, found.losses]] : []))),
  troubles: findings.flatMap(troubleOf),
})

/** How far the losses of a first step may be apart, as a part of them: float32, added up in another order. */
const allowedDifference = 1e-4

/** Results whose first losses differ from the first result's lose their figures for that step. */
export const agreeing = (results: readonly Result[]): readonly Result[] => {
  const truth = results.find(({ losses }) => Object.keys(losses).length > 0)?.losses ?? {}
  return results.map(result => {
    const strangers = Object.keys(truth).filter(name => {
      const [expected, came] = [truth[name][0], result.losses[name]?.[0]]
      return came !== undefined && !(Math.abs(came - expected) <= allowedDifference * Math.abs(expected))
    })
    const figures = Object.entries(result.figures).filter(([name]) => !strangers.includes(name))
    const told = strangers.map(name => `${name}: wrong, its loss is ${result.losses[name][0]}, not ${truth[name][0]}`)
    return { ...result, figures: Object.fromEntries(figures), troubles: [...result.troubles, ...told] }
  })
}
