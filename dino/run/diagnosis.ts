// A diagnosis in words, from the reports of a run so far: each row of the table is a sickness with the signs by which
// it is known, and what usually helps. A sign must last, and those that a healthy run shows at its beginning count only
// after that, so that a healthy run is never warned of.
//
//   { sickness: 'one class', step: 60, says: 'the teacher gives all images one class: ...', helps: '--centre-...' }

import type { StepReport } from './course.ts'
import { thresholds } from './thresholds.ts'

/** What is wrong with a run. */
export type Sickness =
  | 'one class'
  | 'uniform'
  | 'student equals teacher'
  | 'all alike'
  | 'learns nothing'
  | 'gradient explodes'
  | 'moves too far'
  | 'rank collapses'

/** A warning: what is wrong since when, in words, and what usually helps. */
export interface Diagnosis {
  readonly sickness: Sickness
  /** The last step that was looked at. */
  readonly step: number
  readonly says: string
  readonly helps: string
}

/** A run that is looked at. */
export interface Patient {
  readonly prototypes: number
  /** Steps of the whole run. */
  readonly steps: number
}

/** The reports that a sign is looked for in. */
interface Looked extends Patient {
  readonly all: readonly StepReport[]
  /** The last ones, as many as a sign must last; none before the run is settled. */
  readonly lasting: readonly StepReport[]
  /** The few last ones, from the beginning on. */
  readonly recent: readonly StepReport[]
  /** The largest entropy. */
  readonly most: number
}

interface Row {
  readonly sickness: Sickness
  readonly shows: (looked: Looked) => boolean
  readonly says: string
  readonly helps: string
}

/** Whether reports show a sign, but for the one in ten in which a single odd image may hide it. */
const mostly = (reports: readonly StepReport[], shows: (report: StepReport) => boolean): boolean =>
  reports.length > 0 && reports.filter(shows).length >= 0.9 * reports.length

const median = (values: readonly number[]): number =>
  [...values].sort((left, right) => left - right)[values.length >> 1]

const known = (reports: readonly StepReport[], field: 'knn' | 'rank' | 'relativeMove'): readonly number[] =>
  reports.flatMap(({ [field]: value }) => (value === undefined ? [] : [value]))

/** Whether the last check-up is no better than that of the untrained network; both must be known. */
const noBetter = (all: readonly StepReport[]): boolean => {
  const found = known(all, 'knn')
  return found.length > 1 && all[0].step === 0 && found[found.length - 1] <= found[0]
}

/** DINO's loss, whatever else is in the sum of all terms. */
const crossEntropy = ({ teacherEntropy, divergence }: StepReport): number => teacherEntropy + divergence

const explodes = ({ all, recent }: Looked): boolean => {
  const before = all.slice(0, all.length - recent.length).map(({ gradientLength }) => gradientLength)
  if (before.length < thresholds.lasting.steps) return false
  const usual = median(before)
  return mostly(recent, ({ gradientLength }) => gradientLength > thresholds.growth * usual)
}

const rankCollapses = ({ all, lasting }: Looked): boolean => {
  const found = known(all, 'rank')
  return lasting.length > 0 && found.length > 1 && found[found.length - 1] < thresholds.rank * found[0]
}

