// The options of a run: how long it is, the seed that it begins with, how often its state is written, and how much of
// that is kept. A run that goes on may be made longer and be written otherwise; its seed and its batch stay.

import type { Values } from '../options/option.ts'
import { changeable, choice, number, stepsOrMinutes, whole } from '../options/option-rows.ts'

/** The options of a run. */
export const runOptions = {
  seed: whole([0, 2 ** 31], 1, 'what all randomness follows from'),
  epochs: changeable(number([0, 100000], 10, 'times that every image is seen')),
  steps: changeable(whole([0, 10 ** 9], 0, 'steps in all; 0 takes them from the epochs')),
  batch: whole([1, 65536], 64, 'images in a batch'),
  saveEvery: changeable(
    stepsOrMinutes(500, 'steps or minutes after which the state is written again; 0 writes it only at the end'),
  ),
  keep: changeable(whole([1, 10 ** 6], 2, 'checkpoints that are kept, the best by k-NN beside them')),
  log: changeable(choice(['none', 'csv', 'tensorboard'], 'none', 'a second form of the metrics, for other programs')),
} as const

/** How long a run is, what it begins with, and how often it is written. */
export type RunOptions = Values<typeof runOptions>

/** Steps of a run over so many images, and steps of one epoch; an epoch leaves out what does not fill a batch. */
export const lengthOf = ({ steps, epochs, batch }: RunOptions, images: number) => {
  const perEpoch = Math.max(1, Math.floor(images / batch))
  return { perEpoch, steps: steps > 0 ? steps : Math.max(1, Math.round(epochs * perEpoch)) }
}
