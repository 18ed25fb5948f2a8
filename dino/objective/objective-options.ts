// The numbers of the DINO loss that do not change from step to step (Caron et al. 2021, section 3.1; main_dino.py,
// DINOLoss).

import type { Values } from '../options/option.ts'
import { choice, number, share } from '../options/option-rows.ts'

/** The options of the objective. */
export const objectiveOptions = {
  pairing: choice(['other views', 'all'], 'other views', 'whether a global view is also compared with itself'),
  studentTemperature: number([0.001, 10], 0.1, "the student's temperature"),
  centreMomentum: share(0.9, 'how much of the centre stays at each step; 1 does not centre'),
} as const

/** The numbers of the loss. */
export type ObjectiveOptions = Values<typeof objectiveOptions>
