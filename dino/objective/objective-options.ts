// The numbers of the objective that do not change from step to step: DINO's loss (Caron et al. 2021, section 3.1;
// main_dino.py, DINOLoss), and what DINOv2 and DINOv3 put beside it. An objective of weight 0 is not there at all.

import type { Values } from '../options/option.ts'
import { called, choice, number, onOff, range, share, whole } from '../options/option-rows.ts'

/** The weight of an objective beside DINO's. */
const weight = (meaning: string) => called('*-weight', number([0, 1000], 0, `${meaning}; 0 leaves it out`))

/** The options of the objective. */
export const objectiveOptions = {
  weight: called('dino-weight', number([0, 1000], 1, 'weight of the DINO loss itself')),
  pairing: choice(['other views', 'all'], 'other views', 'whether a global view is also compared with itself'),
  studentTemperature: number([0.001, 10], 0.1, "the student's temperature"),
  assignment: choice(['centre', 'sinkhorn'], 'centre', 'how the teacher is kept from giving all images one class'),
  centreMomentum: share(0.9, 'how much of the centre stays at each step; 1 does not centre'),
  sinkhornTurns: whole([1, 1000], 3, 'turns of Sinkhorn-Knopp'),
  ibot: {
    weight: weight('weight of iBOT, the loss of hidden patches (DINOv2: 1)'),
    views: called('masked-views', share(0.5, 'share of the global views of which patches are hidden')),
    ratio: called('mask-ratio', range([0, 1], [0.1, 0.5], 'share of the patches of such a view that are hidden')),
    exact: called('exact-masks', onOff(false, 'whether single patches fill up what blocks leave open (DINOv3)')),
  },
  koleo: { weight: weight('weight of KoLeo, which spreads features (DINOv2: 0.1)') },
  gram: { weight: weight('weight of Gram anchoring, which keeps patches unlike each other (DINOv3: 1)') },
} as const

/** The numbers of the loss. */
export type ObjectiveOptions = Values<typeof objectiveOptions>
