// The command as people meet it: a process of its own, its words, its exit status, and the folder that it leaves.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { projectFolder } from '../support/compiler.ts'
import { pngOf, withFolder } from '../support/folder.ts'

interface Ended {
  readonly status: number | null
  readonly out: string
  readonly error: string
}

const dino = (...words: readonly string[]): Promise<Ended> =>
  new Promise(resolve => {
    const child = spawn(process.execPath, [join(projectFolder, 'dino/bin.mjs'), ...words], { cwd: projectFolder })
    let [out, error] = ['', '']
    child.stdout.on('data', text => {
      out += text
    })
    child.stderr.on('data', text => {
      error += text
    })
    child.on('close', status => resolve({ status, out, error }))
  })

const small = ['--image-size', '8', '--features', '8', '--depth', '1', '--heads', '2', '--head-hidden', '8']
const smaller = [...small, '--bottleneck', '4', '--prototypes', '8', '--batch', '4', '--threads', '1']

const pictures = async () => ({
  'red/1.png': await pngOf(12, [200, 20, 30]),
  'red/2.png': await pngOf(9, [250, 60, 30]),
  'red/3.png': await pngOf(16, [180, 10, 60]),
  'blue/1.png': await pngOf(12, [10, 20, 200]),
  'blue/2.png': await pngOf(10, [30, 50, 250]),
  'blue/broken.png': 'this is no picture',
})

test('train writes a run, names a broken file, and evaluate judges it', async () =>
  withFolder(await pictures(), async folder => {
    const run = join(folder, '..', `${folder.split('/').pop()}-run`)
    const trained = await dino('train', '--data', folder, '--out', run, '--steps', '3', '--save-every', '2', ...smaller)
    try {
      assert.equal(trained.status, 0, trained.error)
      assert.match(trained.error, /6 images, 3 steps of 4/)
      assert.match(trained.error, /skipped: .*broken\.png cannot be decoded/)
      assert.match(trained.out, /^3 steps in .* written to /)
      assert.deepEqual(readdirSync(run).sort(), [
        'centre.safetensors',
        'configuration.json',
        'metrics.jsonl',
        'metrics.svg',
        'student.safetensors',
        'teacher.safetensors',
      ])
      const lines = readFileSync(join(run, 'metrics.jsonl'), 'utf8').trim().split('\n')
      assert.deepEqual(
        lines.map(line => JSON.parse(line).step),
        [0, 1, 2],
      )
      for (const field of [
        'loss',
        'teacherEntropy',
        'meanEntropy',
        'divergence',
        'centreNorm',
        'learningRate',
        'teacherMomentum',
      ])
        assert.ok(Number.isFinite(JSON.parse(lines[2])[field]), field)
      const picture = join(folder, 'neighbours.png')
      const judged = await dino('evaluate', 'knn', '--run', run, '--queries', folder, '--k', '3', '--picture', picture)
      assert.equal(judged.status, 0, judged.error)
      assert.match(judged.out, /k-NN accuracy: 5 queries, bank of 5, 2 classes, k 3, temperature 0\.07/)
      assert.match(
        judged.out,
        /raw pixels +\d+\.\d %\n +untrained network +\d+\.\d %\n +trained teacher +\d+\.\d %\n.*neighbours\.png/,
      )
      assert.equal(readFileSync(picture).subarray(1, 4).toString(), 'PNG')
      const again = await dino('train', '--data', folder, '--out', run, '--steps', '3', ...smaller)
      assert.equal(again.status, 1)
      assert.match(again.error, /expected an empty folder, came .*configuration\.json/)
    } finally {
      await import('node:fs/promises').then(({ rm }) => rm(run, { recursive: true, force: true }))
    }
  }))

