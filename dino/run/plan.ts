// What follows from a configuration: the sizes of the networks, how a step is taken, what a view is, and what the schedules say
// of each step.

import { type AdamOptions, type As, denseScalar } from '../../lib/index.ts'
import type { NetworkSizes } from '../model/network.ts'
import { cosine, line } from '../step/schedule.ts'
import type { Rates, StepOptions } from '../step/step.ts'
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

const adamOptions = ({ beta1, beta2, epsilon }: Configuration): AdamOptions => ({ beta1, beta2, epsilon })

/** How a step is taken. */
export const stepOptions = (configuration: Configuration): StepOptions => {
  const { studentTemperature, centreMomentum, pairing, normLastLayer, clip, clipping } = configuration
  return {
    studentTemperature,
    centreMomentum,
    pairing,
    normLastLayer,
    clip: clip > 0 ? { kind: clipping, length: clip } : { kind: 'none' },
    adam: adamOptions(configuration),
  }
}

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

/** The numbers that the schedules give for a step. */
export interface StepRates {
  readonly learningRate: number
  readonly weightDecay: number
  readonly momentum: number
  readonly teacherTemperature: number
  /** The optimiser's turn, from 1: that of all parameters, and that of the last layer, 0 while it is frozen. */
  readonly turn: number
  readonly lastLayerTurn: number
}

/** The schedules of a run of so many steps: total functions of the step. */
export const ratesOf = (configuration: Configuration, steps: number): ((step: number) => StepRates) => {
  const { batch, learningRate, finalLearningRate, learningRateWarmup } = configuration
  const share = (part: number): number => Math.round(part * steps)
  const base = (learningRate * batch) / referenceBatch
  const rate = cosine({ base, final: finalLearningRate, steps, warmup: share(learningRateWarmup) })
  const decay = cosine({ base: configuration.weightDecay, final: configuration.finalWeightDecay, steps })
  const momentum = cosine({ base: configuration.teacherMomentum, final: configuration.finalTeacherMomentum, steps })
  const temperature = line(
    configuration.warmTeacherTemperature,
    configuration.teacherTemperature,
    share(configuration.teacherTemperatureWarmup),
  )
  const frozen = share(configuration.freezeLastLayer)
  return step => ({
    learningRate: rate(step),
    weightDecay: decay(step),
    momentum: momentum(step),
    teacherTemperature: temperature(step),
    turn: step + 1,
    lastLayerTurn: Math.max(step + 1 - frozen, 0),
  })
}

/** What Adam divides its means by at a turn, computed in float64, where 1 - beta^turn is exact enough. */
const corrections = ({ beta1, beta2 }: AdamOptions, turn: number) => ({
  correction1: denseScalar(1 - beta1 ** Math.max(turn, 1)),
  correction2: denseScalar(1 - beta2 ** Math.max(turn, 1)),
})

/** The rates of a step as the step takes them. */
export const ratesInput = (configuration: Configuration, rates: StepRates): As<'dense', Rates> => ({
  learningRate: denseScalar(rates.learningRate),
  weightDecay: denseScalar(rates.weightDecay),
  momentum: denseScalar(rates.momentum),
  teacherTemperature: denseScalar(rates.teacherTemperature),
  ...corrections(adamOptions(configuration), rates.turn),
  lastLayer: {
    ...corrections(adamOptions(configuration), rates.lastLayerTurn),
    active: denseScalar(rates.lastLayerTurn > 0 ? 1 : 0),
  },
})
