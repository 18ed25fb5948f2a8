// A run's folder: what is written is read back, nothing is overwritten, no half file and no half line stays, a run that
// comes to nothing leaves nothing, and each thing that can be wrong with a folder is told with its path.

import assert from 'node:assert/strict'
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { showFailure, showRecordError } from '../../dino/command/tell-failure.ts'
import { checkpointFolder } from '../../dino/node/checkpoint-folder.ts'
import { openRecord, tryRecord } from '../../dino/node/open-record.ts'
import { readRun, readWholeRun } from '../../dino/node/record.ts'
import type { StepReport } from '../../dino/run/course.ts'
import type { RecordError } from '../../dino/run/failure.ts'
import { initialState } from '../../dino/run/initial.ts'
import { example } from '../support/example.ts'
import { withFullDisk } from '../support/full-disk.ts'
import { aboutRun, bitsOf, hearingRefused, newRecord, refusingNothing } from '../support/records.ts'
import { right } from '../support/results.ts'
import { withDisk, withFolder } from '../support/test-folder.ts'
import { tiny, tinyWith } from '../support/training.ts'

const refusal = (folder: string): string => {
  const read = readRun(folder, 'teacher', refusingNothing)
  return E.isLeft(read) ? showFailure(read.left) : assert.fail('was read')
}

const start = { state: initialState(tiny), step: 0 }
const other = initialState(tinyWith({ run: { seed: 2 } }))
const report = { step: 0, loss: 1 } as StepReport

example('networks and configuration come back as they were', () =>
  withFolder({}, async folder => {
    const run = join(folder, 'run')
    right(newRecord(run, tiny).save(start))
    for (const which of ['student', 'teacher'] as const) {
      const { configuration, network, step } = right(readRun(run, which, refusingNothing))
      assert.deepEqual(configuration, tiny)
      assert.equal(step, 0)
      assert.deepEqual(bitsOf(network), bitsOf(start.state[which]))
    }
    assert.deepEqual(readdirSync(run).sort(), [
      'checkpoints',
      'configuration.json',
      'metrics.jsonl',
      'process.json',
      'run.json',
    ])
    assert.deepEqual(readdirSync(join(run, 'checkpoints/000000')).sort(), [
      'manifest.json',
      'objective.safetensors',
      'optimiser.safetensors',
      'student.safetensors',
      'teacher.safetensors',
    ])
  }),
)

example('the newest state is read, and two are kept', () =>
  withFolder({}, async folder => {
    const record = newRecord(join(folder, 'run'), tiny)
    for (const step of [0, 2, 4]) right(record.save({ state: step === 4 ? other : start.state, step }))
    const { progress } = right(readWholeRun(record.folder, refusingNothing))
    assert.equal(progress.step, 4)
    assert.deepEqual(bitsOf(progress.state), bitsOf(other))
    assert.deepEqual(readdirSync(join(record.folder, 'checkpoints')).sort(), ['000002', '000004'])
  }),
)

example('a file of another step is refused, and the state before it is read', () =>
  withFolder({}, async folder => {
    const record = newRecord(join(folder, 'run'), tiny)
    right(record.save(start))
    right(record.save({ state: other, step: 5 }))
    const file = 'optimiser.safetensors'
    renameSync(join(checkpointFolder(record.folder, 0), file), join(checkpointFolder(record.folder, 5), file))
    writeFileSync(join(checkpointFolder(record.folder, 0), file), 'gone')
    const read = readWholeRun(record.folder, refusingNothing)
    assert.ok(E.isLeft(read))
    assert.match(showFailure(read.left), /000005\/optimiser\.safetensors: expected the checksum .*, came /)
  }),
)