/** The sicknesses; of those before 'gradient explodes' only the first is told, for the others follow from it. */
const rows: readonly Row[] = [
  {
    sickness: 'one class',
    shows: ({ lasting }) => mostly(lasting, ({ meanEntropy }) => meanEntropy < thresholds.single),
    says: 'the teacher gives all images the same class: the entropy of its mean is near 0',
    helps:
      'centring holds against that: --centre-momentum 0.9 (1 does not centre), or a higher --teacher-temperature ' +
      '(Caron et al. 2021, section 5.3)',
  },
  {
    sickness: 'uniform',
    shows: ({ lasting, most }) => mostly(lasting, report => report.teacherEntropy > most - thresholds.uniform),
    says: 'the teacher gives every image all classes alike: its entropy is near ln K',
    helps:
      'sharpening holds against that: a lower --teacher-temperature, 0.04 to 0.07 and below --student-temperature ' +
      '(Caron et al. 2021, section 5.3; 0.08 collapses in appendix D)',
  },
  {
    sickness: 'student equals teacher',
    shows: ({ lasting }) => mostly(lasting, ({ divergence }) => divergence < thresholds.divergence),
    says: 'the student says what the teacher says: their divergence is near 0, and there is nothing to learn',
    helps:
      'centring (--centre-momentum 0.9) together with sharpening (--teacher-temperature 0.04), a slower teacher, ' +
      '--teacher-momentum 0.99 to 0.996, or more --local-views (Caron et al. 2021, section 5.3 and table 15)',
  },
  {
    sickness: 'all alike',
    shows: ({ lasting }) =>
      mostly(lasting, ({ meanEntropy, teacherEntropy }) => meanEntropy - teacherEntropy < thresholds.information),
    says: 'the teacher gives all images the same distribution: the entropy of its mean is no larger than its own',
    helps:
      'a slower teacher, --teacher-momentum 0.99 to 0.996, or a lower --learning-rate ' +
      '(Caron et al. 2021, figure 6: a copy of the student as teacher learns nothing)',
  },
  {
    sickness: 'learns nothing',
    shows: ({ all, lasting, most }) =>
      mostly(lasting, report => Math.abs(crossEntropy(report) - most) < thresholds.loss * most) && noBetter(all),
    says: 'the loss stays at ln K, and held-out images are told no better than by the untrained network',
    helps:
      'a higher --learning-rate, a shorter --learning-rate-warmup, a lower --teacher-temperature, or a larger ' +
      '--initial-deviation for a small network (facebookresearch/dino issues 43, 246)',
  },
  {
    sickness: 'gradient explodes',
    shows: explodes,
    says: `gradients are ${thresholds.growth} times as long as was usual before`,
    helps: 'a smaller --clip, a lower --learning-rate or a longer --learning-rate-warmup (main_dino.py clips at 3)',
  },
  {
    sickness: 'moves too far',
    shows: ({ all }) => {
      const moves = known(all, 'relativeMove').slice(-2)
      return moves.length === 2 && moves.every(move => move > thresholds.move)
    },
    says: `a step moves the parameters by more than ${100 * thresholds.move} % of their length`,
    helps: 'a lower --learning-rate; a thousandth is usual',
  },
  {
    sickness: 'rank collapses',
    shows: rankCollapses,
    says: 'features use few directions: their effective rank is less than a third of what it was untrained',
    helps: 'a lower --learning-rate or --weight-decay, more images, or stronger changes of views (Garrido et al. 2023)',
  },
]

const consequences: readonly Sickness[] = [
  'uniform',
  'student equals teacher',
  'all alike',
  'learns nothing',
  'rank collapses',
]

/** The sicknesses that a run shows after these reports, which are in order. */
export const diagnose = (reports: readonly StepReport[], { prototypes, steps }: Patient): readonly Diagnosis[] => {
  if (reports.length === 0) return []
  const { step } = reports[reports.length - 1]
  const { lasting, settled, inARow } = thresholds
  const length = Math.max(lasting.steps, Math.round(lasting.share * steps))
  const first = Math.max(step + 1 - length, 0)
  const isSettled = first >= settled * steps && reports.length >= length
  const looked = {
    prototypes,
    steps,
    all: reports,
    lasting: isSettled ? reports.slice(-length) : [],
    recent: reports.length < inARow ? [] : reports.slice(-inARow),
    most: Math.log(prototypes),
  }
  const shown = rows.filter(({ shows }) => shows(looked))
  return shown
    .filter(({ sickness }, at) => !(consequences.includes(sickness) && at > 0))
    .map(({ sickness, says, helps }) => ({ sickness, step, says, helps }))
}
