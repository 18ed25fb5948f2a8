// Views made ahead on another thread: the same as on this one, in any order of asking that training uses, from any step
// on, with errors as values; and the mailbox through which they come.

import assert from 'node:assert/strict'
import { mock } from 'node:test'
import { Worker } from 'node:worker_threads'
import * as E from 'fp-ts/lib/Either.js'
import { scenes } from '../../dino/data/scenes/scenes.ts'
import { openMailbox } from '../../dino/node/mailbox.ts'
import { type Source, sourceOf } from '../../dino/node/open.ts'
import { type PrefetchLoader, prefetchLoader, type Span } from '../../dino/node/prefetch.ts'
import { changed } from '../../dino/run/configuration.ts'
import { directLoader } from '../../dino/run/loader.ts'
import { example } from '../support/example.ts'
import { right } from '../support/results.ts'
import { tinyWith } from '../support/training.ts'

const configuration = tinyWith({ data: { images: 12 }, run: { seed: 5 } })
const source: Source = sourceOf(configuration, 'train')
const steps = 7

const using = async (from: Source, span: Span, use: (loader: PrefetchLoader) => Promise<void>): Promise<void> => {
  const loader = prefetchLoader({ configuration, source: from }, span)
  try {
    await use(loader)
  } finally {
    await loader.close()
  }
}

for (const from of [0, 3])
  example(`views made ahead from step ${from} on are those that would be made when asked for`, () =>
    using(source, { from, until: steps }, async ahead => {
      const direct = directLoader(configuration, scenes({ seed: 5, count: 12, size: 8, part: 'train' }))
      for (let step = from; step < steps; step += 1) {
        const [expected, found] = [right(await direct.next(step)()), right(await ahead.next(step)())]
        assert.deepEqual(found.views.global.sizes, expected.views.global.sizes)
        assert.deepEqual(found.views.global.data, expected.views.global.data)
        assert.deepEqual(found.views.local?.data, expected.views.local?.data)
      }
    }),
  )

example('a folder that is not there is an error at the first step', () =>
  using({ ...source, data: 'no-such-folder' }, { from: 0, until: steps }, async loader => {
    const batch = await loader.next(0)()
    assert.ok(E.isLeft(batch) && batch.left.source === 'data' && batch.left.error.kind === 'missing folder')
  }),
)

example('a thread that ends before its time is an error of its own, for every step that waits or comes', async () => {
  const loader = prefetchLoader({ configuration, source: { ...source, images: 10 ** 6 } }, { from: 0, until: steps })
  const waiting = loader.next(0)()
  await loader.close()
  for (const batch of [await waiting, await loader.next(1)(), await loader.next(2)()])
    assert.ok(E.isLeft(batch) && batch.left.source === 'training' && batch.left.error.kind === 'lost thread')
})

example('a mailbox gives each result once, to whoever asks, and tells how many wait when that changes', async () => {
  const counts: number[] = []
  const mailbox = openMailbox<string>(count => counts.push(count))
  mailbox.put(0, 'a')
  const second = mailbox.take(1)
  const third = mailbox.take(2)
  mailbox.put(2, 'c')
  mailbox.put(1, 'b')
  assert.deepEqual([await mailbox.take(0), await second, await third], ['a', 'b', 'c'])
  assert.deepEqual(counts, [1, 2, 1, 0])
})

example(
  'a mailbox that is shut answers those who wait and those who come, but gives first what lies ready',
  async () => {
    const mailbox = openMailbox<string>(() => undefined)
    mailbox.put(0, 'a')
    const waiting = [mailbox.take(1), mailbox.take(2)]
    mailbox.shut('shut')
    mailbox.shut('too late')
    assert.deepEqual(await Promise.all([...waiting, mailbox.take(0), mailbox.take(3)]), ['shut', 'shut', 'a', 'shut'])
  },
)

example('views are asked for ahead, once each, and never beyond the last step', async () => {
  const asked = mock.method(Worker.prototype, 'postMessage')
  const few = 5
  try {
    await using(source, { from: 0, until: few }, async loader => {
      right(await loader.next(0)())
      assert.ok(asked.mock.callCount() > 1, 'some are asked for ahead')
      for (let step = 1; step < few; step += 1) right(await loader.next(step)())
      assert.equal(asked.mock.callCount(), few)
    })
  } finally {
    asked.mock.restore()
  }
})

example('a thread that dies is an error of every step that waits, and of every later one', async () => {
  /** Views that no memory can hold. */
  const crashing = changed(configuration, { views: { localSize: 2 ** 20 } })
  const loader = prefetchLoader({ configuration: crashing, source }, { from: 0, until: steps })
  try {
    const waiting = await Promise.all([loader.next(0)(), loader.next(1)()])
    const later = await loader.next(2)()
    for (const batch of [...waiting, later]) assert.ok(E.isLeft(batch))
  } finally {
    await loader.close()
  }
})
