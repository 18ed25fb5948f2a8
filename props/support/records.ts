// Folders of runs for tests: what a run is said to be, and ears for what is said of refused checkpoints.

import assert from 'node:assert/strict'
import { showRecordError } from '../../dino/command/tell-failure.ts'
import { sha256 } from '../../dino/node/checkpoint-folder.ts'
import { openRecord } from '../../dino/node/open-record.ts'
import type { HearRefused } from '../../dino/node/record.ts'
import type { About, Recorder } from '../../dino/node/recorder.ts'
import type { Configuration } from '../../dino/run/configuration.ts'
import { identityOf } from '../../dino/run/identity.ts'
import { trees } from '../../lib/index.ts'
import { right } from './results.ts'

/** A run of so many steps, as its recorder is told of it. */
export const aboutRun = (configuration: Configuration, steps = 10): About => ({
  configuration,
  identity: identityOf(configuration, ['a', 'b'], sha256),
  notes: { preset: 'scenes', steps, executor: { name: 'reference', description: 'in a test' } },
  arithmetic: 'reference',
})

/** A new run's folder. */
export const newRecord = (folder: string, configuration: Configuration): Recorder =>
  right(openRecord(folder, aboutRun(configuration)), showRecordError)

/** Fails a test in which a checkpoint is refused. */
export const refusingNothing: HearRefused = ({ refused }) => assert.fail(refused.map(showRecordError).join('\n'))

/** Keeps what is said of refused checkpoints. */
export const hearingRefused = () => {
  const heard: string[] = []
  const hear: HearRefused = ({ refused, step }) => {
    heard.push(...refused.map(showRecordError), `step ${step}`)
  }
  return { heard, hear }
}

/** The bits of all numbers of a tree, with their paths. */
export const bitsOf = (tree: object): readonly (readonly [path: string, bits: string])[] =>
  trees.leavesOf<'dense'>(tree).map(([path, { data }]) => {
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    return [path, bytes.toString('hex')]
  })
