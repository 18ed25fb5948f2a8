// Loaders give the views of each micro-batch. The loader here works on the calling thread; that of
// `dino/node/prefetch.ts` works ahead on a thread of its own. Both give the same views.

import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { PictureSet } from '../data/picture-set.ts'
import { viewBatches } from './batch.ts'
import type { Configuration } from './configuration.ts'
import type { Loader } from './course.ts'
import { failure } from './failure.ts'

/** Reads pictures and makes views when they are asked for. */
export const directLoader = (configuration: Configuration, set: PictureSet): Loader => {
  const batchOf = viewBatches(configuration, set)
  return { next: microBatch => pipe(batchOf(microBatch), TE.mapLeft(failure('data'))) }
}
