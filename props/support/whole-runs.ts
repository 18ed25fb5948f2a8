// Whole runs in this process, with what they say to a person.

import { mock } from 'node:test'
import type { Either } from 'fp-ts/lib/Either.js'
import { type Finished, type RunPlan, trainRun } from '../../dino/command/training-run.ts'
import type { Configuration } from '../../dino/run/configuration.ts'
import type { Failure } from '../../dino/run/failure.ts'
import type { Executor } from '../../lib/index.ts'
import { tinyWith } from './training.ts'

/** A run of a few steps over built-in scenes. */
export const shortRun: Configuration = tinyWith({ data: { images: 12 }, run: { steps: 6, saveEvery: 2 } })

/** A run to do. */
export const planOf = (folder: string, configuration: Configuration = shortRun, goesOn = false): RunPlan => ({
  configuration,
  folder,
  preset: 'scenes',
  goesOn,
})

/** How a run ended, and what it said on standard error. */
export interface Heard {
  readonly result: Either<Failure, Finished>
  readonly said: string
}

/** Does something and keeps what it says on standard error. */
export const hearing = async <A>(action: () => Promise<A>): Promise<{ readonly result: A; readonly said: string }> => {
  const lines: string[] = []
  const method = mock.method(console, 'error', (line: string) => lines.push(line))
  try {
    return { result: await action(), said: lines.join('\n') }
  } finally {
    method.mock.restore()
  }
}

/** Does a run. */
export const done = (plan: RunPlan, executor: Executor): Promise<Heard> => hearing(trainRun(plan)(executor))
