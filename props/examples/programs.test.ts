// Every example that takes seconds is run, and what it prints is true. (`teacher-collapse.ts` trains for minutes.)

import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import sharp from 'sharp'
import { storage } from '../../lib/index.ts'
import { example } from '../support/example.ts'
import { exampleOutput } from './example-output.ts'

/** Gives the path of a file in a folder that is removed afterwards. */
const withFile = async (name: string, use: (path: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'examples-'))
  try {
    await use(join(folder, name))
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** The numbers after a text in what was printed. */
const numbersAfter = (printed: string, text: string): readonly number[] => {
  const [, rest = ''] = printed.split(text)
  return Array.from(rest.matchAll(/-?\d+(?:\.\d+)?(?:e-?\d+)?/g), ([number]) => Number(number))
}

/** The longest form of the tour, in lines: what a screen of usual height shows. */
const screen = 60

example('the tour shows the eight forms of the loss, each on one screen, and what it says of them is so', async () => {
  const printed = await exampleOutput('kernels.ts')
  const stops = printed.split('\n=== ').slice(1)
  assert.deepEqual(
    stops.map(stop => Number.parseInt(stop, 10)),
    [1, 2, 3, 4, 5, 6, 7, 8],
  )
  const forms = stops.map(stop => stop.trim().split('\n\n').slice(2).join('\n').split('\n'))
  for (const [at, form] of forms.entries()) assert.ok(form.length > 8 && form.length < screen, `${at}: ${form.length}`)
  const [loss, slope, simple, schedule] = forms
  assert.match(slope[0], new RegExp(`^%${loss.length} = 1 `))
  const [together, left] = numbersAfter(stops[2], 'Loss and gradient,').filter(number => number > 1)
  assert.deepEqual([together, left], [loss.length + slope.length, simple.length])
  assert.ok(loss.join().includes('stop') && !simple.join().includes('stop'))
  assert.equal(numbersAfter(stops[3], 'Look for:')[0], schedule.length)
  const all = (texts: readonly string[], form: readonly string[]): boolean =>
    texts.every(text => form.some(line => line.includes(text)))
  assert.ok(all(['input1[i0, i1]', 'input2[i0, i1]', 'mul'], forms[5]), 'loops')
  assert.ok(all(['this.thread.x', 'return'], forms[6]), 'gpu.js')
  assert.ok(all(['f32x4.mul', 'load32_splat', '$from', '$to'], forms[7]), 'WebAssembly')
})

example('the regression finds the weights and the bias that its points were made with', async () => {
  const found = numbersAfter(await exampleOutput('regression.ts', 'reference'), 'weight')
  for (const [at, truth] of [2, -1, 0.5, 3].entries()) assert.ok(Math.abs(found[at] - truth) < 0.05, `${found}`)
})

example('all three optimisers come down to the noise, and AdamW is the first to be there', async () => {
  const rows = (await exampleOutput('optimisers.ts')).trim().split('\n').slice(1)
  const losses = new Map(rows.map(row => row.trim().split(/\s+/).map(Number)).map(([turn, ...each]) => [turn, each]))
  const at = (turn: number): readonly number[] => losses.get(turn) ?? []
  assert.equal(at(1).length, 3)
  for (const first of at(1)) assert.ok(first > 20, `${at(1)}`)
  for (const last of at(1000)) assert.ok(last > 0.019 && last < 0.022, `${at(1000)}`)
  const [sgd, lars, adamw] = at(100)
  assert.ok(adamw < 0.03 && sgd > 0.03 && lars > 0.03, `${at(100)}`)
})

example('the functions of a tutorial and of the project give the same numbers', async () => {
  const printed = await exampleOutput('tutorial-loss.ts')
  const differences = printed.split('largest difference').slice(1).map(Number.parseFloat)
  assert.equal(differences.length, 3)
  for (const difference of differences) assert.ok(difference < 1e-14, printed)
})

example('corresponding points have one colour, and the picture shows both pictures and the second carried back', () =>
  withFile('points.png', async path => {
    const printed = await exampleOutput('correspondences.ts', path)
    const [corresponding, same] = numbersAfter(printed, 'colours at corresponding points:')
    assert.ok(corresponding < 0.01 && same > 0.1, printed)
    const { width, height, channels } = await sharp(await readFile(path)).metadata()
    assert.deepEqual([width > 3 * 192, height > 192, channels], [true, true, 3])
  }),
)

example('a network comes back from the names of the public code as it was', () =>
  withFile('weights.safetensors', async path => {
    const printed = await exampleOutput('public-weights.ts', path)
    assert.deepEqual(numbersAfter(printed, 'after reading:'), [0])
    const stored = storage.readSafetensors(await readFile(path))
    assert.ok(E.isRight(stored))
    const { tensors } = stored.right
    assert.deepEqual(tensors.get('backbone.blocks.0.attn.qkv.weight')?.shape, [3 * 24, 24])
    assert.deepEqual(tensors.get('backbone.cls_token')?.shape, [1, 1, 24])
    assert.deepEqual(tensors.get('head.last_layer.weight_v')?.shape, [32, 16])
    for (const name of tensors.keys()) assert.ok(printed.includes(name), name)
  }),
)
