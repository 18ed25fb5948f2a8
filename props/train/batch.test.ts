// Batches: an epoch shows every picture once, the views of a picture depend on the seed, the epoch and the picture alone, broken
// pictures are told and replaced, and drop masks keep the mean of what they multiply.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as E from 'fp-ts/lib/Either.js'
import { batchInput, batchSpec, choose, viewBatch } from '../../dino/run/batch.ts'
import { ratesOf } from '../../dino/run/plan.ts'
import { leavesOf } from '../../lib/index.ts'
import { brokenPicture, inMemory, right, tiny } from '../support/training.ts'

const images = 10
const perEpoch = 2

const epoch = (at: number): readonly number[] =>
  Array.from({ length: perEpoch }, (_, step) => choose(tiny, images, at * perEpoch + step).wanted).flat()

test('an epoch shows every picture at most once, as many as fill its batches', () => {
  for (const at of [0, 1, 5]) {
    const shown = epoch(at)
    assert.equal(new Set(shown).size, perEpoch * tiny.batch)
    assert.ok(shown.every(picture => picture >= 0 && picture < images))
  }
})

test('the order of an epoch is its own, and follows from the seed', () => {
  assert.notDeepEqual(epoch(0), epoch(1))
  assert.deepEqual(epoch(3), epoch(3))
  assert.notDeepEqual(choose(tiny, images, 0).wanted, choose({ ...tiny, seed: 2 }, images, 0).wanted)
})

const viewLength = 3 * tiny.imageSize * tiny.imageSize

/** The global views of each picture of a step. */
const viewsOf = async (step: number, batch: number): Promise<ReadonlyMap<number, readonly number[]>> => {
  const configuration = { ...tiny, batch }
  const { views } = right(await viewBatch(configuration, inMemory(images))(step)())
  const { wanted } = choose(configuration, images, step)
  return new Map(
    wanted.map((picture, at) => [
      picture,
      [0, 1].flatMap(view => {
        const start = (view * batch + at) * viewLength
        return Array.from(views.global.data.subarray(start, start + viewLength))
      }),
    ]),
  )
}

test('the views of a picture do not depend on its batch', async () => {
  const together = await viewsOf(0, images)
  for (const [picture, own] of await viewsOf(1, 4)) assert.deepEqual(own, together.get(picture))
})

test('another epoch shows other views', async () => {
  const [first, second] = [await viewsOf(0, images), await viewsOf(1, images)]
  for (const [picture, own] of first) assert.notDeepEqual(own, second.get(picture))
})

test('a broken picture is told and another stands in for it', async () => {
  const { wanted, spare } = choose(tiny, images, 0)
  const batch = right(await viewBatch(tiny, inMemory(images, [wanted[1]]))(0)())
  const whole = right(await viewBatch({ ...tiny, batch: images }, inMemory(images))(0)())
  assert.deepEqual(batch.skipped, [brokenPicture(wanted[1])])
  const expected = [wanted[0], wanted[2], wanted[3], spare[0]]
  const order = choose({ ...tiny, batch: images }, images, 0).wanted
  expected.forEach((picture, at) => {
    const from = order.indexOf(picture)
    assert.deepEqual(
      batch.views.global.data.subarray(at * viewLength, (at + 1) * viewLength),
      whole.views.global.data.subarray(from * viewLength, (from + 1) * viewLength),
    )
  })
})

test('with too few pictures a batch repeats those it has, in other views', async () => {
  const { wanted } = choose(tiny, 4, 0)
  const { views, skipped } = right(await viewBatch(tiny, inMemory(4, wanted.slice(2)))(0)())
  assert.equal(skipped.length, 2)
  assert.equal(views.global.sizes.batch, 4)
  assert.notDeepEqual(
    views.global.data.subarray(0, viewLength),
    views.global.data.subarray(2 * viewLength, 3 * viewLength),
  )
})

test('without a picture that can be read there is an error', async () => {
  const batch = await viewBatch(tiny, inMemory(4, [0, 1, 2, 3]))(0)()
  assert.ok(E.isLeft(batch) && batch.left.kind === 'broken picture')
})

test('a step is given what was announced', async () => {
  for (const configuration of [tiny, { ...tiny, localViews: 0 }, { ...tiny, dropPath: 0 }]) {
    const { views } = right(await viewBatch(configuration, inMemory(images))(0)())
    const input = batchInput(configuration, views, 0, ratesOf(configuration, 10)(0))
    const sizes = (tree: object) => leavesOf<'spec'>(tree).map(([path, leaf]) => [path, leaf.sizes])
    assert.deepEqual(sizes(input), sizes(batchSpec(configuration, 10)))
  }
})

test('drop masks never drop the first block, drop others as often as asked, and keep the mean', async () => {
  const configuration = { ...tiny, batch: 400, dropPath: 0.3 }
  const { views } = right(await viewBatch({ ...configuration, batch: 4 }, inMemory(4))(0)())
  const wide = { ...views, global: { ...views.global, sizes: { ...views.global.sizes, batch: 400 } } }
  const { batch } = batchInput(configuration, wide, 0, ratesOf(configuration, 10)(0))
  const globalMask = batch.globalMasks?.drop
  assert.ok(globalMask !== undefined)
  const half = globalMask.data.length / 2
  assert.ok(globalMask.data.subarray(0, half).every(value => value === 1))
  const last = globalMask.data.subarray(half)
  assert.ok(last.every(value => value === 0 || Math.abs(value - 1 / 0.7) < 1e-6))
  const kept = last.filter(value => value > 0).length / last.length
  assert.ok(Math.abs(kept - 0.7) < 4 * Math.sqrt((0.3 * 0.7) / last.length), `kept ${kept}`)
})
