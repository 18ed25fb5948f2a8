// Options: presets pass their own checks, values come from text as from JSON, and what is refused names the option, the value
// and what is allowed.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as E from 'fp-ts/lib/Either.js'
import { showOptionError } from '../../dino/options/option.ts'
import { type Configuration, configure } from '../../dino/run/configuration.ts'
import { presets } from '../../dino/run/presets.ts'
import { right } from '../support/training.ts'

const refusal = (given: Readonly<Record<string, unknown>>): string => {
  const read = configure(presets.scenes, given)
  return E.isLeft(read) ? showOptionError(read.left) : assert.fail('was accepted')
}

for (const [name, preset] of Object.entries(presets))
  test(`the preset ${name} is a configuration, and stays the same through JSON`, () => {
    assert.deepEqual(right(configure(presets.scenes, JSON.parse(JSON.stringify(preset)))), preset)
    assert.deepEqual(right(configure(preset, {})), preset)
  })

test('values are read from the text of a command line', () => {
  const read: Partial<Configuration> = right(
    configure(presets.scenes, { batch: '16', globalArea: '0.3,0.9', normLastLayer: 'false', learningRate: '1e-3' }),
  )
  assert.equal(read.batch, 16)
  assert.deepEqual(read.globalArea, [0.3, 0.9])
  assert.equal(read.normLastLayer, false)
  assert.equal(read.learningRate, 1e-3)
})

const refused: readonly (readonly [given: Readonly<Record<string, unknown>>, told: string])[] = [
  [{ batch: 'many' }, '--batch: expected a whole number from 1 to 65536, came "many"'],
  [{ batch: '' }, '--batch: expected a whole number from 1 to 65536, came ""'],
  [{ batch: '2.5' }, '--batch: expected a whole number from 1 to 65536, came "2.5"'],
  [
    { globalArea: '0.9,0.3' },
    '--global-area: expected two numbers from 0.01 to 1, the smaller first, as low,high, came "0.9,0.3"',
  ],
  [{ normLastLayer: 'maybe' }, '--norm-last-layer: expected true or false, came "maybe"'],
  [{ pairing: 'some' }, '--pairing: expected one of other views, all, came "some"'],
  [{ colour: 1 }, '--colour: expected no such option, came 1'],
  [{ heads: '5' }, '--heads: expected a divisor of features (64), came 5'],
  [{ imageSize: '30' }, '--patch-size: expected a divisor of image-size (30), came 4'],
  [{ localViews: '2', localSize: '18' }, '--local-size: expected a multiple of patch-size (4), came 18'],
]

for (const [given, told] of refused)
  test(`${JSON.stringify(given)} is refused with what is allowed`, () => assert.equal(refusal(given), told))

test('a local size that no view has is not looked at', () =>
  assert.equal(right(configure(presets.scenes, { localViews: '0', localSize: '18' })).localViews, 0))
