// Runs that go on: after any end they come to the bits, and to the lines of metrics, of a run that never stopped; what
// has to be refused or changed on the way is said; and what would make another run of it is an error.

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
import { after, before } from 'node:test'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { persisting } from '../../dino/command/resume.ts'
import { showFailure } from '../../dino/command/tell-failure.ts'
import { trainRun } from '../../dino/command/training-run.ts'
import { scenes } from '../../dino/data/scenes/scenes.ts'
import { checkpointFolder } from '../../dino/node/checkpoint-folder.ts'
import { takeRun } from '../../dino/node/process-lock.ts'
import { readWholeRun } from '../../dino/node/record.ts'
import { readNotes, stageOf } from '../../dino/node/run-file.ts'
import { type Configuration, type ConfigurationChanges, changed } from '../../dino/run/configuration.ts'
import { train } from '../../dino/run/course.ts'
import { failure } from '../../dino/run/failure.ts'
import { directLoader } from '../../dino/run/loader.ts'
import { type Executor, executors, type RunError } from '../../lib/index.ts'
import { closeTo } from '../support/closeness.ts'
import { pictures } from '../support/command.ts'
import { example } from '../support/example.ts'
import { bitsOf, refusingNothing } from '../support/records.ts'
import { expectRight, right } from '../support/results.ts'
import { withFolder } from '../support/test-folder.ts'
import { keeping } from '../support/training.ts'
import { done, hearing, planOf, shortRun } from '../support/whole-runs.ts'

let wasm: Executor
before(async () => {
  wasm = await expectRight(executors.wasm({ threads: 'here' }))
})
after(() => wasm.close())

const resumed = (folder: string, configuration = shortRun) => planOf(folder, configuration, true)

