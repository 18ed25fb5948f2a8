// From the number of a step to the views of its batch. A picture's views depend on the seed, the epoch and the picture,
// not on its neighbours in the batch. A picture that cannot be read is reported, and another one takes its place.

import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { random } from '../../lib/index.ts'
import type { DataError, PictureSet } from '../data/picture-set.ts'
import type { Picture } from '../views/picture.ts'
import { type BatchViews, batchViews } from '../views/view.ts'
import type { Configuration } from './configuration.ts'
import { type Chosen, choosing } from './epoch.ts'

/** The views of a batch, and the pictures that could not be read, for which others stand in. */
export interface ViewBatch {
  readonly views: BatchViews
  readonly skipped: readonly DataError[]
}

/** Reads pictures in the step's order until it has enough, or there are no more. */
const readPictures = async (set: PictureSet, { size, at }: Chosen) => {
  const found: { readonly place: number; readonly picture: Picture }[] = []
  const skipped: DataError[] = []
  for (let next = 0; found.length < size && next < set.names.length; next += 1) {
    const place = at(next)
    const picture = await set.read(place)()
    if (E.isRight(picture)) found.push({ place, picture: picture.right })
    else skipped.push(picture.left)
  }
  return { found, skipped }
}

/**
 * The views of each step's batch. It fails if no picture at all can be read; a batch with too few repeats those it has.
 */
export const viewBatches = (
  { run, views, model }: Configuration,
  set: PictureSet,
): ((step: number) => TaskEither<DataError, ViewBatch>) => {
  const choose = choosing(run, set.names.length)
  const make = batchViews(views, model.backbone.imageSize)
  return step => async () => {
    const chosen = choose(step)
    const { found, skipped } = await readPictures(set, chosen)
    if (found.length === 0)
      return E.left({ kind: 'nothing readable', set: set.name, count: set.names.length, first: skipped[0] })
    const filled = Array.from({ length: chosen.size }, (_, at) => found[at % found.length])
    const keys = filled.map(({ place }, at) => random.fold(chosen.keyFor(place), at < found.length ? 0 : at))
    return E.right({
      views: make(
        filled.map(({ picture }) => picture),
        keys,
      ),
      skipped,
    })
  }
}
