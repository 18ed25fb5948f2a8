// A run's folder: what is written is read back, nothing is overwritten, no half file stays, and each thing that can be wrong
// with a folder is told with its path.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import * as E from 'fp-ts/lib/Either.js'
import { openRecord, readRun, showRecordError } from '../../dino/node/record.ts'
import { initialState } from '../../dino/run/initial.ts'
import { leavesOf } from '../../lib/index.ts'
import { withFolder } from '../support/folder.ts'
import { right, tiny } from '../support/training.ts'

const values = (tree: object) => leavesOf<'dense'>(tree).map(([path, { data }]) => [path, Array.from(data)])

const refusal = (folder: string): string => {
  const read = readRun(folder, 'teacher')
  return E.isLeft(read) ? showRecordError(read.left) : assert.fail('was read')
}

test('networks and configuration come back as they were', () =>
  withFolder({}, async folder => {
    const state = initialState(tiny)
    right(right(openRecord(join(folder, 'run'), tiny)).save(state, 7))
    for (const which of ['student', 'teacher'] as const) {
      const { configuration, network } = right(readRun(join(folder, 'run'), which))
      assert.deepEqual(configuration, tiny)
      assert.deepEqual(values(network), values(state[which]))
    }
    assert.deepEqual(readdirSync(join(folder, 'run')).sort(), [
      'centre.safetensors',
      'configuration.json',
      'metrics.jsonl',
      'student.safetensors',
      'teacher.safetensors',
    ])
  }))

test('networks can be saved again in place of those before', () =>
  withFolder({}, async folder => {
    const record = right(openRecord(join(folder, 'run'), tiny))
    const other = initialState({ ...tiny, seed: 2 })
    right(record.save(initialState(tiny), 1))
    right(record.save(other, 2))
    assert.deepEqual(values(right(readRun(record.folder, 'teacher')).network), values(other.teacher))
  }))

test('a folder that holds anything is refused', () =>
  withFolder({ 'run/notes.txt': 'mine' }, async folder => {
    const opened = openRecord(join(folder, 'run'), tiny)
    assert.ok(E.isLeft(opened))
    assert.match(showRecordError(opened.left), /run: expected an empty folder, came notes\.txt/)
    assert.equal(readFileSync(join(folder, 'run/notes.txt'), 'utf8'), 'mine')
  }))

test('a folder without a run, a run without weights, and foreign weights are told apart', () =>
  withFolder({}, async folder => {
    assert.match(refusal(folder), /configuration\.json: expected the configuration of a run, came ENOENT/)
    const { save } = right(openRecord(join(folder, 'run'), tiny))
    assert.match(
      refusal(join(folder, 'run')),
      /teacher\.safetensors: expected the weights of a finished run, came ENOENT/,
    )
    right(save(initialState(tiny), 1))
    writeFileSync(join(folder, 'run/configuration.json'), JSON.stringify({ ...tiny, prototypes: 17 }))
    assert.match(refusal(join(folder, 'run')), /expected the tensors of its configuration, came "head\.prototypes/)
    writeFileSync(join(folder, 'run/configuration.json'), JSON.stringify({ ...tiny, batch: 'many' }))
    assert.match(refusal(join(folder, 'run')), /expected batch to be a whole number from 1 to 65536, came "many"/)
    writeFileSync(join(folder, 'run/configuration.json'), '[')
    assert.match(refusal(join(folder, 'run')), /configuration\.json: expected the configuration of a run, came/)
  }))
