// The pictures that a run is judged by on its way. Built-in scenes are scenes that neither training nor `dino demo`
// sees. A folder called `train` is judged by the folder beside it that is called `test` or `val`. Any other folder is
// judged by its own pictures: training never sees their classes, but it does see them.
//
//   cifar10/train        is judged by        cifar10/test

import { statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { builtIn } from '../data/data-options.ts'
import type { DataError, PictureSet } from '../data/picture-set.ts'
import type { Configuration } from '../run/configuration.ts'
import { openPictures, sourceOf } from './open.ts'

const trainingNames = ['train', 'training']
const heldOutNames = ['test', 'val', 'valid', 'validation']

/** The folder of held-out pictures beside a folder of pictures to train on. */
export const heldOutFolder = (data: string): string | undefined => {
  const folder = resolve(data)
  if (!trainingNames.includes(basename(folder))) return undefined
  return heldOutNames
    .map(name => join(dirname(folder), name))
    .find(path => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
}

/** Built-in scenes of a check-up, before a sample is drawn from them. */
const scenesHeldOut = 600

/** Opens the pictures that are held out. */
export const openHeldOut = (configuration: Configuration): TE.TaskEither<DataError, PictureSet> => {
  const source = sourceOf(configuration, 'test')
  if (source.data === builtIn) return openPictures({ ...source, seed: source.seed + 1, images: scenesHeldOut })
  const own = openPictures({ ...source, labelled: true })
  const beside = heldOutFolder(source.data)
  return beside === undefined
    ? own
    : pipe(
        openPictures({ ...source, data: beside, labelled: true }),
        TE.alt(() => own),
      )
}
