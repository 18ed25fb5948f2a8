// Runs that are stopped or lose their device at a chosen step, and go on: on one executor, in folders of their own.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before } from 'node:test'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { showFailure } from '../../dino/command/tell-failure.ts'
import { readWholeRun } from '../../dino/node/record.ts'
import { readNotes, stageOf } from '../../dino/node/run-file.ts'
import type { Configuration } from '../../dino/run/configuration.ts'
import { type Executor, executors, type RunError } from '../../lib/index.ts'
import { bitsOf, refusingNothing } from '../support/records.ts'
import { expectRight, right } from '../support/results.ts'
import { withFolder } from '../support/test-folder.ts'
import { done, planOf, shortRun } from '../support/whole-runs.ts'

/** WebAssembly on the calling thread, opened before a file's tests and closed after them. */
export const wasmHere = (): (() => Executor) => {
  let wasm: Executor
  before(async () => {
    wasm = await expectRight(executors.wasm({ threads: 'here' }))
  })
  after(() => wasm.close())
  return () => wasm
}

/** A plan that goes on with a run. */
export const resumed = (folder: string, configuration = shortRun) => planOf(folder, configuration, true)

/** The metrics of a run, without the numbers that a clock says. */
export const metricsOf = (run: string): readonly unknown[] =>
  readFileSync(join(run, 'metrics.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => ({ ...JSON.parse(line), imagesPerSecond: 0, waiting: 0 }))

/** The steps of a run, and its state to the bit. */
export const stateBits = (run: string) => {
  const { progress } = right(readWholeRun(run, refusingNothing))
  return { step: progress.step, bits: bitsOf(progress.state) }
}

/** How a run is said to stand. */
export const stage = (run: string): string => stageOf(run, right(readNotes(run)))

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
export const losing = (executor: Executor, ...at: readonly number[]): Executor =>
  hooked(executor, step => (at.includes(step) ? lost : undefined))

/** An executor in whose step of that number the run is asked to stop. */
export const stopping = (executor: Executor, at: number): Executor =>
  hooked(executor, step => {
    if (step === at) process.emit('SIGTERM', 'SIGTERM')
    return undefined
  })

/** Does a test on a whole run that nothing stopped, and a folder for another. */
export const inFolder = (
  wasm: Executor,
  test: (paths: { readonly whole: string; readonly run: string }) => Promise<void>,
): Promise<void> =>
  withFolder({}, async folder => {
    const [whole, run] = [join(folder, 'whole'), join(folder, 'run')]
    right((await done(planOf(whole), wasm)).result, showFailure)
    await test({ whole, run })
  })

/** A run that is finished, with the bits and the metrics of a whole one. */
export const same = (run: string, whole: string): void => {
  assert.deepEqual(stateBits(run), stateBits(whole))
  assert.deepEqual(metricsOf(run), metricsOf(whole))
  assert.equal(stage(run), 'finished')
}

/** A run that cannot be gone on with, and what is said of it. */
export const refusedWith = async (
  wasm: Executor,
  run: string,
  configuration: Configuration,
  wrong: RegExp,
): Promise<void> => {
  const { result } = await done(resumed(run, configuration), wasm)
  assert.ok(E.isLeft(result), 'went on')
  assert.match(showFailure(result.left), wrong)
}
