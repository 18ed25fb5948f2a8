// The built-in set of pictures: scenes by number, each of which is drawn when it is read. Scene by scene the classes
// take turns, so that all have the same number of scenes. Scenes for training and scenes that training never sees have
// different keys.

import * as TE from 'fp-ts/lib/TaskEither.js'
import { random } from '../../../lib/index.ts'
import { fromBytes, toBytes } from '../../views/picture.ts'
import type { PictureSet } from '../picture-set.ts'
import { kinds } from './kinds.ts'
import { renderScene } from './render.ts'
import { drawScene, firstShot, type Scene } from './scene.ts'

/** Which scenes: from which seed, and whether those to train on or the others. */
export interface ScenesOptions {
  readonly seed: number
  readonly part: 'train' | 'test'
}

/** How many, and how large: pixels of a side. */
export interface ScenesSize {
  readonly count: number
  readonly size: number
}

/** The key of a scene, from which another look at it can be drawn, too. */
export const sceneKey = ({ seed, part }: ScenesOptions, index: number): random.Key =>
  random.fold(random.fold(random.fold(random.keyOf(seed), 'scenes'), part), index)

/** The scene of that number. */
export const sceneAt = (options: ScenesOptions, index: number): Scene =>
  drawScene(sceneKey(options, index), index % kinds.length)

/** Scenes as a set of pictures; each is kept as bytes once it was drawn. */
export const scenes = ({ count, size, ...options }: ScenesOptions & ScenesSize): PictureSet => {
  const name = `scenes (${options.part})`
  const extent = { rows: size, columns: size }
  const kept: Uint8Array[] = []
  const bytesOf = (index: number): Uint8Array => {
    const scene = sceneAt(options, index)
    return toBytes(renderScene(scene, firstShot(scene), size).picture)
  }
  const labels = Array.from({ length: count }, (_, index) => index % kinds.length)
  return {
    name,
    names: labels.map((label, index) => `${kinds[label].shape}-${String(index).padStart(5, '0')}`),
    labels,
    classes: kinds.map(({ shape }) => shape),
    skipped: [],
    read: index => {
      if (!Number.isInteger(index) || index < 0 || index >= count)
        return TE.left({ kind: 'no such picture', set: name, index, count })
      kept[index] ??= bytesOf(index)
      return TE.right(fromBytes(extent, kept[index]))
    },
  }
}
