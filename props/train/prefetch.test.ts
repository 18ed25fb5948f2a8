// Views made ahead on another thread: the same as on this one, in any order of asking that training uses, none beyond the last
// step, with errors as values, be it that the thread itself dies.

import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import * as E from 'fp-ts/lib/Either.js'
import { scenes } from '../../dino/data/scenes/scenes.ts'
import type { Source } from '../../dino/node/open.ts'
import { prefetchLoader } from '../../dino/node/prefetch.ts'
import { directLoader } from '../../dino/run/loader.ts'
import { right, tiny } from '../support/training.ts'

const configuration = { ...tiny, images: 12 }
const source: Source = { data: 'scenes', seed: 5, images: 12, imageSize: 8, part: 'train' }
const steps = 7

test('views made ahead are those that would be made when asked for', async () => {
  const direct = directLoader(configuration, scenes({ seed: 5, count: 12, size: 8, part: 'train' }))
  const ahead = prefetchLoader({ configuration, source }, steps)
  try {
    for (let step = 0; step < steps; step += 1) {
      const [expected, found] = [right(await direct.next(step)()), right(await ahead.next(step)())]
      assert.deepEqual(found.views.global.sizes, expected.views.global.sizes)
      assert.deepEqual(found.views.global.data, expected.views.global.data)
      assert.deepEqual(found.views.local?.data, expected.views.local?.data)
    }
  } finally {
    await ahead.close()
  }
})

test('a folder that is not there is an error at the first step', async () => {
  const loader = prefetchLoader({ configuration, source: { ...source, data: 'no-such-folder' } }, steps)
  try {
    const batch = await loader.next(0)()
    assert.ok(E.isLeft(batch) && batch.left.kind === 'missing folder')
  } finally {
    await loader.close()
  }
})

test('views are asked for ahead, once each, and never beyond the last step', async () => {
  const asked = mock.method(Worker.prototype, 'postMessage')
  const few = 5
  const loader = prefetchLoader({ configuration, source }, few)
  try {
    right(await loader.next(0)())
    assert.ok(asked.mock.callCount() > 1, 'some are asked for ahead')
    for (let step = 1; step < few; step += 1) right(await loader.next(step)())
    assert.equal(asked.mock.callCount(), few)
  } finally {
    await loader.close()
    asked.mock.restore()
  }
})

/** Views that no memory can hold: the thread that makes them dies. */
const crashing = { ...configuration, localSize: 2 ** 20 }

test('a thread that dies is an error of every step that waits, and of every later one', async () => {
  const loader = prefetchLoader({ configuration: crashing, source }, steps)
  try {
    const waiting = await Promise.all([loader.next(0)(), loader.next(1)()])
    const later = await loader.next(2)()
    for (const batch of [...waiting, later]) assert.ok(E.isLeft(batch))
  } finally {
    await loader.close()
  }
})
