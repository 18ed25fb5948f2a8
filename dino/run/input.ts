// The input of a step, or of a micro-batch of it: the views of its batch, the branches of the student's blocks that are
// dropped, the values of the schedules, and the numbers that the optimiser needs from the host. All of it follows from
// the configuration and the number of the step. What is drawn is drawn for the whole batch.

import * as RR from 'fp-ts/lib/ReadonlyRecord.js'
import { type As, type Dense, dense, denseScalar, type optimisers, random, type Sizes } from '../../lib/index.ts'
import { keepProbability } from '../model/drop-path.ts'
import { gridOf } from '../model/tokens.ts'
import { blockMasks } from '../objective/block-masks.ts'
import { placeOf } from '../step/gather.ts'
import { type ScheduledValues, schedulesOf } from '../step/step-options.ts'
import { type BatchViews, blankViews } from '../views/view.ts'
import type { Configuration } from './configuration.ts'
import { microBatchSize, partOf } from './micro-batch.ts'
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

const keyOf = ({ run }: Configuration, purpose: string, step: number): random.Key =>
  random.fold(random.fold(random.keyOf(run.seed), purpose), step)

/** The branches that a step drops, for its whole batch; none without drop path. */
const drops = (configuration: Configuration, { global, local }: BatchViews, batch: number, step: number) => {
  const { backbone } = configuration.model
  if (backbone.dropPath === 0) return {}
  const key = keyOf(configuration, 'drop', step)
  const globalMasks = { drop: dropMask(backbone, 'global', global.sizes.global, batch, key) }
  if (local === undefined) return { globalMasks }
  return { globalMasks, localMasks: { drop: dropMask(backbone, 'local', local.sizes.local, batch, key) } }
}

/** The patches that a step hides, for its whole batch; none without iBOT. */
const hidings = (configuration: Configuration, { global }: BatchViews, batch: number, step: number) => {
  const { imageSize, patchSize } = configuration.model.backbone
  const { ibot } = configuration.objective
  if (ibot.weight === 0) return {}
  const grid = gridOf(imageSize, imageSize, patchSize)
  const views = global.sizes.global
  const masks = blockMasks(ibot, grid, views * batch, keyOf(configuration, 'hide', step))
  return { hidden: dense({ global: views, batch, token: grid.rows * grid.columns }, masks) }
}

/** The masks of a step, for its whole batch. */
const masks = (configuration: Configuration, views: BatchViews, step: number) => {
  const batch = views.global.sizes.batch * configuration.run.accumulate
  const { globalMasks, ...local } = drops(configuration, views, batch, step)
  return { ...local, globalMasks: { ...globalMasks, ...hidings(configuration, views, batch, step) } }
}

/** The numbers that the host gives a step beside its batch. */
export interface Said {
  readonly scheduled: ScheduledValues
  readonly clocks: As<'dense', optimisers.Clocks>
}

/** The numbers of each step of a run of so many. */
export const saying = (configuration: Configuration, steps: number): ((step: number) => Said) => {
  const { batch, epochs } = configuration.run
  const rates = schedulesOf(configuration.schedules, { steps, batch, epochs })
  const { clocks } = optimiserOf(configuration, steps)
  return step => ({ scheduled: rates(step), clocks: clocks(step) })
}

/** Everything that a step is given for one of the micro-batches of its batch, counted from 0. */
export const stepInput = (
  configuration: Configuration,
  views: BatchViews,
  step: number,
  { scheduled, clocks }: Said,
  part = 0,
): As<'dense', RunInput> => {
  const { accumulate } = configuration.run
  return {
    batch: { ...views, ...partOf(part, accumulate)(masks(configuration, views, step)) },
    scheduled: RR.map(denseScalar)(scheduled),
    clocks,
    ...(accumulate > 1 ? { place: placeOf(part, accumulate) } : {}),
  }
}

/** The sizes of the input of every step of a run of so many. */
export const inputSpec = (configuration: Configuration, steps: number): As<'spec', RunInput> => {
  const { views, model, run } = configuration
  const blank = blankViews(views, model.backbone.imageSize, microBatchSize(run))
  return stepInput(configuration, blank, 0, saying(configuration, steps)(0)) as As<'spec', RunInput>
}
