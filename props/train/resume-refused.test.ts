// What a run that goes on finds in its folder: what has to be refused or mended on the way is said, and what would make
// another run of it is an error.

import assert from 'node:assert/strict'
import {
  appendFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { showFailure } from '../../dino/command/tell-failure.ts'
import { checkpointFolder } from '../../dino/node/checkpoint-folder.ts'
import { type ConfigurationChanges, changed } from '../../dino/run/configuration.ts'
import { pictures } from '../support/command.ts'
import { example } from '../support/example.ts'
import { right } from '../support/results.ts'
import { inFolder, losing, metricsOf, refusedWith, resumed, same, stopping, wasmHere } from '../support/resumed-runs.ts'
import { withFolder } from '../support/test-folder.ts'
import { done, planOf, shortRun } from '../support/whole-runs.ts'

const wasm = wasmHere()

example('a newest checkpoint that is torn is refused aloud and set aside, and the one before is gone on from', () =>
  inFolder(wasm(), async ({ whole, run }) => {
    await done(planOf(run), losing(wasm(), 5))
    truncateSync(join(checkpointFolder(run, 4), 'teacher.safetensors'), 100)
    const { result, said } = await done(resumed(run), wasm())
    right(result, showFailure)
    assert.match(said, /REFUSED: .*000004\/teacher\.safetensors: expected \d+ bytes, as its manifest says, came 100\n/)
    assert.match(said, /the checkpoint of step 2 is used in its place/)
    assert.match(said, /set aside as .*000004\.refused/)
    same(run, whole)
    assert.deepEqual(readdirSync(join(run, 'checkpoints')).sort(), ['000004', '000004.refused', '000006'])
  }),
)

example('where no checkpoint is whole, nothing is changed', () =>
  inFolder(wasm(), async ({ run }) => {
    await done(planOf(run), losing(wasm(), 5))
    for (const step of [2, 4]) truncateSync(join(checkpointFolder(run, step), 'teacher.safetensors'), 100)
    const metrics = readFileSync(join(run, 'metrics.jsonl'))
    await refusedWith(wasm(), run, shortRun, /000004\/teacher\.safetensors: expected \d+ bytes/)
    assert.deepEqual(readFileSync(join(run, 'metrics.jsonl')), metrics)
    assert.ok(!existsSync(join(run, 'process.json')), 'the run is let go of')
  }),
)

example('metrics with a torn end, lines of later steps or doubled lines are mended', () =>
  inFolder(wasm(), async ({ whole, run }) => {
    await done(planOf(run), losing(wasm(), 5))
    const path = join(run, 'metrics.jsonl')
    const [first] = readFileSync(path, 'utf8').split('\n')
    for (const rubbish of ['{"step":5,"lo', `${first}\n`, '\n\0\0\0', '{"step":77}\n[1]\n']) {
      const copy = `${run}-${rubbish.length}`
      cpSync(run, copy, { recursive: true })
      appendFileSync(join(copy, 'metrics.jsonl'), rubbish)
      right((await done(resumed(copy), wasm())).result, showFailure)
      same(copy, whole)
    }
  }),
)

example('metrics that lost lines are said to have', () =>
  inFolder(wasm(), async ({ run }) => {
    await done(planOf(run), losing(wasm(), 5))
    writeFileSync(join(run, 'metrics.jsonl'), '')
    const { result, said } = await done(resumed(run), wasm())
    right(result, showFailure)
    assert.match(said, /of 4 lines of metrics before step 4, 0 are there/)
    assert.equal(metricsOf(run).length, 2)
  }),
)

example('a run with other options or other pictures is not gone on with', () =>
  inFolder(wasm(), async ({ run }) => {
    await done(planOf(run), losing(wasm(), 5))
    const refused = (changes: ConfigurationChanges, wrong: RegExp) =>
      refusedWith(wasm(), run, changed(shortRun, changes), wrong)
    await refused({ schedules: { learningRate: { base: 1 } } }, /000004: expected the options of configuration\.json/)
    await refused({ run: { seed: 2 } }, /000004: expected the options of configuration\.json/)
    await refused({ model: { backbone: { heads: 4 } } }, /000004\/manifest\.json: expected the model of configuration/)
    await refused({ run: { steps: 3 } }, /--steps: expected at least 4, the steps that are done, came 3/)
  }),
)

example('a run on pictures of which one was renamed is not gone on with', async () =>
  withFolder(await pictures(), async folder => {
    const run = join(folder, '../', `${folder.split('/').at(-1)}-run`)
    const configuration = changed(shortRun, { data: { from: folder } })
    try {
      right((await done(planOf(run, configuration), stopping(wasm(), 1))).result, showFailure)
      renameSync(join(folder, 'red/1.png'), join(folder, 'red/4.png'))
      await refusedWith(
        wasm(),
        run,
        configuration,
        /expected the pictures that there are, came other pictures: some came, went/,
      )
      renameSync(join(folder, 'red/4.png'), join(folder, 'red/1.png'))
      right((await done(resumed(run, configuration), wasm())).result, showFailure)
    } finally {
      rmSync(run, { recursive: true, force: true })
    }
  }),
)
