// The steps of the benchmark in the words of this project: the configuration of a run that takes them.

import { type Configuration, changed } from '../../../dino/run/configuration.ts'
import { presetOf } from '../../../dino/run/presets.ts'
import type { ScheduledValues } from '../../../dino/step/step-options.ts'
import { type StartupName, type StepCase, steps } from './cases.ts'

/** The configuration of a step. */
export const configurationOf = (step: StepCase): Configuration => {
  const { imageSize, patchSize, features, depth, heads, mlpRatio } = step
  const { headLayers: layers, headHidden: hidden, bottleneck, prototypes } = step
  const { studentTemperature, centreMomentum, beta1, beta2, epsilon, clip } = step
  return changed(presetOf('scenes'), {
    model: {
      backbone: { imageSize, patchSize, features, depth, heads, mlpRatio, dropPath: 0 },
      head: { layers, hidden, bottleneck, prototypes, normLastLayer: true },
      initialDeviation: 0.02,
    },
    views: { localSize: step.localSize, localViews: step.localViews },
    objective: { pairing: 'other views', studentTemperature, centreMomentum },
    optimiser: { beta1, beta2, epsilon, clip, clipping: 'each' },
    run: { seed: 1, batch: step.batch },
  })
}

/** What every turn of a step is told: rates that follow no schedule. */
export const scheduledOf = ({
  learningRate,
  weightDecay,
  teacherMomentum,
  teacherTemperature,
}: StepCase): ScheduledValues => ({
  learningRate,
  weightDecay,
  teacherMomentum,
  teacherTemperature,
  anchorRefresh: 0,
})

/** The configurations whose compilation is timed. */
export const startups: Readonly<Record<StartupName, Configuration>> = {
  small: configurationOf(steps.small),
  base: configurationOf(steps.base),
  'cifar-tiny': presetOf('cifar-tiny'),
}
