// Small trainings for tests: a configuration that runs in a second, and pictures in memory.

import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { DataError, PictureSet } from '../../dino/data/picture-set.ts'
import { type Configuration, type ConfigurationChanges, changed } from '../../dino/run/configuration.ts'
import type { StepReport, Watch } from '../../dino/run/course.ts'
import { presetOf } from '../../dino/run/presets.ts'
import type { Progress } from '../../dino/run/saved.ts'
import { random, trees } from '../../lib/index.ts'

/** The smallest network and views that have everything. */
export const tiny: Configuration = changed(presetOf('scenes'), {
  model: {
    backbone: { imageSize: 8, patchSize: 4, features: 8, depth: 2, heads: 2, dropPath: 0.2 },
    head: { hidden: 8, bottleneck: 4, prototypes: 16 },
  },
  views: { localViews: 2, localSize: 4 },
  run: { batch: 4 },
})

/** The smallest configuration with changes. */
export const tinyWith = (changes: ConfigurationChanges): Configuration => changed(tiny, changes)

/** The error of the pictures that `inMemory` is told to break. */
export const brokenPicture = (index: number): DataError => ({
  kind: 'broken picture',
  path: `picture ${index}`,
  reason: 'told to be broken',
})

/** So many pictures of noise, of 12 by 10 pixels; some are broken. */
export const inMemory = (count: number, broken: readonly number[] = []): PictureSet => ({
  name: 'noise',
  names: Array.from({ length: count }, (_, index) => `picture ${index}`),
  labels: undefined,
  classes: [],
  skipped: [],
  read: index =>
    broken.includes(index)
      ? TE.left(brokenPicture(index))
      : TE.right({
          rows: 10,
          columns: 12,
          data: Float32Array.from(random.uniforms(random.fold(random.keyOf(7), index), 3 * 10 * 12)),
        }),
})

/** A watch that keeps what it hears and never stops the run before `until` steps. */
export const keeping = (until = Number.POSITIVE_INFINITY) => {
  const heard = { reports: [] as StepReport[], skipped: [] as DataError[], progress: [] as Progress[] }
  const watch: Watch = {
    step: report => {
      heard.reports.push(report)
      return E.right(undefined)
    },
    skipped: error => heard.skipped.push(error),
    progress: progress => heard.progress.push(progress),
    stopped: () => heard.reports.length >= until,
  }
  return { heard, watch }
}

/** All numbers of a tree, leaf after leaf, with the paths. */
export const valuesOf = (tree: object): readonly (readonly [path: string, values: readonly number[]])[] =>
  trees.leavesOf<'dense'>(tree).map(([path, { data }]) => [path, Array.from(data)])
