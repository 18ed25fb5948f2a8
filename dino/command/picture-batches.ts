// Pictures of a set batch by batch, as their centre views. While a batch is computed, the next is read, so that
// decoding pictures and computing their features go on side by side.
//
//   batch 0 is read | batch 0 is computed, batch 1 is read | batch 1 is computed, batch 2 is read | ...

import * as E from 'fp-ts/lib/Either.js'
import type { Task } from 'fp-ts/lib/Task.js'
import type { DataError, PictureSet } from '../data/picture-set.ts'
import type { FeatureOptions } from '../evaluate/token-features.ts'
import { centreView } from '../views/view.ts'

/** The views of one batch, the names of their pictures, and what could not be read. */
export interface PictureBatch {
  readonly views: readonly Float32Array[]
  readonly names: readonly string[]
  readonly skipped: readonly DataError[]
}

/** The batch of that number. */
export const pictureBatch =
  (set: PictureSet, { size, batch }: Pick<FeatureOptions, 'size' | 'batch'>, index: number): Task<PictureBatch> =>
  async () => {
    const [views, names, skipped]: [Float32Array[], string[], DataError[]] = [[], [], []]
    const view = centreView(size)
    const end = Math.min((index + 1) * batch, set.names.length)
    for (let place = index * batch; place < end; place += 1) {
      const picture = await set.read(place)()
      if (E.isLeft(picture)) skipped.push(picture.left)
      else {
        views.push(view(picture.right))
        names.push(set.names[place])
      }
    }
    return { views, names, skipped }
  }

/** What `read` gives for the numbers below `count`, asked for in any order; each is followed by a read of the next. */
export const oneAhead = <A>(count: number, read: (index: number) => Task<A>): ((index: number) => Promise<A>) => {
  const begun = new Map<number, Promise<A>>()
  const begin = (index: number): Promise<A> => {
    const coming = begun.get(index) ?? read(index)()
    begun.set(index, coming)
    return coming
  }
  return async index => {
    const own = await begin(index)
    begun.delete(index)
    if (index + 1 < count) begin(index + 1)
    return own
  }
}
