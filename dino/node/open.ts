// Opening a set of pictures by name: a folder, or the built-in scenes.

import * as TE from 'fp-ts/lib/TaskEither.js'
import { builtIn } from '../data/data-options.ts'
import type { DataError, PictureSet } from '../data/picture-set.ts'
import { scenes } from '../data/scenes/scenes.ts'
import type { Configuration } from '../run/configuration.ts'
import { openFolder } from './folder.ts'

/** A set to open. Number and size of the images are those of the built-in scenes; a folder has its own. */
export interface Source {
  readonly data: string
  readonly seed: number
  readonly images: number
  readonly imageSize: number
  /** Scenes to train on, or scenes that training never sees. */
  readonly part: 'train' | 'test'
  /** Whether only pictures of a class are wanted. */
  readonly labelled?: boolean
}

/** The pictures that a configuration trains on, or the built-in ones that it never sees. */
export const sourceOf = ({ data, run, model }: Configuration, part: Source['part']): Source => ({
  data: data.from,
  seed: run.seed,
  images: data.images,
  imageSize: model.backbone.imageSize,
  part,
})

/** Larger pictures of a folder are kept at this many times the size of a view. */
const spareSize = 2

/** Opens a set of pictures. */
export const openPictures = ({
  data,
  seed,
  images,
  imageSize,
  part,
  labelled = false,
}: Source): TE.TaskEither<DataError, PictureSet> =>
  data === builtIn
    ? TE.right(scenes({ seed, count: images, size: imageSize, part }))
    : openFolder(data, { shorterSide: spareSize * imageSize, labelled })
