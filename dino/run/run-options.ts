// The options of a run: how long it is, the seed that it begins with, and how often its state is written.

import type { Values } from '../options/option.ts'
import { number, whole } from '../options/option-rows.ts'

/** The options of a run. */
export const runOptions = {
  seed: whole([0, 2 ** 31], 1, 'what all randomness follows from'),
  epochs: number([0, 100000], 10, 'times that every image is seen; where steps are given, parts of the run'),
  steps: whole([0, 10 ** 9], 0, 'steps in all; 0 takes them from the epochs'),
  batch: whole([1, 65536], 64, 'images in a batch'),
  accumulate: whole(
    [1, 65536],
    1,
    'parts in which a batch is taken one after the other, which needs less memory; everything moves once a batch',
  ),
  saveEvery: whole([0, 10 ** 9], 500, 'steps after which the state is written again; 0 writes it only at the end'),
  healthEvery: whole([0, 10 ** 9], 100, 'steps after which k-NN and rank on held-out images are taken; 0 never'),
} as const

/** How long a run is, what it begins with, and how often it is written. */
export type RunOptions = Values<typeof runOptions>

/** Steps of a run over so many images, and steps of one epoch; an epoch leaves out what does not fill a batch. */
export const lengthOf = ({ steps, epochs, batch }: RunOptions, images: number) => {
  const perEpoch = Math.max(1, Math.floor(images / batch))
  return { perEpoch, steps: steps > 0 ? steps : Math.max(1, Math.round(epochs * perEpoch)) }
}

/** A batch that is never larger than a set of so many images, in parts of equal size. */
export const fitBatch = ({ batch, accumulate }: RunOptions, images: number) => {
  if (batch <= images) return { batch, accumulate }
  const parts = Math.min(accumulate, images)
  return { batch: images - (images % parts), accumulate: parts }
}
