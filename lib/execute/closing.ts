// What a closed executor refuses: it loads nothing more, and what it loaded neither runs nor is written nor read.

import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { RunError } from './errors.ts'
import type { Executor, Loaded } from './executor.ts'

/** The executor, which knows when it was closed. */
export const closing = (executor: Executor): Executor => {
  let closed = false
  const whileOpen = <A>(begin: () => TE.TaskEither<RunError, A>): TE.TaskEither<RunError, A> => {
    const refusal: TE.TaskEither<RunError, A> = TE.left({
      kind: 'failed',
      executor: executor.name,
      reason: 'it was closed',
    })
    return () => (closed ? refusal : begin())()
  }
  const whileExecutorIsOpen = (loaded: Loaded): Loaded => ({
    ...loaded,
    write: state => whileOpen(() => loaded.write(state)),
    run: inputs => whileOpen(() => loaded.run(inputs)),
    read: names => whileOpen(() => loaded.read(names)),
  })
  return {
    ...executor,
    load: graph =>
      pipe(
        whileOpen(() => executor.load(graph)),
        TE.map(whileExecutorIsOpen),
      ),
    close: () => {
      closed = true
      return executor.close()
    },
  }
}
