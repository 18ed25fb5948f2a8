// From the number of a micro-batch to the views of its pictures; a step whose batch is not parted is one micro-batch. A
// picture's views depend on the seed, the epoch and the picture, not on its neighbours in the batch. A picture that
// cannot be read is reported, and another one takes its place.

import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { random } from '../../lib/index.ts'
import type { DataError, PictureSet } from '../data/picture-set.ts'
import type { Picture } from '../views/picture.ts'
import { type BatchViews, batchViews } from '../views/view.ts'
import type { Configuration } from './configuration.ts'
import { type Chosen, choosing } from './epoch.ts'
import { microBatchSize } from './micro-batch.ts'

/** The views of a batch, and the pictures that could not be read, for which others stand in. */
export interface ViewBatch {
  readonly views: BatchViews
  readonly skipped: readonly DataError[]
}

/** How far the pictures of a step were read: the next place in its order, and those in the set that could be read. */
interface Reached {
  readonly next: number
  readonly read: readonly number[]
}

const beginning: Reached = { next: 0, read: [] }

/** Reads on in the step's order until there are so many pictures more, or no others. */
const readOn = async (set: PictureSet, { at }: Chosen, { next, read }: Reached, wanted: number) => {
  const found: { readonly place: number; readonly picture: Picture }[] = []
  const skipped: DataError[] = []
  let order = next
  for (; found.length < wanted && order < set.names.length; order += 1) {
    const place = at(order)
    const picture = await set.read(place)()
    if (E.isRight(picture)) found.push({ place, picture: picture.right })
    else skipped.push(picture.left)
  }
  const reached: Reached = { next: order, read: [...read, ...found.map(({ place }) => place)] }
  return { reached, found, skipped }
}

/** A picture with the key of its views. */
interface Keyed {
  readonly picture: Picture
  readonly key: random.Key
}

/** Pictures that were read before, in the places of a batch from `from` up to `to`, to have other views there. */
const repeated = async (set: PictureSet, { keyFor }: Chosen, { read }: Reached, from: number, to: number) => {
  const again: Keyed[] = []
  for (let at = from; at < to; at += 1) {
    const place = read[at % read.length]
    const picture = await set.read(place)()
    if (E.isLeft(picture)) return picture
    again.push({ picture: picture.right, key: random.fold(keyFor(place), at) })
  }
  return E.right(again)
}

/** The pictures of the micro-batch that begins at the place `from` of its batch. */
const picturesOf = async (set: PictureSet, chosen: Chosen, before: Reached, from: number, size: number) => {
  const { reached, found, skipped } = await readOn(set, chosen, before, size)
  if (reached.read.length === 0) {
    const { name, names } = set
    return E.left<DataError>({ kind: 'nothing readable', set: name, count: names.length, first: skipped[0] })
  }
  const fresh = found.map(({ place, picture }): Keyed => ({ picture, key: random.fold(chosen.keyFor(place), 0) }))
  const again = await repeated(set, chosen, reached, from + found.length, from + size)
  return E.isLeft(again) ? again : E.right({ keyed: [...fresh, ...again.right], skipped, reached })
}

/**
 * The views of each micro-batch, by its number from the beginning of the run. It fails if no picture at all can be
 * read; a batch with too few repeats those it has. Asked in order, it reads each picture once.
 */
export const viewBatches = (
  { run, views, model }: Configuration,
  set: PictureSet,
): ((microBatch: number) => TaskEither<DataError, ViewBatch>) => {
  const choose = choosing(run, set.names.length)
  const make = batchViews(views, model.backbone.imageSize)
  let last = { microBatch: -1, reached: beginning }
  return microBatch => async () => {
    const [step, part] = [Math.floor(microBatch / run.accumulate), microBatch % run.accumulate]
    const chosen = choose(step)
    const size = microBatchSize({ ...run, batch: chosen.size })
    const known = part === 0 ? beginning : last.microBatch === microBatch - 1 ? last.reached : undefined
    const before = known ?? (await readOn(set, chosen, beginning, part * size)).reached
    const pictures = await picturesOf(set, chosen, before, part * size, size)
    if (E.isLeft(pictures)) return pictures
    const { keyed, skipped, reached } = pictures.right
    last = { microBatch, reached }
    const own = make(
      keyed.map(({ picture }) => picture),
      keyed.map(({ key }) => key),
    )
    return E.right({ views: own, skipped })
  }
}
