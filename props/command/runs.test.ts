// Going on with runs, and listing them, as people meet both: the command, its words, and how it ends.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { dino, type Ended, endOf, smaller } from '../support/command.ts'
import { example } from '../support/example.ts'
import { withFolder } from '../support/test-folder.ts'
import { projectFolder } from '../support/type-checker.ts'

const short = ['--images', '12', '--steps', '3', ...smaller]

/** Starts a training of many steps, kills it when it has written a few checkpoints, and gives how it ended. */
const killed = async (run: string, words: readonly string[]): Promise<Ended> => {
  const all = [
    'train',
    '--out',
    run,
    '--images',
    '12',
    '--steps',
    '100000',
    '--save-every',
    '1',
    '--health-every',
    '0',
    ...smaller,
    ...words,
  ]
  const child = spawn(process.execPath, [join(projectFolder, 'dino/bin.mjs'), ...all], { cwd: projectFolder })
  const ended = endOf(child)
  while (!existsSync(join(run, 'checkpoints/000003')) && child.exitCode === null)
    await new Promise(resolve => setTimeout(resolve, 5))
  child.kill('SIGKILL')
  return ended
}

example('a run that was killed is listed, gone on with by its own executor, made shorter, and listed again', () =>
  withFolder({}, async folder => {
    const run = join(folder, 'deep/er/run')
    assert.equal((await killed(run, ['--executor', 'reference', '--log', 'csv'])).status, null)
    const listed = await dino('runs', folder)
    assert.equal(listed.status, 0, listed.error)
    assert.match(listed.out, /run +preset +steps +state +loss +k-NN +written\n/)
    assert.match(listed.out, /run +scenes +\d+\/100000 +interrupted +\d\.\d{3} +- +\d{4}-\d\d-\d\d \d\d:\d\d\n$/)
    const resumed = await dino('train', '--resume', run, '--steps', '40')
    assert.equal(resumed.status, 0, resumed.error)
    assert.match(resumed.error, /executor reference: /)
    assert.match(resumed.error, /the run goes on from step \d+ of 40/)
    assert.equal(readFileSync(join(run, 'metrics.csv'), 'utf8').trimEnd().split('\n').length, 41)
    const { status, out } = await dino('runs', '--folder', run, '--json')
    assert.equal(status, 0)
    const [{ changed, loss, ...rest }] = JSON.parse(out)
    assert.deepEqual(rest, { folder: run, preset: 'scenes', done: 40, steps: 40, saved: 40, state: 'finished' })
    assert.ok(Number.isFinite(loss) && !Number.isNaN(Date.parse(changed)), out)
  }),
)

example('flags that would make another run are refused by name, and nothing is changed', () =>
  withFolder({}, async folder => {
    const run = join(folder, 'run')
    const trained = await dino('train', '--out', run, ...short)
    assert.equal(trained.status, 0, trained.error)
    const refused: readonly (readonly [words: readonly string[], told: RegExp])[] = [
      [['--batch', '8'], /^--batch: expected nothing beside --resume, for the run has 4, came "8"\n$/],
      [['--seed', '2'], /^--seed: expected nothing beside --resume, for the run has 1, came "2"\n$/],
      [['--out', 'elsewhere'], /^--out: expected nothing beside --resume, came "elsewhere"\n$/],
      [['--preset', 'scenes'], /^--preset: expected nothing beside --resume, came "scenes"\n$/],
      [['--steps', '2'], /--steps: expected at least 3, the steps that are done, came "?2"?\n$/],
      [['--steps', 'many'], /^--steps: expected a whole number from 0 to 1000000000, came "many"\n$/],
    ]
    const before = readdirSync(run, { recursive: true })
    for (const [words, told] of refused) {
      const { status, error } = await dino('train', '--resume', run, ...words)
      assert.ok(status === 1 || status === 2, error)
      assert.match(error, told)
    }
    assert.deepEqual(readdirSync(run, { recursive: true }), before)
    const printed = await dino('train', '--resume', run, '--print-config', '--keep', '5')
    assert.equal(JSON.parse(printed.out).run.keep, 5)
  }),
)

example('what is no run cannot be gone on with, and is listed as none', () =>
  withFolder({ 'a/configuration.json': '{}', 'a/metrics.jsonl': '', 'b.txt': '' }, async folder => {
    const nothing = await dino('train', '--resume', join(folder, 'x'))
    assert.equal(nothing.status, 2)
    assert.match(nothing.error, /^--resume: expected the folder of a run, came .*x \(ENOENT: there is no such file/)
    const broken = await dino('train', '--resume', join(folder, 'a'))
    assert.equal(broken.status, 2)
    assert.match(broken.error, /configuration\.json is not the configuration of a run/)
    const listed = await dino('runs', folder)
    assert.deepEqual([listed.status, listed.out], [0, 'there are no runs\n'])
    assert.match(listed.error, /^no run: .*a\/run\.json: expected what is noted of a run, came ENOENT/)
    const missing = await dino('runs', join(folder, 'x'))
    assert.equal(missing.status, 1)
    assert.match(missing.error, /x: expected a folder with runs, came ENOENT/)
    mkdirSync(join(folder, 'empty'))
    writeFileSync(join(folder, 'empty/x'), '')
    assert.equal((await dino('runs', join(folder, 'empty'))).out, 'there are no runs\n')
  }),
)