example('a folder that holds anything is refused', () =>
  withFolder({ 'run/notes.txt': 'mine' }, async folder => {
    for (const opened of [openRecord(join(folder, 'run'), aboutRun(tiny)), tryRecord(join(folder, 'run'))]) {
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
    newRecord(join(folder, 'a/b/c'), tiny).discard()
    assert.deepEqual(readdirSync(folder), [])
  }),
)

example('a folder that was there stays when a run comes to nothing', () =>
  withFolder({ 'a/x.txt': 'mine' }, async folder => {
    newRecord(join(folder, 'a/b'), tiny).discard()
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
    const record = newRecord(join(disk, 'run'), tiny)
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
    assert.deepEqual(readdirSync(join(record.folder, 'checkpoints')), ['000000'])
    assert.equal(right(readWholeRun(record.folder, refusingNothing)).progress.step, 0)
  }),
)

example('a read-only disk says that it is', context =>
  withDisk(context, 'size=128k,ro', async disk => {
    const tried = tryRecord(join(disk, 'run'))
    assert.ok(E.isLeft(tried))
    assert.match(showRecordError(tried.left), /run: expected a folder to create, came EROFS: the disk is read-only/)
  }),
)

example('a folder without a run, a run without a checkpoint, and an edited configuration are told apart', () =>
  withFolder({}, async folder => {
    const run = join(folder, 'run')
    assert.match(refusal(folder), /configuration\.json: expected the configuration of a run, came ENOENT/)
    const { save } = newRecord(run, tiny)
    assert.match(refusal(run), /run\/checkpoints: expected a checkpoint, came none/)
    right(save(start))
    const write = (configuration: unknown) =>
      writeFileSync(join(run, 'configuration.json'), JSON.stringify(configuration))
    write({ format: 2, ...tinyWith({ model: { backbone: { heads: 4 } } }) })
    assert.match(refusal(run), /000000\/manifest\.json: expected the model of configuration\.json, came another model/)
    write({ format: 2, ...tiny, run: { ...tiny.run, batch: 'many' } })
    assert.match(refusal(run), / {2}run\.batch: expected a whole number from 1 to 65536, came "many"/)
    write({ format: 2, ...tiny, run: { ...tiny.run, batch: '4' } })
    assert.match(refusal(run), / {2}run\.batch: expected a whole number from 1 to 65536, came "4"/)
    for (const text of ['null', '[]', '{}']) {
      writeFileSync(join(run, 'configuration.json'), text)
      assert.match(refusal(run), /configuration\.json is not the configuration of a run:\n {2}\w+.*: expected /)
    }
    writeFileSync(join(run, 'configuration.json'), '[')
    assert.match(refusal(run), /configuration\.json: expected the configuration of a run, came/)
  }),
)

example('a save that fails is told, leaves no half folder, and the state saved before is read', () =>
  withFolder({}, async folder => {
    const record = newRecord(join(folder, 'run'), tiny)
    right(record.save(start))
    const failed = withFullDisk(() => record.save({ state: other, step: 1 }))
    assert.ok(E.isLeft(failed))
    assert.match(showRecordError(failed.left), /run.*: expected .* to write.*ENOSPC/)
    assert.deepEqual(readdirSync(join(record.folder, 'checkpoints')), ['000000'])
    const { progress } = right(readWholeRun(record.folder, refusingNothing))
    assert.deepEqual(bitsOf(progress.state), bitsOf(start.state))
  }),
)

example('whoever reads a file while another state is saved reads the one before to its end', () =>
  withFolder({}, async folder => {
    const record = newRecord(join(folder, 'run'), tinyWith({ run: { keep: 1 } }))
    right(record.save(start))
    const path = join(checkpointFolder(record.folder, 0), 'teacher.safetensors')
    const [before, reader] = [readFileSync(path), openSync(path, 'r')]
    right(record.save({ state: other, step: 1 }))
    assert.deepEqual(readFileSync(reader), before)
    closeSync(reader)
    assert.deepEqual(readdirSync(join(record.folder, 'checkpoints')), ['000001'])
  }),
)

example('a checkpoint that is a file, and files that are folders, are refused', () =>
  withFolder({}, async folder => {
    const record = newRecord(join(folder, 'run'), tiny)
    right(record.save(start))
    writeFileSync(checkpointFolder(record.folder, 1), '')
    mkdirSync(join(checkpointFolder(record.folder, 2), 'manifest.json'), { recursive: true })
    const { heard, hear } = hearingRefused()
    right(readWholeRun(record.folder, hear))
    assert.match(heard[0], /000002\/manifest\.json: expected a file of a checkpoint, came it is not a regular file/)
    assert.match(heard[1], /000001\/manifest\.json: expected a file of a checkpoint, came ENOTDIR/)
    assert.equal(heard[2], 'step 0')
  }),
)
