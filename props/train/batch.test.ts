// Batches: an epoch shows every picture once, the views of a picture depend on the seed, the epoch and the picture
// alone, broken pictures are told and replaced, and a step is given what was announced.

import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import { viewBatches } from '../../dino/run/batch.ts'
import type { Configuration } from '../../dino/run/configuration.ts'
import { choosing } from '../../dino/run/epoch.ts'
import { inputSpec, saying, stepInput } from '../../dino/run/input.ts'
import { trees } from '../../lib/index.ts'
import { example } from '../support/example.ts'
import { right } from '../support/results.ts'
import { brokenPicture, inMemory, tiny, tinyWith } from '../support/training.ts'

const images = 10
const perEpoch = 2
const steps = 10

const wanted = (step: number, configuration = tiny, count = images): readonly number[] => {
  const { size, at } = choosing(configuration.run, count)(step)
  return Array.from({ length: size }, (_, place) => at(place))
}

const epoch = (number: number): readonly number[] =>
  Array.from({ length: perEpoch }, (_, step) => wanted(number * perEpoch + step)).flat()

const withBatch = (batch: number): Configuration => tinyWith({ run: { batch } })

const viewBatch = (configuration: Configuration, count: number, broken: readonly number[] = []) =>
  viewBatches(configuration, inMemory(count, broken))

example('an epoch shows every picture at most once, as many as fill its batches', () => {
  for (const at of [0, 1, 5]) {
    const shown = epoch(at)
    assert.equal(new Set(shown).size, perEpoch * tiny.run.batch)
    assert.ok(shown.every(picture => picture >= 0 && picture < images))
  }
})

example('the order of an epoch is its own, and follows from the seed', () => {
  assert.notDeepEqual(epoch(0), epoch(1))
  assert.deepEqual(epoch(3), epoch(3))
  assert.notDeepEqual(wanted(0), wanted(0, tinyWith({ run: { seed: 2 } })))
})

example('the order is the one that runs have always had', () => {
  assert.deepEqual(
    [0, 1, 2].map(step => wanted(step)),
    [
      [9, 6, 8, 3],
      [7, 4, 5, 0],
      [1, 5, 7, 9],
    ],
  )
})

example('the order of a step does not depend on the steps asked for before', () => {
  const choose = choosing(tiny.run, images)
  for (const step of [7, 0, 3, 2, 7, 6, 1])
    assert.deepEqual(
      Array.from({ length: images }, (_, place) => choose(step).at(place)),
      Array.from({ length: images }, (_, place) => choosing(tiny.run, images)(step).at(place)),
    )
})

const { imageSize } = tiny.model.backbone
const viewLength = 3 * imageSize * imageSize

/** The global views of each picture of a step. */
const viewsOf = async (step: number, batch: number): Promise<ReadonlyMap<number, readonly number[]>> => {
  const { views } = right(await viewBatch(withBatch(batch), images)(step)())
  return new Map(
    wanted(step, withBatch(batch)).map((picture, at) => [
      picture,
      [0, 1].flatMap(view => {
        const start = (view * batch + at) * viewLength
        return Array.from(views.global.data.subarray(start, start + viewLength))
      }),
    ]),
  )
}

example('the views of a picture do not depend on its batch', async () => {
  const together = await viewsOf(0, images)
  for (const [picture, own] of await viewsOf(1, 4)) assert.deepEqual(own, together.get(picture))
})

example('another epoch shows other views', async () => {
  const [first, second] = [await viewsOf(0, images), await viewsOf(1, images)]
  for (const [picture, own] of first) assert.notDeepEqual(own, second.get(picture))
})

example('a broken picture is told and another stands in for it', async () => {
  const first = wanted(0)
  const batch = right(await viewBatch(tiny, images, [first[1]])(0)())
  const whole = right(await viewBatch(withBatch(images), images)(0)())
  assert.deepEqual(batch.skipped, [brokenPicture(first[1])])
  const order = wanted(0, withBatch(images))
  const expected = [first[0], first[2], first[3], order[tiny.run.batch]]
  expected.forEach((picture, at) => {
    const from = order.indexOf(picture)
    assert.deepEqual(
      batch.views.global.data.subarray(at * viewLength, (at + 1) * viewLength),
      whole.views.global.data.subarray(from * viewLength, (from + 1) * viewLength),
    )
  })
})

example('with too few pictures a batch repeats those it has, in other views', async () => {
  const { views, skipped } = right(await viewBatch(tiny, 4, wanted(0, tiny, 4).slice(2))(0)())
  assert.equal(skipped.length, 2)
  assert.equal(views.global.sizes.batch, 4)
  assert.notDeepEqual(
    views.global.data.subarray(0, viewLength),
    views.global.data.subarray(2 * viewLength, 3 * viewLength),
  )
})

example('without a picture that can be read all are counted, and the first says why', async () => {
  const batch = await viewBatch(tiny, 4, [0, 1, 2, 3])(0)()
  const [first] = wanted(0, tiny, 4)
  assert.ok(E.isLeft(batch))
  assert.deepEqual(batch.left, { kind: 'nothing readable', set: 'noise', count: 4, first: brokenPicture(first) })
})

example('a step is given what was announced', async () => {
  for (const configuration of [
    tiny,
    tinyWith({ views: { localViews: 0 } }),
    tinyWith({ model: { backbone: { dropPath: 0 } } }),
  ]) {
    const { views } = right(await viewBatch(configuration, images)(0)())
    const input = stepInput(configuration, views, 0, saying(configuration, steps)(0))
    const sizes = (tree: object) => trees.leavesOf<'spec'>(tree).map(([path, leaf]) => [path, leaf.sizes])
    assert.deepEqual(sizes(input), sizes(inputSpec(configuration, steps)))
  }
})