/** The metrics of a run, without the numbers that a clock says. */
const metricsOf = (run: string): readonly unknown[] =>
  readFileSync(join(run, 'metrics.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => ({ ...JSON.parse(line), imagesPerSecond: 0, waiting: 0 }))

const stateBits = (run: string) => {
  const { progress } = right(readWholeRun(run, refusingNothing))
  return { step: progress.step, bits: bitsOf(progress.state) }
}

const stage = (run: string): string => stageOf(run, right(readNotes(run)))

/** An executor that tells `hook` the number of each step before it is done; what that gives ends the step. */
const hooked = (executor: Executor, hook: (step: number) => RunError | undefined): Executor => {
  let steps = 0
  const watched = (loaded: executors.Loaded): executors.Loaded => ({
    ...loaded,
    run: inputs => async () => {
      const error = hook(steps)
      steps += 1
      return error === undefined ? loaded.run(inputs)() : E.left(error)
    },
  })
  return { ...executor, load: graph => TE.map(watched)(executor.load(graph)) }
}

const lost: RunError = { kind: 'device lost', executor: 'wasm', reason: 'told to be lost' }

/** An executor that loses its device at these steps, counted over all that it does. */
const losing = (executor: Executor, ...at: readonly number[]): Executor =>
  hooked(executor, step => (at.includes(step) ? lost : undefined))

/** An executor in whose step of that number the run is asked to stop. */
const stopping = (executor: Executor, at: number): Executor =>
  hooked(executor, step => {
    if (step === at) process.emit('SIGTERM', 'SIGTERM')
    return undefined
  })

const inFolder = (test: (paths: { readonly whole: string; readonly run: string }) => Promise<void>): Promise<void> =>
  withFolder({}, async folder => {
    const [whole, run] = [join(folder, 'whole'), join(folder, 'run')]
    right((await done(planOf(whole), wasm)).result, showFailure)
    await test({ whole, run })
  })

const same = (run: string, whole: string): void => {
  assert.deepEqual(stateBits(run), stateBits(whole))
  assert.deepEqual(metricsOf(run), metricsOf(whole))
  assert.equal(stage(run), 'finished')
}

const refusedWith = async (run: string, configuration: Configuration, wrong: RegExp): Promise<void> => {
  const { result } = await done(resumed(run, configuration), wasm)
  assert.ok(E.isLeft(result), 'went on')
  assert.match(showFailure(result.left), wrong)
}

for (const at of [0, 1, 3, 4])
  example(`a run that is asked to stop in step ${at} goes on to the bits of one that was not`, () =>
    inFolder(async ({ whole, run }) => {
      const first = await done(planOf(run), stopping(wasm, at))
      assert.equal(right(first.result, showFailure).trained.step, at + 1)
      assert.match(first.said, /stopping after this step/)
      assert.match(first.said, /dino train --resume .*run {5}goes on with it/)
      assert.equal(stage(run), 'interrupted')
      const second = await done(resumed(run), wasm)
      assert.match(second.said, new RegExp(`the run goes on from step ${at + 1} of 6`))
      assert.equal(right(second.result, showFailure).steps, 6 - at - 1)
      same(run, whole)
    }),
  )

example('a run whose device is lost says how it goes on, and does', () =>
  inFolder(async ({ whole, run }) => {
    const first = await done(planOf(run), losing(wasm, 5))
    assert.ok(E.isLeft(first.result) && showFailure(first.result.left).includes('lost its device'), 'was not lost')
    assert.match(first.said, /dino train --resume .*run {5}goes on with it/)
    assert.equal(stage(run), 'failed')
    assert.equal(metricsOf(run).length, 5)
    const second = await done(resumed(run), wasm)
    assert.match(second.said, /the run goes on from step 4 of 6/)
    same(run, whole)
  }),
)

example('a run whose device is lost before its first checkpoint begins again', () =>
  inFolder(async ({ whole, run }) => {
    assert.ok(E.isLeft((await done(planOf(run), losing(wasm, 1))).result), 'was not lost')
    const second = await done(resumed(run), wasm)
    assert.match(second.said, /no checkpoint was written yet: the run begins again/)
    same(run, whole)
  }),
)

example('a run goes on by itself as often as it may, and not once more', () =>
  inFolder(async ({ whole, run }) => {
    const attempts = (folder: string, retries: number) => {
      const executor = losing(wasm, 0, 4, 6)
      return hearing(persisting(retries, planOf(folder), plan => trainRun(plan)(executor)))
    }
    const enough = await attempts(run, 3)
    right(enough.result, showFailure)
    assert.match(enough.said, /lost its device: told to be lost\ngoing on; 2 more times if that is needed/)
    same(run, whole)
    const other = `${run}-2`
    const tooFew = await attempts(other, 2)
    assert.ok(E.isLeft(tooFew.result), 'went on')
    assert.equal(stage(other), 'failed')
  }),
)

example('what is lost at a fault of the run itself is not tried again', async () => {
  let attempts = 0
  const failed = failure('record')({ path: 'metrics.jsonl', expected: 'a file to append to', came: 'ENOSPC' })
  const once = persisting(3, { folder: 'nowhere', goesOn: false }, () => {
    attempts += 1
    return TE.left(failed)
  })
  assert.deepEqual([await once(), attempts], [E.left(failed), 1])
})

example('a newest checkpoint that is torn is refused aloud and set aside, and the one before is gone on from', () =>
  inFolder(async ({ whole, run }) => {
    await done(planOf(run), losing(wasm, 5))
    truncateSync(join(checkpointFolder(run, 4), 'teacher.safetensors'), 100)
    const { result, said } = await done(resumed(run), wasm)
    right(result, showFailure)
    assert.match(said, /REFUSED: .*000004\/teacher\.safetensors: expected \d+ bytes, as its manifest says, came 100\n/)
    assert.match(said, /the checkpoint of step 2 is used in its place/)
    assert.match(said, /set aside as .*000004\.refused/)
    same(run, whole)
    assert.deepEqual(readdirSync(join(run, 'checkpoints')).sort(), ['000004', '000004.refused', '000006'])
  }),
)

example('where no checkpoint is whole, nothing is changed', () =>
  inFolder(async ({ run }) => {
    await done(planOf(run), losing(wasm, 5))
    for (const step of [2, 4]) truncateSync(join(checkpointFolder(run, step), 'teacher.safetensors'), 100)
    const metrics = readFileSync(join(run, 'metrics.jsonl'))
    await refusedWith(run, shortRun, /000004\/teacher\.safetensors: expected \d+ bytes/)
    assert.deepEqual(readFileSync(join(run, 'metrics.jsonl')), metrics)
    assert.ok(!existsSync(join(run, 'process.json')), 'the run is let go of')
  }),
)

example('metrics with a torn end, lines of later steps or doubled lines are mended', () =>
  inFolder(async ({ whole, run }) => {
    await done(planOf(run), losing(wasm, 5))
    const path = join(run, 'metrics.jsonl')
    const [first] = readFileSync(path, 'utf8').split('\n')
    for (const rubbish of ['{"step":5,"lo', `${first}\n`, '\n\0\0\0', '{"step":77}\n[1]\n']) {
      const copy = `${run}-${rubbish.length}`
      cpSync(run, copy, { recursive: true })
      appendFileSync(join(copy, 'metrics.jsonl'), rubbish)
      right((await done(resumed(copy), wasm)).result, showFailure)
      same(copy, whole)
    }
  }),
)

example('metrics that lost lines are said to have', () =>
  inFolder(async ({ run }) => {
    await done(planOf(run), losing(wasm, 5))
    writeFileSync(join(run, 'metrics.jsonl'), '')
    const { result, said } = await done(resumed(run), wasm)
    right(result, showFailure)
    assert.match(said, /of 4 lines of metrics before step 4, 0 are there/)
    assert.equal(metricsOf(run).length, 2)
  }),
)

example('a run with other options or other pictures is not gone on with', () =>
  inFolder(async ({ run }) => {
    await done(planOf(run), losing(wasm, 5))
    const refused = (changes: ConfigurationChanges, wrong: RegExp) =>
      refusedWith(run, changed(shortRun, changes), wrong)
    await refused({ schedules: { learningRate: { base: 1 } } }, /000004: expected the options of configuration\.json/)
    await refused({ run: { seed: 2 } }, /000004: expected the options of configuration\.json/)
    await refused({ model: { backbone: { heads: 4 } } }, /000004\/manifest\.json: expected the model of configuration/)
    await refused({ run: { steps: 3 } }, /000004: expected at most the 3 steps of the run, came step 4/)
  }),
)

example('a run on pictures of which one was renamed is not gone on with', async () =>
  withFolder(await pictures(), async folder => {
    const run = join(folder, '../', `${folder.split('/').at(-1)}-run`)
    const configuration = changed(shortRun, { data: { from: folder } })
    try {
      right((await done(planOf(run, configuration), stopping(wasm, 1))).result, showFailure)
      renameSync(join(folder, 'red/1.png'), join(folder, 'red/4.png'))
      await refusedWith(
        run,
        configuration,
        /expected the pictures that there are, came other pictures: some came, went/,
      )
      renameSync(join(folder, 'red/4.png'), join(folder, 'red/1.png'))
      right((await done(resumed(run, configuration), wasm)).result, showFailure)
    } finally {
      rmSync(run, { recursive: true, force: true })
    }
  }),
)

example('a finished run has nothing left to do, and can be made longer', () =>
  inFolder(async ({ whole }) => {
    const before = stateBits(whole)
    const again = await done(resumed(whole), wasm)
    assert.match(again.said, /all 6 steps are done/)
    assert.equal(right(again.result, showFailure).steps, 0)
    assert.deepEqual(stateBits(whole), before)
    const longer = changed(shortRun, { run: { steps: 8 } })
    assert.match((await done(resumed(whole, longer), wasm)).said, /the run goes on from step 6 of 8/)
    assert.equal(stateBits(whole).step, 8)
    assert.equal(metricsOf(whole).length, 8)
    assert.deepEqual(right(readWholeRun(whole, refusingNothing)).configuration, longer)
  }),
)

example('a run that another process trains is left to it', () =>
  inFolder(async ({ whole }) => {
    const release = right(takeRun(whole))
    assert.equal(stage(whole), 'running')
    await refusedWith(whole, shortRun, /process\.json: expected a run that no process trains, came process \d+ on /)
    release()
    assert.equal(stage(whole), 'finished')
  }),
)

example('another executor goes on with a run, and it is said that bits may differ', () =>
  inFolder(async ({ whole, run }) => {
    await done(planOf(run), stopping(wasm, 3))
    const { result, said } = await done(resumed(run), executors.reference)
    assert.match(said, /it was computed by wasm and is by reference now: the numbers agree, but not to the bit/)
    assert.equal(right(result, showFailure).trained.step, 6)
    const last = (path: string): number => (metricsOf(path).at(-1) as { readonly loss: number }).loss
    closeTo([last(whole)], [last(run)], 1e-4, 'loss')
  }),
)

example('pictures that can no longer be read end a run with its state saved', () =>
  inFolder(async ({ whole, run }) => {
    const loader = directLoader(shortRun, scenes({ seed: 1, count: 12, size: 8, part: 'train' }))
    const gone = failure('training')({ kind: 'lost thread', reason: 'told to die' })
    const { heard, watch } = keeping()
    const dying = { next: (step: number) => (step < 3 ? loader.next(step) : TE.left(gone)) }
    const configuration = changed(shortRun, { run: { saveEvery: 0 } })
    const ended = await train({ configuration, steps: 6, loader: dying, watch })(wasm)()
    assert.deepEqual(ended, E.left(gone))
    assert.deepEqual(
      heard.progress.map(({ step }) => step),
      [3],
    )
    assert.ok(!existsSync(run) && existsSync(whole), 'nothing is written here')
  }),
)
