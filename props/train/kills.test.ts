// Runs that are killed, as kill -9 does it, at random moments: while they start, in a step, and in the middle of a
// save. Each is gone on with and killed again a few times, and at last comes to its end; then its state has the bits,
// and its metrics the lines, of the run that nobody disturbed. `npm run test:kills` does fifty; KILLS says how many.

import assert from 'node:assert/strict'
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { existsSync, type FSWatcher, readdirSync, readFileSync, watch } from 'node:fs'
import { join } from 'node:path'
import { readWholeRun } from '../../dino/node/record.ts'
import { isUnfinished } from '../../dino/node/whole-folder.ts'
import { dino, endOf, smaller } from '../support/command.ts'
import { example } from '../support/example.ts'
import { type Draw, drawing } from '../support/mutated-bytes.ts'
import { bitsOf, hearingRefused } from '../support/records.ts'
import { right } from '../support/results.ts'
import { withFolder } from '../support/test-folder.ts'
import { projectFolder } from '../support/type-checker.ts'

const kills = Number(process.env.KILLS ?? 6)
/** Kills of one run, before it is left to come to its end. */
const together = 5

/** Everything of a run that has a state of its own. */
const kinds = [
  '--accumulate',
  '2',
  '--drop-path',
  '0.2',
  '--freeze-last-layer',
  '0.4',
  '--local-views',
  '2',
  '--local-size',
  '4',
  '--ibot-weight',
  '1',
  '--mask-token',
  '--patch-head',
  '--patch-prototypes',
  '6',
]
const flags = ['--images', '12', '--steps', '60', '--save-every', '1', '--patch-size', '4', ...kinds, ...smaller]

const start = (words: readonly string[]): ChildProcessWithoutNullStreams =>
  spawn(process.execPath, [join(projectFolder, 'dino/bin.mjs'), 'train', ...words], { cwd: projectFolder })

const until = async (there: () => boolean, child: ChildProcessWithoutNullStreams): Promise<void> => {
  while (!there() && child.exitCode === null) await new Promise(resolve => setTimeout(resolve, 5))
}

/** Waits a random while after the run has begun to write, or until a save is begun, and kills. */
const killIn = async (child: ChildProcessWithoutNullStreams, run: string, draw: Draw): Promise<void> => {
  const saves = join(run, 'checkpoints')
  const before = existsSync(saves) ? readdirSync(saves).length : 0
  if (draw(2) === 0) {
    await until(() => existsSync(saves) && readdirSync(saves).length >= before, child)
    await new Promise(resolve => setTimeout(resolve, draw(1500)))
    child.kill('SIGKILL')
    return
  }
  await until(() => existsSync(saves), child)
  let left = draw(10)
  const watcher: FSWatcher = watch(saves, (_, name) => {
    if (name === null || !isUnfinished(name)) return
    left -= 1
    if (left < 0) child.kill('SIGKILL')
  })
  await new Promise(resolve => child.once('exit', resolve))
  watcher.close()
}

const contentsOf = (run: string) => {
  const { heard, hear } = hearingRefused()
  const { progress } = right(readWholeRun(run, hear))
  assert.deepEqual(heard, [], 'no checkpoint is refused')
  const lines = readFileSync(join(run, 'metrics.jsonl'), 'utf8').trimEnd().split('\n')
  const metrics = lines.map(line => ({ ...JSON.parse(line), imagesPerSecond: 0, waiting: 0 }))
  return { step: progress.step, bits: bitsOf(progress.state), metrics }
}

/** Kills a run up to so many times and lets it end; gives how often it was killed, and how often inside a save. */
const killed = async (run: string, most: number, draw: Draw) => {
  const seen = { kills: 0, inSaves: 0 }
  while (seen.kills < most) {
    const child = start(existsSync(join(run, 'configuration.json')) ? ['--resume', run] : ['--out', run, ...flags])
    const ended = endOf(child)
    await killIn(child, run, draw)
    const { status, error } = await ended
    if (status !== null) {
      assert.equal(status, 0, error)
      break
    }
    seen.kills += 1
    const saves = join(run, 'checkpoints')
    if (existsSync(saves) && readdirSync(saves).some(isUnfinished)) seen.inSaves += 1
  }
  const { status, error } = await dino('train', '--resume', run)
  assert.equal(status, 0, error)
  return seen
}

example(`${kills} kills at random moments leave the bits of a run that nobody disturbed`, context =>
  withFolder({}, async folder => {
    const whole = join(folder, 'whole')
    const undisturbed = await dino('train', '--out', whole, ...flags)
    assert.equal(undisturbed.status, 0, undisturbed.error)
    const expected = contentsOf(whole)
    const draw = drawing(20261)
    const seen = { kills: 0, inSaves: 0, runs: 0 }
    while (seen.kills < kills) {
      const run = join(folder, `run-${seen.runs}`)
      const own = await killed(run, Math.min(together, kills - seen.kills), draw)
      seen.kills += own.kills
      seen.inSaves += own.inSaves
      seen.runs += 1
      assert.deepEqual(contentsOf(run), expected)
    }
    context.diagnostic(`${seen.kills} kills of ${seen.runs} runs, ${seen.inSaves} of them inside a save`)
  }),
)
