// Results that a test wants: the right of an `Either` or of a task, or a failed test that says what came instead. Pages
// of tests use them too, so nothing of Node is imported.

import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { type RunError, showRunError } from '../../lib/index.ts'

/** The right of a value; anything else fails the test as JSON, or as `show` words it. */
export const right = <L, R>(either: E.Either<L, R>, show: (error: L) => string = JSON.stringify): R => {
  if (E.isLeft(either)) throw new Error(show(either.left))
  return either.right
}

/** The right of what an executor does; an error fails the test in its own words. */
export const expectRight = async <A>(result: TaskEither<RunError, A>): Promise<A> => right(await result(), showRunError)
