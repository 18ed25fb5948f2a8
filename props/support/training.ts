// Small trainings for tests: a configuration that runs in a second, and pictures in memory.

import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { DataError, PictureSet } from '../../dino/data/picture-set.ts'
import type { Configuration } from '../../dino/run/configuration.ts'
import type { StepReport, Watch } from '../../dino/run/course.ts'
import { presets } from '../../dino/run/presets.ts'
import { fold, keyOf, uniforms } from '../../lib/index.ts'

/** The smallest network and views that have everything. */
export const tiny: Configuration = {
  ...presets.scenes,
  batch: 4,
  imageSize: 8,
  patchSize: 4,
  features: 8,
  depth: 2,
  heads: 2,
  headHidden: 8,
  bottleneck: 4,
  prototypes: 16,
  localViews: 2,
  localSize: 4,
  dropPath: 0.2,
}

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
  read: index =>
    broken.includes(index)
      ? TE.left(brokenPicture(index))
      : TE.right({ rows: 10, columns: 12, data: Float32Array.from(uniforms(fold(keyOf(7), index), 3 * 10 * 12)) }),
})

/** A watch that keeps what it hears and never stops the run before `until` steps. */
export const keeping = (until = Number.POSITIVE_INFINITY) => {
  const heard = { reports: [] as StepReport[], skipped: [] as DataError[], states: 0 }
  const watch: Watch = {
    step: report => heard.reports.push(report),
    skipped: error => heard.skipped.push(error),
    state: () => {
      heard.states += 1
    },
    stopped: () => heard.reports.length >= until,
  }
  return { heard, watch }
}

/** The right, or a failed test. */
export const right = <L, R>(either: E.Either<L, R>): R => {
  if (E.isLeft(either)) throw new Error(JSON.stringify(either.left))
  return either.right
}