test('train goes on when nobody reads what it prints any more', async () =>
  withFolder(await pictures(), async folder => {
    const run = join(folder, 'out')
    const words = ['train', '--data', folder, '--out', run, '--steps', '3', ...smaller]
    const child = spawn(process.execPath, [join(projectFolder, 'dino/bin.mjs'), ...words], { cwd: projectFolder })
    child.stdout.destroy()
    child.stderr.destroy()
    const status = await new Promise(resolve => child.on('exit', resolve))
    assert.equal(status, 0)
    assert.ok(readdirSync(run).includes('teacher.safetensors'))
  }))

test('train --profile says where the time went', async () =>
  withFolder(await pictures(), async folder => {
    const run = join(folder, 'out')
    const { status, out } = await dino('train', '--data', folder, '--out', run, '--steps', '2', '--profile', ...smaller)
    assert.equal(status, 0)
    assert.match(out, /milliseconds of a step by kind, of [\d.]+ in all:/)
    assert.match(out, /contraction, \d+ kernels +[\d.]+ GFLOP\/s/)
    assert.match(out, /elementwise, \d+ kernels +[\d.]+ GB\/s/)
    assert.match(out, /the 20 longest of \d+ kernels, by the sizes/)
  }))

test('train --profile says so where no times are taken', async () =>
  withFolder(await pictures(), async folder => {
    const words = ['--data', folder, '--out', join(folder, 'out'), '--steps', '1', '--executor', 'reference']
    const { status, out, error } = await dino('train', ...words, '--profile', ...smaller, '--batch', '64')
    assert.equal(status, 0, error)
    assert.match(out, /there is no profile: only the executor wasm takes the time of kernels/)
    assert.match(error, /a batch of 64 is more than there are images; it is \d+ now/)
  }))

const mistakes: readonly (readonly [words: readonly string[], status: number, told: RegExp])[] = [
  [['train', '--batch', 'many'], 2, /^--batch: expected a whole number from 1 to 65536, came "many"\n$/],
  [
    ['train', '--preset', 'large'],
    2,
    /^--preset: expected one of scenes, cifar-tiny, photos, vit-small, came "large"\n$/,
  ],
  [['train', '--bacth', '4'], 2, /unknown option '--bacth'/],
  [['train', '--executor', 'gpu:metal'], 2, /gpu:metal.*auto.*wasm/s],
  [['train', '--data', 'no-such-folder'], 1, /expected a folder of pictures at .*no-such-folder, came nothing/],
  [['evaluate', 'knn'], 2, /^--run: expected a folder that dino train has written, came nothing\n$/],
  [['evaluate', 'knn', '--run', 'props'], 1, /configuration\.json: expected the configuration of a run, came/],
  [['evaluate', 'knn', '--k', '0'], 2, /^--k: expected a whole number from 1 to 10000, came "0"\n$/],
]

for (const [words, status, told] of mistakes)
  test(`dino ${words.join(' ')} is told in words, with status ${status}`, async () => {
    const ended = await dino(...words)
    assert.equal(ended.status, status)
    assert.match(ended.error, told)
    assert.doesNotMatch(ended.error, /\n {4}at /)
  })

test('an empty folder is an error, and nothing is written', () =>
  withFolder({ 'notes.txt': 'no pictures here' }, async folder => {
    const out = join(folder, 'out')
    const { status, error } = await dino('train', '--data', folder, '--out', out)
    assert.equal(status, 1)
    assert.match(error, /expected pictures \(PNG, JPEG or WebP\) in .*, came none; other files there: 1/)
    assert.deepEqual(readdirSync(folder), ['notes.txt'])
  }))

test('help shows every option with what it allows, and examples', async () => {
  const { status, out } = await dino('train', '--help')
  assert.equal(status, 0)
  for (const part of ['--learning-rate <number>', '--global-area <low,high>', '--profile [true|false]', 'Examples:'])
    assert.ok(out.includes(part), part)
})

test('info lists executors with what they are or why they do not work', async () => {
  const { status, out } = await dino('info')
  assert.equal(status, 0)
  assert.match(out, /yes {2}wasm +WebAssembly SIMD/)
  assert.match(out, /yes {2}reference/)
  assert.match(out, /no {3}gpu:webgl2 +.*it runs in browsers only/)
})
