// `dino features` and `dino convert` as people meet them: features that do not depend on the batch nor on whether a
// call was ended half way, under any names; mistakes that are named.

import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { vit } from '../../dino/model/vit.ts'
import { writeBackboneTensors } from '../../dino/weights/backbone-tensors.ts'
import { weightNames } from '../../dino/weights/weight-names.ts'
import { initialisers, random, storage } from '../../lib/index.ts'
import { closeTo } from '../support/closeness.ts'
import { dinoAs } from '../support/command.ts'
import { example } from '../support/example.ts'
import { right } from '../support/results.ts'
import { pngOf, withFolder } from '../support/test-folder.ts'

const sizes = { imageSize: 28, patchSize: 14, features: 12, depth: 2, heads: 3, mlpRatio: 4, layerScale: 0.5 }
const weights = initialisers.initialise(random.keyOf(1))(vit(sizes))
const { resizing } = weightNames.timm
const tensors = right(writeBackboneTensors(weightNames.dinov2, { weights, sizes, form: { resizing: resizing() } }))
const file = storage.writeSafetensors({ tensors, metadata: { heads: '3' } })

const pictures = async (): Promise<Readonly<Record<string, Uint8Array>>> => ({
  'weights.safetensors': file,
  'images/a.png': await pngOf(40, [200, 30, 30]),
  'images/b.png': await pngOf(50, [30, 200, 30]),
  'images/broken.png': new Uint8Array(8),
  'images/c.png': await pngOf(60, [30, 30, 200]),
})

const readAt = (path: string): storage.StoredTensors =>
  right(storage.readSafetensors(new Uint8Array(readFileSync(path))))

const features = (folder: string, out: string, ...more: readonly string[]) =>
  dinoAs({}, [
    'features',
    ...[
      '--weights',
      join(folder, 'weights.safetensors'),
      '--images',
      join(folder, 'images'),
      '--out',
      join(folder, out),
    ],
    ...more,
  ])

example('features are rows in the order of the names; the size of batches changes nothing', async () =>
  withFolder(await pictures(), async folder => {
    const first = await features(folder, 'all.safetensors', '--blocks', '1', '--executor', 'reference')
    assert.equal(first.status, 0, first.error)
    assert.match(first.error, /skipped: .*broken\.png/)
    const all = readAt(join(folder, 'all.safetensors'))
    assert.deepEqual(JSON.parse(all.metadata.images), ['a.png', 'b.png', 'c.png'])
    const shapes = Object.fromEntries([...all.tensors].map(([name, { shape }]) => [name, shape]))
    assert.deepEqual(shapes, {
      classToken: [3, 12],
      patches: [3, 4, 12],
      'blocks.1.classToken': [3, 12],
      'blocks.1.patches': [3, 4, 12],
    })
    assert.deepEqual(all.tensors.get('blocks.1.patches'), all.tensors.get('patches'))
    const twice = await features(folder, 'two.safetensors', '--blocks', '1', '--batch', '1', '--executor', 'reference')
    assert.equal(twice.status, 0, twice.error)
    for (const [name, { data }] of readAt(join(folder, 'two.safetensors')).tensors)
      closeTo(all.tensors.get(name)!.data, data, 1e-6, name)
    assert.ok(!existsSync(join(folder, 'two.safetensors.parts')), 'the parts are gone')
  }),
)

example('parts of other features are refused, and are left alone', async () =>
  withFolder(await pictures(), async folder => {
    mkdirSync(join(folder, 'all.safetensors.parts'))
    writeFileSync(join(folder, 'all.safetensors.parts', 'asked.json'), '{}')
    const { status, error } = await features(folder, 'all.safetensors')
    assert.equal(status, 1)
    assert.match(error, /expected parts of the same features/)
  }),
)

const mistakes: readonly (readonly [words: readonly string[], said: RegExp])[] = [
  [['--size', '30'], /--size: expected a multiple of the patches' 14 pixels, came 30/],
  [['--blocks', '2'], /--blocks: expected .* the last 1, came "2"/],
  [['--blocks', 'last'], /--blocks: expected numbers of blocks/],
  [['--heads', '5'], /12 features are not for heads/],
]

example('mistakes are named', async () =>
  withFolder(await pictures(), async folder => {
    for (const [words, said] of mistakes) {
      const { error } = await features(folder, 'x.safetensors', ...words)
      assert.match(error, said)
    }
    const none = await dinoAs({}, ['features'])
    assert.deepEqual([none.status, /--weights: expected/.test(none.error)], [2, true])
    const there = await features(folder, 'weights.safetensors')
    assert.match(there.error, /--out: expected a new file/)
  }),
)

example('what was converted is the same under every names that have all of its parts', async () =>
  withFolder(await pictures(), async folder => {
    const convert = (from: string, to: string, names: string) =>
      dinoAs({}, ['convert', '--weights', join(folder, from), '--out', join(folder, to), '--names', names])
    const refused = await convert('weights.safetensors', 'v1.safetensors', 'v1')
    assert.match(refused.error, /DINO's code has no names for blocks\.0\.scale1, /)
    const steps = [
      ['weights.safetensors', 'huggingface', 'huggingface'],
      ['huggingface', 'timm.safetensors', 'timm'],
      ['timm.safetensors', 'again.safetensors', 'dinov2'],
    ] as const
    for (const [from, to, names] of steps) {
      const { status, error } = await convert(from, to, names)
      assert.equal(status, 0, error)
    }
    const again = readAt(join(folder, 'again.safetensors')).tensors
    assert.deepEqual(new Map([...again].sort()), new Map([...tensors].sort()))
  }),
)
