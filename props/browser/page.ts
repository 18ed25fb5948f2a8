// What the page of the browser test does: one step of training on an executor of its own, for whoever asks.

import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { showRunError, withExecutor } from '../../lib/index.ts'
import { type Outcome, takeStep } from '../support/training-step.ts'

/** What the page answers. */
export interface Answer {
  readonly description: string
  readonly outcome?: Outcome
  readonly error?: string
}

const answer = (name: string): Promise<Answer> =>
  pipe(
    withExecutor(name)(executor =>
      pipe(
        takeStep(executor),
        TE.map((outcome): Answer => ({ description: executor.description, outcome })),
      ),
    ),
    TE.getOrElse(error => async (): Promise<Answer> => ({ description: name, error: showRunError(error) })),
  )()

Object.assign(globalThis, { answer })
