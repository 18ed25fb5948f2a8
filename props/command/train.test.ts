// `dino train` as people meet it: what it says, how it ends, and the folder that it leaves.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readWholeRun } from '../../dino/node/record.ts'
import { dino, dinoAs, type Ended, endOf, pictures, smaller } from '../support/command.ts'
import { example } from '../support/example.ts'
import { refusingNothing } from '../support/records.ts'
import { right } from '../support/results.ts'
import { withFolder } from '../support/test-folder.ts'
import { projectFolder } from '../support/type-checker.ts'

example('train writes a run, names a broken file, and evaluate judges it', async () =>
  withFolder(await pictures(), async folder => {
    const run = join(folder, '..', `${folder.split('/').pop()}-run`)
    const trained = await dino('train', '--data', folder, '--out', run, '--steps', '3', '--save-every', '2', ...smaller)
    try {
      assert.equal(trained.status, 0, trained.error)
      assert.match(trained.error, /6 images, 3 steps of 4/)
      assert.match(trained.error, /skipped: .*broken\.png cannot be decoded/)
      assert.match(trained.out, /^3 steps in .* written to /)
      assert.deepEqual(readdirSync(run).sort(), [
        'checkpoints',
        'configuration.json',
        'metrics.jsonl',
        'metrics.svg',
        'run.json',
      ])
      assert.deepEqual(readdirSync(join(run, 'checkpoints')).sort(), ['000002', '000003'])
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
        'anchorRefresh',
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
  }),
)

example('train goes on when nobody reads what it prints any more', async () =>
  withFolder(await pictures(), async folder => {
    const run = join(folder, 'out')
    const words = ['train', '--data', folder, '--out', run, '--steps', '3', ...smaller]
    const child = spawn(process.execPath, [join(projectFolder, 'dino/bin.mjs'), ...words], { cwd: projectFolder })
    child.stdout.destroy()
    child.stderr.destroy()
    const status = await new Promise(resolve => child.on('exit', resolve))
    assert.equal(status, 0)
    assert.ok(existsSync(join(run, 'checkpoints/000003/teacher.safetensors')))
  }),
)

example('train --profile says where the time went', async () =>
  withFolder(await pictures(), async folder => {
    const run = join(folder, 'out')
    const { status, out } = await dino('train', '--data', folder, '--out', run, '--steps', '2', '--profile', ...smaller)
    assert.equal(status, 0)
    assert.match(out, /milliseconds of a step by kind, of [\d.]+ in all:/)
    assert.match(out, /contraction, \d+ kernels +[\d.]+ GFLOP\/s/)
    assert.match(out, /elementwise, \d+ kernels +[\d.]+ GB\/s/)
    assert.match(out, /the 20 longest of \d+ kernels, by the sizes/)
  }),
)

example('train --profile says so where no times are taken', async () =>
  withFolder(await pictures(), async folder => {
    const words = ['--data', folder, '--out', join(folder, 'out'), '--steps', '1', '--executor', 'reference']
    const { status, out, error } = await dino('train', ...words, '--profile', ...smaller, '--batch', '64')
    assert.equal(status, 0, error)
    assert.match(out, /there is no profile: only the executor wasm takes the time of kernels/)
    assert.match(error, /a batch of 64 is more than there are images; it is \d+ now/)
  }),
)

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
  example(`${signal} ends a run after the step under way, with everything written`, async () =>
    withFolder(await pictures(), async folder => {
      const run = join(folder, 'out')
      const { status, out, error } = await interrupted(folder, run, signal)
      assert.equal(status, 0, error)
      assert.match(error, /stopping after this step; again to stop at once/)
      const { configuration, progress } = right(readWholeRun(run, refusingNothing))
      assert.equal(configuration.run.steps, 100000)
      const lines = readFileSync(join(run, 'metrics.jsonl'), 'utf8').trim().split('\n')
      assert.equal(progress.step, lines.length)
      assert.ok(out.startsWith(`${lines.length} step`), out)
    }),
  )

example('what ends a run before its first step leaves no folder', async () =>
  withFolder({ 'broken.png': 'no', 'worse.png': 'no' }, async folder => {
    const out = join(folder, 'runs/out')
    const { status, error } = await dino('train', '--data', folder, '--out', out, ...smaller)
    assert.equal(status, 1)
    assert.match(
      error,
      /none of the 2 pictures of dino-folder-\w+ could be read; of the first: .*\.png cannot be decoded/,
    )
    assert.deepEqual(readdirSync(folder).sort(), ['broken.png', 'worse.png'])
  }),
)

example('a sub-folder that cannot be read is named, and the rest is trained on', async context => {
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

example('more threads than cores get a word', async () =>
  withFolder(await pictures(), async folder => {
    const words = ['train', '--data', folder, '--out', join(folder, 'out'), '--steps', '1', ...smaller]
    const { status, error } = await dino(...words, '--threads', '33')
    assert.equal(status, 0, error)
    assert.match(error, /33 threads on \d+ cores?: more threads than cores are slower/)
  }),
)

example('an empty folder is an error, and nothing is written', () =>
  withFolder({ 'notes.txt': 'no pictures here' }, async folder => {
    const out = join(folder, 'out')
    const { status, error } = await dino('train', '--data', folder, '--out', out)
    assert.equal(status, 1)
    assert.match(error, /expected pictures \(PNG, JPEG or WebP\) in .*, came none; other files there: 1/)
    assert.deepEqual(readdirSync(folder), ['notes.txt'])
  }),
)
