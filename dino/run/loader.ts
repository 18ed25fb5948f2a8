// Loaders bring the views of each step. The one here works on the calling thread; `prefetch.ts` has one that works ahead on a
// thread of its own. Both give the same views.

import type { PictureSet } from '../data/picture-set.ts'
import { viewBatch } from './batch.ts'
import type { Configuration } from './configuration.ts'
import type { Loader } from './course.ts'

/** Reads pictures and makes views when they are asked for. */
export const directLoader = (configuration: Configuration, set: PictureSet): Loader => ({
  next: viewBatch(configuration, set),
})
