// Runs that go on: after any end they come to the bits, and to the lines of metrics, of a run that never stopped.

import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { persisting } from '../../dino/command/resume.ts'
import { showFailure } from '../../dino/command/tell-failure.ts'
import { trainRun } from '../../dino/command/training-run.ts'
import { scenes } from '../../dino/data/scenes/scenes.ts'
import { takeRun } from '../../dino/node/process-lock.ts'
import { readWholeRun } from '../../dino/node/record.ts'
import { changed } from '../../dino/run/configuration.ts'
import { train } from '../../dino/run/course.ts'
import { failure } from '../../dino/run/failure.ts'
import { directLoader } from '../../dino/run/loader.ts'
import { executors } from '../../lib/index.ts'
import { closeTo } from '../support/closeness.ts'
import { example } from '../support/example.ts'
import { refusingNothing } from '../support/records.ts'
import { expectRight, right } from '../support/results.ts'
import {
  inFolder,
  losing,
  metricsOf,
  refusedWith,
  resumed,
  same,
  stage,
  stateBits,
  stopping,
  wasmHere,
} from '../support/resumed-runs.ts'
import { keeping } from '../support/training.ts'
import { done, hearing, planOf, shortRun } from '../support/whole-runs.ts'

const wasm = wasmHere()

for (const at of [0, 1, 3, 4])
  example(`a run that is asked to stop in step ${at} goes on to the bits of one that was not`, () =>
    inFolder(wasm(), async ({ whole, run }) => {
      const first = await done(planOf(run), stopping(wasm(), at))
      assert.equal(right(first.result, showFailure).trained.step, at + 1)
      assert.match(first.said, /stopping after this step/)
      assert.match(first.said, /dino train --resume .*run {5}goes on with it/)
      assert.equal(stage(run), 'interrupted')
      const second = await done(resumed(run), wasm())
      assert.match(second.said, new RegExp(`the run goes on from step ${at + 1} of 6`))
      assert.equal(right(second.result, showFailure).steps, 6 - at - 1)
      same(run, whole)
    }),
  )

example('a run whose device is lost says how it goes on, and does', () =>
  inFolder(wasm(), async ({ whole, run }) => {
    const first = await done(planOf(run), losing(wasm(), 5))
    assert.ok(E.isLeft(first.result) && showFailure(first.result.left).includes('lost its device'), 'was not lost')
    assert.match(first.said, /dino train --resume .*run {5}goes on with it/)
    assert.equal(stage(run), 'failed')
    assert.equal(metricsOf(run).length, 5)
    const second = await done(resumed(run), wasm())
    assert.match(second.said, /the run goes on from step 4 of 6/)
    same(run, whole)
  }),
)

example('a run whose device is lost before its first checkpoint begins again', () =>
  inFolder(wasm(), async ({ whole, run }) => {
    assert.ok(E.isLeft((await done(planOf(run), losing(wasm(), 1))).result), 'was not lost')
    const second = await done(resumed(run), wasm())
    assert.match(second.said, /no checkpoint was written yet: the run begins again/)
    same(run, whole)
  }),
)

example('a run goes on by itself as often as it may, and not once more', () =>
  inFolder(wasm(), async ({ whole, run }) => {
    const attempts = (folder: string, retries: number) => {
      const executor = losing(wasm(), 0, 4, 6)
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

example('a finished run has nothing left to do, and can be made longer', () =>
  inFolder(wasm(), async ({ whole }) => {
    const before = stateBits(whole)
    const again = await done(resumed(whole), wasm())
    assert.match(again.said, /all 6 steps are done/)
    assert.equal(right(again.result, showFailure).steps, 0)
    assert.deepEqual(stateBits(whole), before)
    const longer = changed(shortRun, { run: { steps: 8 } })
    assert.match((await done(resumed(whole, longer), wasm())).said, /the run goes on from step 6 of 8/)
    assert.equal(stateBits(whole).step, 8)
    assert.equal(metricsOf(whole).length, 8)
    assert.deepEqual(right(readWholeRun(whole, refusingNothing)).configuration, longer)
  }),
)

example('a run that another process trains is left to it', () =>
  inFolder(wasm(), async ({ whole }) => {
    const release = right(takeRun(whole))
    assert.equal(stage(whole), 'running')
    await refusedWith(
      wasm(),
      whole,
      shortRun,
      /process\.json: expected a run that no process trains, came process \d+ on /,
    )
    release()
    assert.equal(stage(whole), 'finished')
  }),
)

example('another executor goes on with a run, and it is said that bits may differ', () =>
  inFolder(wasm(), async ({ whole, run }) => {
    await done(planOf(run), stopping(wasm(), 3))
    const { result, said } = await done(resumed(run), executors.reference)
    assert.match(
      said,
      /computed by wasm with \w.* multiply-add and is by reference now: the numbers agree, but not to the/,
    )
    assert.equal(right(result, showFailure).trained.step, 6)
    const last = (path: string): number => (metricsOf(path).at(-1) as { readonly loss: number }).loss
    closeTo([last(whole)], [last(run)], 1e-4, 'loss')
  }),
)

example(
  'more threads go on to the same bits in silence; without fused multiply-add it is said that bits may differ',
  () =>
    inFolder(wasm(), async ({ whole, run }) => {
      const goOn = async (folder: string, options: executors.WasmOptions): Promise<string> => {
        await done(planOf(folder), stopping(wasm(), 3))
        const other = await expectRight(executors.wasm(options))
        const { said } = await done(resumed(folder), other)
        await other.close()
        return said
      }
      assert.doesNotMatch(await goOn(run, { threads: 2 }), /not to the bit/)
      same(run, whole)
      const said = await goOn(`${run}-2`, { threads: 'here', fused: false })
      assert.equal(
        /is by wasm with no fused multiply-add now/.test(said),
        wasm().arithmetic !== 'wasm with no fused multiply-add',
      )
    }),
)

example('pictures that can no longer be read end a run with its state saved', () =>
  inFolder(wasm(), async ({ whole, run }) => {
    const loader = directLoader(shortRun, scenes({ seed: 1, count: 12, size: 8, part: 'train' }))
    const gone = failure('training')({ kind: 'lost thread', reason: 'told to die' })
    const { heard, watch } = keeping()
    const dying = { next: (step: number) => (step < 3 ? loader.next(step) : TE.left(gone)) }
    const configuration = changed(shortRun, { run: { saveEvery: 0 } })
    const ended = await train({ configuration, steps: 6, loader: dying, watch })(wasm())()
    assert.deepEqual(ended, E.left(gone))
    assert.deepEqual(
      heard.progress.map(({ step }) => step),
      [3],
    )
    assert.ok(!existsSync(run) && existsSync(whole), 'nothing is written here')
  }),
)
