// Health on the terminal: the last check-up beside the bar, and a warning, once for each sickness, above it.
//
//   warning, step 60: the teacher gives all images the same class: the entropy of its mean is near 0
//     centring holds against that: --centre-momentum 0.9 (1 does not centre), or ...

import type { StepReport } from '../run/course.ts'
import { type Diagnosis, diagnose, type Patient, type Sickness } from '../run/diagnosis.ts'

/** Two lines for a person. */
export const showDiagnosis = ({ step, says, helps }: Diagnosis): string => `warning, step ${step}: ${says}\n  ${helps}`

/** Reports that are looked at together: a look at every step would cost more than it tells. */
const lookEvery = 10

/** Tells what is wrong with a run, each sickness once; it is called with all reports after every step. */
export const tellingSickness = (
  patient: Patient,
  say: (line: string) => void,
): ((reports: readonly StepReport[]) => void) => {
  const told = new Set<Sickness>()
  return reports => {
    if (reports.length % lookEvery !== 0) return
    for (const diagnosis of diagnose(reports, patient)) {
      if (!told.has(diagnosis.sickness)) say(showDiagnosis(diagnosis))
      told.add(diagnosis.sickness)
    }
  }
}

/** The last check-up: `k-NN 28.5 %  rank 17.2`; nothing before there was one. */
export const showCheckUp = (reports: readonly StepReport[]): string => {
  const last = reports.findLast(({ rank }) => rank !== undefined)
  const knn = last?.knn === undefined ? [] : [`k-NN ${(100 * last.knn).toFixed(1)} %`]
  return [...knn, ...(last?.rank === undefined ? [] : [`rank ${last.rank.toFixed(1)}`])].join('  ')
}
