// A process may die at any change that it makes on the disk. Whichever it is, the state that is read afterwards is the
// one before or the one that was written, to the bit, and never a mixture; and the run can be opened again and goes on.

import assert from 'node:assert/strict'
import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { showRecordError } from '../../dino/command/tell-failure.ts'
import { reopenRecord } from '../../dino/node/open-record.ts'
import { takeRun } from '../../dino/node/process-lock.ts'
import { readWholeRun } from '../../dino/node/record.ts'
import { isUnfinished } from '../../dino/node/whole-folder.ts'
import type { StepReport } from '../../dino/run/course.ts'
import { initialState } from '../../dino/run/initial.ts'
import { dyingAfter } from '../support/crash.ts'
import { example } from '../support/example.ts'
import { aboutRun, bitsOf, newRecord, refusingNothing } from '../support/records.ts'
import { right } from '../support/results.ts'
import { withFolder } from '../support/test-folder.ts'
import { tiny, tinyWith } from '../support/training.ts'

const configuration = tinyWith({ run: { keep: 1 } })
const report = { step: 0, loss: 1 } as StepReport
const states = [1, 2, 3].map(seed => initialState(tinyWith({ run: { seed } })))
const silent = (): void => undefined

/** The process that had the run is dead: it was this one. */
const forget = (run: string): void => rmSync(join(run, 'process.json'), { force: true })

const reopened = (run: string, from: number) => {
  const release = right(takeRun(run), showRecordError)
  return right(reopenRecord(run, aboutRun(configuration), { from, release, say: silent }), showRecordError)
}

/** Does something in copies of a folder; each dies one change later than the one before, until one does not. */
const dyingEverywhere = async (
  origin: string,
  action: (run: string) => unknown,
  after: (run: string) => void,
): Promise<number> => {
  for (let changes = 0; ; changes += 1) {
    const run = `${origin}-${changes}`
    cpSync(origin, run, { recursive: true })
    const done = dyingAfter(changes, () => action(run))
    forget(run)
    after(run)
    if (done) return changes
  }
}

example('a save that dies at any change leaves the state before or the new one, and the run goes on', () =>
  withFolder({}, async folder => {
    const origin = join(folder, 'run')
    const first = newRecord(origin, configuration)
    right(first.step(report))
    right(first.save({ state: states[0], step: 1 }))
    right(first.step({ ...report, step: 1 }))
    forget(origin)
    const found = new Set<number>()
    const unfinished: string[] = []
    const changes = await dyingEverywhere(
      origin,
      run => {
        const record = reopened(run, 1)
        record.step({ ...report, step: 1 })
        record.save({ state: states[1], step: 2 })
      },
      run => {
        unfinished.push(...readdirSync(join(run, 'checkpoints')).filter(isUnfinished))
        const { progress } = right(readWholeRun(run, refusingNothing))
        found.add(progress.step)
        assert.deepEqual(bitsOf(progress.state), bitsOf(states[progress.step - 1]))
        const again = reopened(run, progress.step)
        for (let step = progress.step; step < 3; step += 1) right(again.step({ ...report, step }))
        right(again.save({ state: states[2], step: 3 }))
        right(again.end({ how: 'finished' }))
        const lines = readFileSync(join(run, 'metrics.jsonl'), 'utf8').trimEnd().split('\n')
        assert.deepEqual(
          lines.map(line => JSON.parse(line).step),
          [0, 1, 2],
        )
        assert.deepEqual(readdirSync(join(run, 'checkpoints')), ['000003'])
        assert.deepEqual(bitsOf(right(readWholeRun(run, refusingNothing)).progress.state), bitsOf(states[2]))
      },
    )
    assert.ok(changes > 15, `a save is ${changes} changes`)
    assert.ok(unfinished.length > 5, `${unfinished.length} died inside the folder of a checkpoint`)
    assert.deepEqual([...found].sort(), [1, 2])
  }),
)

example('a new run that dies at any change shows no state that it did not write', () =>
  withFolder({}, async folder => {
    const changes = await dyingEverywhere(
      folder,
      run => {
        const record = newRecord(join(run, 'new'), tiny)
        record.step(report)
        record.save({ state: states[0], step: 1 })
      },
      run => {
        const own = join(run, 'new')
        forget(own)
        const read = readWholeRun(own, refusingNothing)
        if (read._tag === 'Right') assert.deepEqual(bitsOf(read.right.progress.state), bitsOf(states[0]))
        rmSync(run, { recursive: true })
      },
    )
    assert.ok(changes > 10, `${changes} changes`)
  }),
)
