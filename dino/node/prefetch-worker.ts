// The thread that `prefetch.ts` starts: it opens the pictures, and makes the views of each micro-batch that it is
// asked for, in order.

import { parentPort, workerData } from 'node:worker_threads'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { viewBatches } from '../run/batch.ts'
import { openPictures } from './open.ts'
import type { Assignment, Delivery } from './prefetch.ts'

const { configuration, source } = workerData as Assignment
const port = parentPort!
const opened = pipe(
  openPictures(source),
  TE.map(set => viewBatches(configuration, set)),
)()
let last: Promise<void> = Promise.resolve()

const deliver = async (microBatch: number): Promise<void> => {
  const batchOf = await opened
  const batch = E.isLeft(batchOf) ? batchOf : await batchOf.right(microBatch)()
  const views = E.isRight(batch) ? [batch.right.views.global, batch.right.views.local] : []
  const moved = views.flatMap(group => (group === undefined ? [] : [group.data.buffer as ArrayBuffer]))
  port.postMessage({ microBatch, batch } satisfies Delivery, moved)
}

port.on('message', (microBatch: number) => {
  last = last.then(() => deliver(microBatch))
})
