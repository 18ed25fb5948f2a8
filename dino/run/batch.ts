// The batch of a step: which pictures, which views of them, and which branches of the student's blocks are dropped. All of it
// follows from the seed: a picture's views depend on the epoch and the picture, not on its neighbours in the batch.

import * as E from 'fp-ts/lib/Either.js'
import * as RR from 'fp-ts/lib/ReadonlyRecord.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import {
  type As,
  type Dense,
  dense,
  denseScalar,
  fold,
  type Key,
  keyOf,
  permutation,
  type Sizes,
  uniforms,
} from '../../lib/index.ts'
import type { DataError, PictureSet } from '../data/picture-set.ts'
import type { Picture } from '../views/picture.ts'
import { type BatchViews, batchViews, blankViews } from '../views/view.ts'
import type { Configuration } from './configuration.ts'
import { lengthOf, type RunInput, ratesOf, type StepRates, viewOptions } from './plan.ts'

/** The views of a batch, and the pictures that could not be read, for which the next ones stand in. */
export interface ViewBatch {
  readonly views: BatchViews
  readonly skipped: readonly DataError[]
}

/** Which pictures a step takes, and which stand in for broken ones, in order; and the key of each picture's views. */
export interface Chosen {
  readonly wanted: readonly number[]
  readonly spare: readonly number[]
  readonly keyFor: (picture: number) => Key
}

/** The pictures of a step: every epoch goes through all of them in an order of its own. */
export const choose = (configuration: Configuration, images: number, step: number): Chosen => {
  const { perEpoch } = lengthOf(configuration, images)
  const epoch = Math.floor(step / perEpoch)
  const size = Math.min(configuration.batch, images)
  const start = (step % perEpoch) * size
  const key = fold(fold(keyOf(configuration.seed), 'epoch'), epoch)
  const order = [...permutation(fold(key, 'order'), images)]
  return {
    wanted: order.slice(start, start + size),
    spare: [...order.slice(start + size), ...order.slice(0, start)],
    keyFor: picture => fold(fold(key, 'views'), picture),
  }
}

/** Reads the pictures of a step; each broken one is reported and replaced by the next spare one. */
const readPictures = async (set: PictureSet, { wanted, spare }: Chosen) => {
  const found: { readonly place: number; readonly picture: Picture }[] = []
  const skipped: DataError[] = []
  const candidates = [...wanted, ...spare]
  for (let next = 0; found.length < wanted.length && next < candidates.length; next += 1) {
    const picture = await set.read(candidates[next])()
    if (E.isRight(picture)) found.push({ place: candidates[next], picture: picture.right })
    else skipped.push(picture.left)
  }
  return { found, skipped }
}

/** The views of a step's batch. It fails if no picture at all can be read; a batch with too few repeats those it has. */
export const viewBatch =
  (configuration: Configuration, set: PictureSet) =>
  (step: number): TaskEither<DataError, ViewBatch> =>
  async () => {
    const chosen = choose(configuration, set.names.length, step)
    const { found, skipped } = await readPictures(set, chosen)
    if (found.length === 0) return E.left(skipped[0])
    const filled = chosen.wanted.map((_, at) => found[at % found.length])
    const views = batchViews(viewOptions(configuration))(
      filled.map(({ picture }) => picture),
      filled.map(({ place }, at) => fold(chosen.keyFor(place), at < found.length ? 0 : at)),
    )
    return E.right({ views, skipped })
  }

/** Branches of a block: attention, and the perceptron. */
const branches = 2

/**
 * What each branch of each block is multiplied by: 0 if it is dropped, else 1 over the probability to keep it. That falls
 * linearly with depth, from 1 to 1 - dropPath (Huang et al. 2016).
 */
const dropMask = <View extends string>(
  { depth, dropPath }: Configuration,
  view: View,
  views: number,
  batch: number,
  key: Key,
): Dense<'block' | 'branch' | View | 'batch'> => {
  const each = branches * views * batch
  const mask = Float32Array.from(uniforms(fold(key, view), depth * each), (value, at) => {
    const keep = 1 - (dropPath * Math.floor(at / each)) / Math.max(depth - 1, 1)
    return value < keep ? 1 / keep : 0
  })
  const sizes = { block: depth, branch: branches, [view]: views, batch }
  return dense(sizes as Sizes<'block' | 'branch' | View | 'batch'>, mask)
}

/** The drop masks of a step; none without drop path. */
const masks = (configuration: Configuration, { global, local }: BatchViews, step: number) => {
  if (configuration.dropPath === 0) return {}
  const key = fold(fold(keyOf(configuration.seed), 'drop'), step)
  const { batch } = global.sizes
  const globalMasks = { drop: dropMask(configuration, 'global', global.sizes.global, batch, key) }
  if (local === undefined) return { globalMasks }
  return { globalMasks, localMasks: { drop: dropMask(configuration, 'local', local.sizes.local, batch, key) } }
}

/** Everything that a step is given. */
export const batchInput = (
  configuration: Configuration,
  views: BatchViews,
  step: number,
  rates: StepRates,
): As<'dense', RunInput> => ({
  batch: { ...views, ...masks(configuration, views, step) },
  scheduled: RR.map(denseScalar)(rates.scheduled),
  clocks: rates.clocks,
})

/** What every step of a run of so many is given, as sizes. */
export const batchSpec = (configuration: Configuration, steps: number): As<'spec', RunInput> => {
  const views = blankViews(viewOptions(configuration), configuration.batch)
  return batchInput(configuration, views, 0, ratesOf(configuration, steps)(0)) as As<'spec', RunInput>
}
