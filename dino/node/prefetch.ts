// Views made ahead on a worker thread, so that reading pictures and making views never keep a step waiting. The worker opens
// the same pictures and makes the same views as a loader on the calling thread would; a few batches wait ready.

import { Worker } from 'node:worker_threads'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { dense } from '../../lib/index.ts'
import type { DataError } from '../data/picture-set.ts'
import type { ViewBatch } from '../run/batch.ts'
import type { Configuration } from '../run/configuration.ts'
import type { Loader } from '../run/course.ts'
import type { Views } from '../views/view.ts'
import type { Source } from './open.ts'

/** What the worker is started with. */
export interface Assignment {
  readonly configuration: Configuration
  readonly source: Source
}

/** Views on their way between threads, where structured clone takes fields along and not what tells a leaf of a tree. */
type Crossing<V extends Views<'global'> | Views<'local'>> = Pick<V, 'sizes' | 'data'>

/** A batch as it crosses. */
interface CrossingBatch extends Pick<ViewBatch, 'skipped'> {
  readonly views: { readonly global: Crossing<Views<'global'>>; readonly local?: Crossing<Views<'local'>> }
}

/** What the worker sends for each step that it is asked for. */
export interface Delivery {
  readonly step: number
  readonly batch: E.Either<DataError, CrossingBatch>
}

const arrived = ({ skipped, views: { global, local } }: CrossingBatch): ViewBatch => ({
  skipped,
  views: {
    global: dense(global.sizes, global.data),
    ...(local === undefined ? {} : { local: dense(local.sizes, local.data) }),
  },
})

/** A loader with a thread to give back. */
export interface PrefetchLoader extends Loader {
  readonly close: () => Promise<void>
}

/** Batches that are made ahead. */
const ahead = 3

const broken = (reason: string): E.Either<DataError, never> =>
  E.left({ kind: 'broken picture', path: 'the thread that makes views', reason })

/** Starts a worker that makes the views of steps 0, 1, 2, ... below `steps`. */
export const prefetchLoader = (assignment: Assignment, steps: number): PrefetchLoader => {
  const worker = new Worker(new URL('./prefetch-worker.mjs', import.meta.url), { workerData: assignment })
  worker.unref()
  const waiting = new Map<number, (batch: E.Either<DataError, ViewBatch>) => void>()
  const ready = new Map<number, E.Either<DataError, ViewBatch>>()
  let asked = 0
  let failure: E.Either<DataError, never> | undefined
  const ask = (until: number): void => {
    for (; asked < Math.min(until, steps); asked += 1) worker.postMessage(asked)
  }
  worker.on('message', ({ step, batch: crossed }: Delivery) => {
    const batch = pipe(crossed, E.map(arrived))
    const resolve = waiting.get(step)
    waiting.delete(step)
    if (resolve === undefined) ready.set(step, batch)
    else resolve(batch)
  })
  worker.on('error', error => {
    failure = broken(error.message)
    for (const resolve of waiting.values()) resolve(failure)
    waiting.clear()
  })
  const next =
    (step: number): TaskEither<DataError, ViewBatch> =>
    () => {
      ask(step + 1 + ahead)
      const batch = ready.get(step)
      ready.delete(step)
      const known = batch ?? failure
      if (known !== undefined) return Promise.resolve(known)
      worker.ref()
      return new Promise(resolve =>
        waiting.set(step, found => {
          worker.unref()
          resolve(found)
        }),
      )
    }
  return {
    next,
    close: async () => {
      await worker.terminate()
    },
  }
}
