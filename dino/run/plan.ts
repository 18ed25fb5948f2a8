// What follows from a configuration: the sizes of the networks, how a step is taken, what a view is, and what the schedules say
// of each step.

import {
  type As,
  adamw,
  type Clip,
  type Clocks,
  clipEach,
  clipTogether,
  optimiser,
  unclipped,
} from '../../lib/index.ts'
import { type Network, type NetworkSizes, network } from '../model/network.ts'
import { type Centre, centred } from '../objective/assignment.ts'
import { dino } from '../objective/dino.ts'
import type { SignOfHealth } from '../objective/health.ts'
import { dinoGroups } from '../step/groups.ts'
import { cosine, line, type Schedule, valuesAt } from '../step/schedule.ts'
import type { State } from '../step/state.ts'
import type { StepInput, StepOutput } from '../step/step.ts'
import { type MultiCrop, multiCrop } from '../views/view-options.ts'
import type { Configuration } from './configuration.ts'

/** The sizes of student and teacher. */
export const networkSizes = (configuration: Configuration): NetworkSizes => {
  const { imageSize, patchSize, features, depth, heads, mlpRatio } = configuration
  const { headHidden, bottleneck, prototypes, headLayers, initialDeviation: deviation } = configuration
  return {
    backbone: { imageSize, patchSize, features, depth, heads, mlpRatio, deviation },
    head: { hidden: headHidden, bottleneck, prototypes, layers: headLayers, deviation },
  }
}

const share = (part: number, steps: number): number => Math.round(part * steps)

const clipOf = ({ clip, clipping }: Configuration): Clip =>
  clip > 0 ? { each: clipEach, together: clipTogether }[clipping](clip) : unclipped

/** The optimiser of a run of so many steps. */
export const optimiserOf = (configuration: Configuration, steps: number) => {
  const { beta1, beta2, epsilon, normLastLayer, freezeLastLayer } = configuration
  const groups = dinoGroups({ normLastLayer, frozenSteps: share(freezeLastLayer, steps) })
  return optimiser(adamw({ beta1, beta2, epsilon }))(network(networkSizes(configuration)), groups)
}

/** What a run trains for. */
export const objectiveOf = ({ studentTemperature, centreMomentum, pairing, normLastLayer }: Configuration) =>
  dino({ assignment: centred(centreMomentum), studentTemperature, pairing, normLastLayer })

/** How the steps of a run of so many are taken. */
export const stepOptions = (configuration: Configuration, steps: number) => ({
  objective: objectiveOf(configuration),
  optimiser: optimiserOf(configuration, steps),
  clip: clipOf(configuration),
})

/** The state of a run, what its steps are given, and what they report. */
export type RunState = State<Network, { readonly centre: Centre }>
export type RunInput = StepInput<'teacherTemperature'>
export type RunReport = StepOutput<SignOfHealth | 'centreNorm'>

/** What is seen of an image. */
export const viewOptions = (configuration: Configuration): MultiCrop =>
  multiCrop({
    globalSize: configuration.imageSize,
    localSize: configuration.localSize,
    locals: configuration.localViews,
    globalArea: configuration.globalArea,
    localArea: configuration.localArea,
    blurSigma: configuration.blur,
    flip: configuration.flip,
    jitter: {
      probability: configuration.jitter,
      brightness: configuration.brightness,
      contrast: configuration.contrast,
      saturation: configuration.saturation,
      hue: configuration.hue,
    },
    grey: configuration.grey,
    solarise: configuration.solarise,
  })

/** The batch for which the learning rate is given (Goyal et al. 2017). */
const referenceBatch = 256

/** Steps of a run over so many images, and steps of one epoch; an epoch leaves out what does not fill a batch. */
export const lengthOf = ({ steps, epochs, batch }: Configuration, images: number) => {
  const perEpoch = Math.max(1, Math.floor(images / batch))
  return { perEpoch, steps: steps > 0 ? steps : Math.max(1, Math.round(epochs * perEpoch)) }
}

/** The schedules of a run of so many steps, by name. */
export const schedulesOf = (configuration: Configuration, steps: number) => {
  const { batch, learningRate, finalLearningRate, learningRateWarmup } = configuration
  const base = (learningRate * batch) / referenceBatch
  return {
    learningRate: cosine({ base, final: finalLearningRate, steps, warmup: share(learningRateWarmup, steps) }),
    weightDecay: cosine({ base: configuration.weightDecay, final: configuration.finalWeightDecay, steps }),
    teacherMomentum: cosine({ base: configuration.teacherMomentum, final: configuration.finalTeacherMomentum, steps }),
    teacherTemperature: line(
      configuration.warmTeacherTemperature,
      configuration.teacherTemperature,
      share(configuration.teacherTemperatureWarmup, steps),
    ),
  } satisfies Readonly<Record<string, Schedule>>
}

/** What the schedules say of a step. */
export type ScheduledValues = Readonly<Record<keyof ReturnType<typeof schedulesOf>, number>>

/** What a step is given beside its views and masks. */
export interface StepRates {
  readonly scheduled: ScheduledValues
  readonly clocks: As<'dense', Clocks>
}

/** What the steps of a run of so many are given beside views and masks. */
export const ratesOf = (configuration: Configuration, steps: number): ((step: number) => StepRates) => {
  const scheduled = valuesAt(schedulesOf(configuration, steps))
  const { clocks } = optimiserOf(configuration, steps)
  return step => ({ scheduled: scheduled(step), clocks: clocks(step) })
}
