// Views made ahead on another thread: the same as on this one, in any order of asking that training uses, with errors as values.

import assert from 'node:assert/strict'
import { test } from 'node:test'
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
