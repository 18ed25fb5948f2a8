// A loader that makes views ahead on a worker thread, so that no step waits for pictures to be read. The worker opens
// the same pictures and makes the same views as a loader on the calling thread, and keeps a few batches ready. If the
// thread ends before its time, the step under way and all later ones fail with that error.

import { Worker } from 'node:worker_threads'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { dense } from '../../lib/index.ts'
import type { DataError } from '../data/picture-set.ts'
import type { ViewBatch } from '../run/batch.ts'
import type { Configuration } from '../run/configuration.ts'
import type { Loader } from '../run/course.ts'
import { type FailureOf, failure } from '../run/failure.ts'
import type { Views } from '../views/view.ts'
import { openMailbox } from './mailbox.ts'
import type { Source } from './open.ts'

/** The worker is started with this. */
export interface Assignment {
  readonly configuration: Configuration
  readonly source: Source
}

/**
 * Views on their way between threads, where structured clone takes fields along and not what tells a leaf of a tree.
 */
type Crossing<V extends Views<'global'> | Views<'local'>> = Pick<V, 'sizes' | 'data'>

/** A batch on its way. */
interface CrossingBatch extends Pick<ViewBatch, 'skipped'> {
  readonly views: { readonly global: Crossing<Views<'global'>>; readonly local?: Crossing<Views<'local'>> }
}

/** The worker sends this for each micro-batch that it is asked for. */
export interface Delivery {
  readonly microBatch: number
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

/** Which micro-batches to make views of: those from `from` on, below `until`. */
export interface Span {
  readonly from: number
  readonly until: number
}

/** Batches that are made ahead. */
const ahead = 3

type Answer = E.Either<FailureOf<'data' | 'training'>, ViewBatch>

const lost = (reason: string): Answer => E.left(failure('training')({ kind: 'lost thread', reason }))

/** Starts a worker that makes the views of micro-batches in order. */
export const prefetchLoader = (assignment: Assignment, { from, until }: Span): PrefetchLoader => {
  const worker = new Worker(new URL('./prefetch-worker.mjs', import.meta.url), { workerData: assignment })
  worker.unref()
  const mailbox = openMailbox<Answer>(count => (count > 0 ? worker.ref() : worker.unref()))
  worker.on('message', ({ microBatch, batch }: Delivery) =>
    mailbox.put(microBatch, pipe(batch, E.bimap(failure('data'), arrived))),
  )
  worker.on('error', ({ message }) => mailbox.shut(lost(message)))
  worker.on('exit', code => mailbox.shut(lost(`it ended with status ${code}`)))
  let asked = from
  return {
    next: microBatch => () => {
      for (; asked < Math.min(microBatch + 1 + ahead, until); asked += 1) worker.postMessage(asked)
      return mailbox.take(microBatch)
    },
    close: async () => {
      worker.ref()
      await worker.terminate()
    },
  }
}
