// A run's folder: what is written is read back, nothing is overwritten, no half file and no half line stays, a run that
// comes to nothing leaves nothing, and each thing that can be wrong with a folder is told with its path.

import assert from 'node:assert/strict'
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { showFailure, showRecordError } from '../../dino/command/tell-failure.ts'
import { openRecord, readRun, readWholeRun, tryRecord } from '../../dino/node/record.ts'
import type { StepReport } from '../../dino/run/course.ts'
import type { RecordError } from '../../dino/run/failure.ts'
import { initialState } from '../../dino/run/initial.ts'
import { example } from '../support/example.ts'
import { withFullDisk } from '../support/full-disk.ts'
import { right } from '../support/results.ts'
import { withDisk, withFolder } from '../support/test-folder.ts'
import { tiny, tinyWith, valuesOf } from '../support/training.ts'

const refusal = (folder: string): string => {
  const read = readRun(folder, 'teacher')
  return E.isLeft(read) ? showFailure(read.left) : assert.fail('was read')
}

const start = { state: initialState(tiny), step: 0 }
const report = { step: 0, loss: 1 } as StepReport

example('networks and configuration come back as they were', () =>
  withFolder({}, async folder => {
    const { state } = start
    right(right(openRecord(join(folder, 'run'), tiny)).save(start))
    for (const which of ['student', 'teacher'] as const) {
      const { configuration, network } = right(readRun(join(folder, 'run'), which))
      assert.deepEqual(configuration, tiny)
      assert.deepEqual(valuesOf(network), valuesOf(state[which]))
    }
    assert.deepEqual(readdirSync(join(folder, 'run')).sort(), [
      'configuration.json',
      'metrics.jsonl',
      'objective.safetensors',
      'optimiser.safetensors',
      'student.safetensors',
      'teacher.safetensors',
    ])
  }),
)

example('a state can be saved again in place of the one before', () =>
  withFolder({}, async folder => {
    const record = right(openRecord(join(folder, 'run'), tiny))
    const other = initialState(tinyWith({ run: { seed: 2 } }))
    right(record.save(start))
    right(record.save({ state: other, step: 2 }))
    const { progress } = right(readWholeRun(record.folder))
    assert.equal(progress.step, 2)
    assert.deepEqual(valuesOf(progress.state), valuesOf(other))
  }),
)

example('parts of different steps are no state', () =>
  withFolder({}, async folder => {
    const [one, two] = ['one', 'two'].map(name => right(openRecord(join(folder, name), tiny)))
    right(one.save(start))
    right(two.save({ ...start, step: 5 }))
    renameSync(join(two.folder, 'optimiser.safetensors'), join(one.folder, 'optimiser.safetensors'))
    const read = readWholeRun(one.folder)
    assert.ok(E.isLeft(read))
    assert.match(
      showFailure(read.left),
      /one\/optimiser\.safetensors: expected step 0, as student\.safetensors is of, came step 5/,
    )
  }),
)

example('a folder that holds anything is refused', () =>
  withFolder({ 'run/notes.txt': 'mine' }, async folder => {
    for (const opened of [openRecord(join(folder, 'run'), tiny), tryRecord(join(folder, 'run'))]) {
      assert.ok(E.isLeft(opened))
      assert.match(showRecordError(opened.left), /run: expected an empty folder, came notes\.txt/)
    }
    assert.equal(readFileSync(join(folder, 'run/notes.txt'), 'utf8'), 'mine')
  }),
)

example('trying a folder leaves nothing behind, and neither does a run that comes to nothing', () =>
  withFolder({}, async folder => {
    right(tryRecord(join(folder, 'a/b/c')))
    assert.deepEqual(readdirSync(folder), [])
    right(openRecord(join(folder, 'a/b/c'), tiny)).discard()
    assert.deepEqual(readdirSync(folder), [])
  }),
)

example('a folder that was there stays when a run comes to nothing', () =>
  withFolder({ 'a/x.txt': 'mine' }, async folder => {
    right(openRecord(join(folder, 'a/b'), tiny)).discard()
    assert.deepEqual(readdirSync(join(folder, 'a')), ['x.txt'])
  }),
)

example('a folder where none can be made is an error, and soon', { timeout: 10000 }, () => {
  for (const folder of ['/proc/nothing/here', '/dev/null/run']) {
    const tried = tryRecord(folder)
    assert.ok(E.isLeft(tried))
    assert.match(showRecordError(tried.left), /expected a folder.*, came E[A-Z]+: /)
  }
})

