// The command as people meet it: a process of its own, its words, its exit status, and the folder that it leaves.

import assert from 'node:assert/strict'
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { readWholeRun } from '../../dino/node/record.ts'
import { presetNames, presets } from '../../dino/run/presets.ts'
import { right } from '../support/results.ts'
import { pngOf, withFolder } from '../support/test-folder.ts'
import { projectFolder } from '../support/type-checker.ts'

interface Ended {
  readonly status: number | null
  readonly out: string
  readonly error: string
}

const endOf = (child: ChildProcessWithoutNullStreams): Promise<Ended> =>
  new Promise(resolve => {
    let [out, error] = ['', '']
    child.stdout.on('data', text => {
      out += text
    })
    child.stderr.on('data', text => {
      error += text
    })
    child.on('close', status => resolve({ status, out, error }))
  })

const dinoAs = (user: { readonly uid?: number; readonly gid?: number }, words: readonly string[]): Promise<Ended> =>
  endOf(spawn(process.execPath, [join(projectFolder, 'dino/bin.mjs'), ...words], { cwd: projectFolder, ...user }))

const dino = (...words: readonly string[]): Promise<Ended> => dinoAs({}, words)

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
        'configuration.json',
        'metrics.jsonl',
        'metrics.svg',
        'objective.safetensors',
        'optimiser.safetensors',
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
  [['train', '--steps', '0', '--epochs', '0'], 2, /^--epochs: expected more than 0 where steps is 0, came 0\n$/],
  [['train', '--config', 'package.json', '--preset', 'scenes'], 2, /^--preset: expected nothing where --config says/],
  [
    ['train', '--config', 'no-such-file'],
    2,
    /^--config: expected a file that .*, came no-such-file \(ENOENT: there is/,
  ],
  [
    ['train', '--config', 'package.json'],
    2,
    /^package\.json is not the configuration of a run:\n {2}format: expected 1, .*\n {2}data: (.*\n)*.*and \d+ more\n$/,
  ],
  [
    ['train', '--prototypes', '1000000', '--bottleneck', '4096'],
    2,
    /needs at least 66\.\d GB, and there are 4\.3 GB; what needs most are prototypes \(--prototypes, --bottleneck\)\n$/,
  ],
  [['train', '--out', '/proc/nothing/here'], 1, /\/proc\/nothing\/here: expected a folder to create, came ENOENT/],
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

test('a configuration that was printed is accepted back, and flags go before it', async () =>
  withFolder(await pictures(), async folder => {
    const words = ['train', '--preset', 'photos', '--data', folder, '--print-config', ...smaller]
    const printed = await dino(...words, '--patch-size', '4', '--local-size', '4')
    assert.equal(printed.status, 0)
    assert.match(printed.error, /^a step needs about 1 MB, and the state is written as 1 MB\n$/)
    const file = join(folder, 'mine.json')
    writeFileSync(file, printed.out)
    const again = await dino('train', '--config', file, '--print-config')
    assert.deepEqual([again.status, again.out], [0, printed.out])
    const seeded = await dino('train', '--config', file, '--print-config', '--seed', '77')
    const { run, ...rest } = JSON.parse(printed.out)
    assert.deepEqual(JSON.parse(seeded.out), { ...rest, run: { ...run, seed: 77 } })
    const out = join(folder, 'out')
    const trained = await dino('train', '--config', file, '--steps', '1', '--out', out)
    assert.equal(trained.status, 0, trained.error)
    const resumed = await dino('train', '--config', join(out, 'configuration.json'), '--print-config')
    assert.deepEqual(JSON.parse(resumed.out), { ...rest, run: { ...run, steps: 1 } })
  }))

/** Starts a long training, sends a signal when its first steps are told, and gives what it said. */
const interrupted = async (folder: string, run: string, signal: NodeJS.Signals): Promise<Ended> => {
  const words = ['train', '--data', folder, '--out', run, '--steps', '100000', ...smaller]
  const child = spawn(process.execPath, [join(projectFolder, 'dino/bin.mjs'), ...words], { cwd: projectFolder })
  const ended = endOf(child)
  while (!existsSync(join(run, 'metrics.jsonl')) || readFileSync(join(run, 'metrics.jsonl')).length === 0)
    await new Promise(resolve => setTimeout(resolve, 20))
  child.kill(signal)
  return ended
}

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  test(`${signal} ends a run after the step under way, with everything written`, async () =>
    withFolder(await pictures(), async folder => {
      const run = join(folder, 'out')
      const { status, out, error } = await interrupted(folder, run, signal)
      assert.equal(status, 0, error)
      assert.match(error, /stopping after this step; again to stop at once/)
      const { configuration, progress } = right(readWholeRun(run))
      assert.equal(configuration.run.steps, 100000)
      const lines = readFileSync(join(run, 'metrics.jsonl'), 'utf8').trim().split('\n')
      assert.equal(progress.step, lines.length)
      assert.ok(out.startsWith(`${lines.length} step`), out)
    }))

test('what ends a run before its first step leaves no folder', async () =>
  withFolder({ 'broken.png': 'no', 'worse.png': 'no' }, async folder => {
    const out = join(folder, 'runs/out')
    const { status, error } = await dino('train', '--data', folder, '--out', out, ...smaller)
    assert.equal(status, 1)
    assert.match(
      error,
      /none of the 2 pictures of dino-folder-\w+ could be read; of the first: .*\.png cannot be decoded/,
    )
    assert.deepEqual(readdirSync(folder).sort(), ['broken.png', 'worse.png'])
  }))

test('a sub-folder that cannot be read is named, and the rest is trained on', async context => {
  if (process.getuid?.() !== 0) return context.skip('another user is needed, and only root can be one')
  await withFolder(await pictures(), async folder => {
    for (const open of [folder, join(folder, 'red'), join(folder, 'blue')]) chmodSync(open, 0o777)
    mkdirSync(join(folder, 'locked'), { mode: 0o700 })
    const words = ['train', '--data', folder, '--out', join(folder, 'out'), '--steps', '1', ...smaller]
    const { status, error } = await dinoAs({ uid: 65534, gid: 65534 }, words)
    assert.equal(status, 0, error)
    assert.match(error, /skipped: the folder .*\/locked cannot be read: EACCES: permission denied/)
  })
})

test('more threads than cores get a word', async () =>
  withFolder(await pictures(), async folder => {
    const words = ['train', '--data', folder, '--out', join(folder, 'out'), '--steps', '1', ...smaller]
    const { status, error } = await dino(...words, '--threads', '33')
    assert.equal(status, 0, error)
    assert.match(error, /33 threads on \d+ cores?: more threads than cores are slower/)
  }))

test('demo says before training that a folder has no classes', async () =>
  withFolder({ 'a.png': await pngOf(12, [1, 2, 3]) }, async folder => {
    const { status, error } = await dino('demo', '--data', folder, '--out', join(folder, 'out'), ...smaller)
    assert.equal(status, 2)
    assert.match(error, /--data: expected a folder with a sub-folder for each class, came /)
    assert.deepEqual(readdirSync(folder), ['a.png'])
  }))

test('a set of which nothing can be read is no bank', async () =>
  withFolder({ ...(await pictures()), 'broken/red/1.png': 'no', 'broken/blue/1.png': 'no' }, async folder => {
    const run = join(folder, 'out')
    await dino('train', '--data', join(folder, 'red'), '--out', run, '--steps', '1', ...smaller)
    const bank = join(folder, 'broken')
    const { status, error } = await dino('evaluate', 'knn', '--run', run, '--bank', bank, '--queries', bank)
    assert.equal(status, 1)
    assert.match(error, /none of the 2 pictures of broken could be read/)
  }))

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

test('presets are listed with their sources and what they change', async () => {
  const { status, out } = await dino('presets')
  assert.equal(status, 0)
  for (const name of presetNames) assert.ok(out.includes(`${name}: ${presets[name].meaning}`), name)
  assert.match(out, /Caron et al\. 2021/)
  assert.match(out, /--learning-rate 0\.012 --teacher-momentum 0\.98/)
  assert.ok(out.split('\n').every(line => line.length <= 120))
})

test('--version is that of the package', async () => {
  const { status, out } = await dino('--version')
  assert.equal(status, 0)
  assert.equal(out.trim(), JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8')).version)
})

test('info lists executors with what they are or why they do not work', async () => {
  const { status, out, error } = await dino('info')
  assert.deepEqual([status, error], [0, ''])
  assert.match(out, /yes {2}wasm +WebAssembly SIMD/)
  assert.match(out, /yes {2}reference/)
  assert.match(out, /no {3}gpu:webgl2 +.*it runs in browsers only/)
})
