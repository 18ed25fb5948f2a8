// The pictures of each step. Every epoch goes through all pictures in an order of its own, which is drawn at the
// epoch's first step and kept until the next epoch. Of ten pictures in batches of four, the first epoch may show
//
//   7 2 9 0 | 4 1 8 3     and leave out 6 and 5, which take the place of pictures that cannot be read

import { random } from '../../lib/index.ts'
import { lengthOf, type RunOptions } from './run-options.ts'

/** An epoch: the order of the pictures, and the key from which their views are drawn. */
interface Epoch {
  readonly number: number
  readonly order: Uint32Array
  readonly views: random.Key
}

const epochOf = (seed: number, images: number, number: number): Epoch => {
  const key = random.fold(random.fold(random.keyOf(seed), 'epoch'), number)
  return { number, order: random.permutation(random.fold(key, 'order'), images), views: random.fold(key, 'views') }
}

/** The pictures of a step. */
export interface Chosen {
  /** How many it takes. */
  readonly size: number
  /**
   * The place in the set of the picture at a place in the step's order: those from `size` on stand in for broken ones.
   */
  readonly at: (place: number) => number
  /** The key of a picture's views. */
  readonly keyFor: (picture: number) => random.Key
}

/** Chooses the pictures of each step from a set of so many. A batch is never larger than the set. */
export const choosing = (options: RunOptions, images: number): ((step: number) => Chosen) => {
  const { perEpoch } = lengthOf(options, images)
  const size = Math.min(options.batch, images)
  let current = epochOf(options.seed, images, 0)
  return step => {
    const number = Math.floor(step / perEpoch)
    if (number !== current.number) current = epochOf(options.seed, images, number)
    const { order, views } = current
    const start = (step % perEpoch) * size
    return { size, at: place => order[(start + place) % images], keyFor: picture => random.fold(views, picture) }
  }
}