example('on a full disk an error says so, the metrics end with a whole line, and the state before stays', context =>
  withDisk(context, 'size=128k', async disk => {
    const record = right(openRecord(join(disk, 'run'), tiny))
    right(record.save(start))
    const steps: StepReport[] = []
    const full = (): RecordError => {
      for (;;) {
        const written = record.step({ ...report, step: steps.length })
        if (E.isLeft(written)) return written.left
        steps.push(report)
      }
    }
    assert.match(showRecordError(full()), /metrics\.jsonl: expected a file to append to, came ENOSPC: the disk is full/)
    const lines = readFileSync(join(record.folder, 'metrics.jsonl'), 'utf8').split('\n')
    assert.equal(lines.pop(), '')
    assert.deepEqual(
      lines.map(line => JSON.parse(line).step),
      steps.map((_, step) => step),
    )
    const saved = record.save({ ...start, step: 1 })
    assert.ok(E.isLeft(saved))
    assert.match(showRecordError(saved.left), /expected a folder to write to, came ENOSPC: the disk is full/)
    assert.deepEqual(
      readdirSync(record.folder).filter(file => file.endsWith('.part')),
      [],
    )
    assert.equal(right(readWholeRun(record.folder)).progress.step, 0)
  }),
)

example('a read-only disk says that it is', context =>
  withDisk(context, 'size=128k,ro', async disk => {
    const tried = tryRecord(join(disk, 'run'))
    assert.ok(E.isLeft(tried))
    assert.match(showRecordError(tried.left), /run: expected a folder to create, came EROFS: the disk is read-only/)
  }),
)

example('a state that cannot be written leaves no half file', () =>
  withFolder({}, async folder => {
    const record = right(openRecord(join(folder, 'run'), tiny))
    right(record.save(start))
    symlinkSync('/dev/full', join(record.folder, 'teacher.safetensors.part'))
    const saved = record.save({ ...start, step: 1 })
    assert.ok(E.isLeft(saved))
    assert.match(showRecordError(saved.left), /came ENOSPC: the disk is full/)
    assert.ok(!existsSync(join(record.folder, 'teacher.safetensors.part')))
    assert.deepEqual(valuesOf(right(readRun(record.folder, 'teacher')).network), valuesOf(start.state.teacher))
  }),
)

example('a folder without a run, a run without weights, and foreign weights are told apart', () =>
  withFolder({}, async folder => {
    const run = join(folder, 'run')
    assert.match(refusal(folder), /configuration\.json: expected the configuration of a run, came ENOENT/)
    const { save } = right(openRecord(run, tiny))
    assert.match(refusal(run), /teacher\.safetensors: expected the state of a finished run, came ENOENT/)
    right(save(start))
    const write = (configuration: unknown) =>
      writeFileSync(join(run, 'configuration.json'), JSON.stringify(configuration))
    write({ format: 1, ...tinyWith({ model: { head: { prototypes: 17 } } }) })
    assert.match(
      refusal(run),
      /expected the tensors of its configuration, came "head\.prototypes\.direction" expected 17 x 4, came 16 x 4/,
    )
    write({ format: 1, ...tiny, run: { ...tiny.run, batch: 'many' } })
    assert.match(refusal(run), / {2}run\.batch: expected a whole number from 1 to 65536, came "many"/)
    writeFileSync(join(run, 'configuration.json'), '[')
    assert.match(refusal(run), /configuration\.json: expected the configuration of a run, came/)
  }),
)

example('weights whose axes are in another order are refused', () =>
  withFolder({}, async folder => {
    const run = join(folder, 'run')
    right(right(openRecord(run, tiny)).save(start))
    const path = join(run, 'teacher.safetensors')
    const file = readFileSync(path)
    const turned = Buffer.from(file.toString('latin1').replace('"shape":[16,4]', '"shape":[4,16]'), 'latin1')
    assert.notDeepEqual(turned, file)
    writeFileSync(path, turned)
    assert.match(refusal(run), /"head\.prototypes\.direction" expected 16 x 4, came 4 x 16/)
  }),
)

example('a save that fails is told, and leaves the state saved before', () =>
  withFolder({}, async folder => {
    const record = right(openRecord(join(folder, 'run'), tiny))
    right(record.save(start))
    const other = { state: initialState(tinyWith({ run: { seed: 2 } })), step: 1 }
    const failed = withFullDisk(() => record.save(other))
    assert.ok(E.isLeft(failed))
    assert.match(showRecordError(failed.left), /run.*: expected .* to write.*ENOSPC/)
    const { progress } = right(readWholeRun(record.folder))
    assert.deepEqual(valuesOf(progress.state), valuesOf(start.state))
  }),
)

example('whoever reads a network while another is saved reads the one before to its end', () =>
  withFolder({}, async folder => {
    const record = right(openRecord(join(folder, 'run'), tiny))
    right(record.save(start))
    const path = join(record.folder, 'teacher.safetensors')
    const [before, reader] = [readFileSync(path), openSync(path, 'r')]
    right(record.save({ state: initialState(tinyWith({ run: { seed: 2 } })), step: 1 }))
    assert.deepEqual(readFileSync(reader), before)
    closeSync(reader)
    assert.notDeepEqual(readFileSync(path), before)
  }),
)
