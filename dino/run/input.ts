// The input of a step: the views of its batch, the branches of the student's blocks that are dropped, the values of the
// schedules, and the numbers that the optimiser needs from the host. All of it follows from the configuration and the
// number of the step.

import * as RR from 'fp-ts/lib/ReadonlyRecord.js'
import { type As, type Dense, dense, denseScalar, type optimisers, random, type Sizes } from '../../lib/index.ts'
import { keepProbability } from '../model/drop-path.ts'
import { type ScheduledValues, schedulesOf } from '../step/step-options.ts'
import { type BatchViews, blankViews } from '../views/view.ts'
import type { Configuration } from './configuration.ts'
import { optimiserOf, type RunInput } from './recipe.ts'

/** Branches of a block: attention, and the perceptron. */
const branches = 2

/**
 * The factor of each branch of each block: 0 if it is dropped, else 1 over the probability to keep it.
 */
const dropMask = <View extends string>(
  backbone: Configuration['model']['backbone'],
  view: View,
  views: number,
  batch: number,
  key: random.Key,
): Dense<'block' | 'branch' | View | 'batch'> => {
  const { depth } = backbone
  const each = branches * views * batch
  const keepOf = keepProbability(backbone)
  const mask = Float32Array.from(random.uniforms(random.fold(key, view), depth * each), (value, at) => {
    const keep = keepOf(Math.floor(at / each))
    return value < keep ? 1 / keep : 0
  })
  const sizes = { block: depth, branch: branches, [view]: views, batch }
  return dense(sizes as Sizes<'block' | 'branch' | View | 'batch'>, mask)
}

/** The drop masks of a step; none without drop path. */
const masks = ({ model: { backbone }, run }: Configuration, { global, local }: BatchViews, step: number) => {
  if (backbone.dropPath === 0) return {}
  const key = random.fold(random.fold(random.keyOf(run.seed), 'drop'), step)
  const { batch } = global.sizes
  const globalMasks = { drop: dropMask(backbone, 'global', global.sizes.global, batch, key) }
  if (local === undefined) return { globalMasks }
  return { globalMasks, localMasks: { drop: dropMask(backbone, 'local', local.sizes.local, batch, key) } }
}

/** The numbers that the host gives a step beside its batch. */
export interface Said {
  readonly scheduled: ScheduledValues
  readonly clocks: As<'dense', optimisers.Clocks>
}

/** The numbers of each step of a run of so many. */
export const saying = (configuration: Configuration, steps: number): ((step: number) => Said) => {
  const rates = schedulesOf(configuration.schedules, { steps, batch: configuration.run.batch })
  const { clocks } = optimiserOf(configuration, steps)
  return step => ({ scheduled: rates(step), clocks: clocks(step) })
}

/** Everything that a step is given. */
export const stepInput = (
  configuration: Configuration,
  views: BatchViews,
  step: number,
  { scheduled, clocks }: Said,
): As<'dense', RunInput> => ({
  batch: { ...views, ...masks(configuration, views, step) },
  scheduled: RR.map(denseScalar)(scheduled),
  clocks,
})

/** The sizes of the input of every step of a run of so many. */
export const inputSpec = (configuration: Configuration, steps: number): As<'spec', RunInput> => {
  const { views, model, run } = configuration
  const blank = blankViews(views, model.backbone.imageSize, run.batch)
  return stepInput(configuration, blank, 0, saying(configuration, steps)(0)) as As<'spec', RunInput>
}
