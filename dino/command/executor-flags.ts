// The flags that say what computes, and opening it for a while.

import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type Executor, openExecutor } from '../../lib/index.ts'
import { onOff, text, type Values, whole } from '../options/option.ts'
import type { Failure } from './failure.ts'

/** What computes, and how. */
export const executorOptions = {
  executor: text('what computes; dino info lists what works here', 'the name of an executor, or auto'),
  threads: whole(1, 256, 'threads of the wasm executor; as many as the machine has cores if not given'),
  profile: onOff('whether to time every kernel of the wasm executor and print where the time went'),
} as const

/** The flags that were given. */
export type ExecutorFlags = Partial<Values<typeof executorOptions>>

/** Opens an executor, says which one, uses it and closes it. */
export const usingExecutor =
  ({ executor = 'auto', ...options }: ExecutorFlags) =>
  <A>(use: (executor: Executor) => TE.TaskEither<Failure, A>): TE.TaskEither<Failure, A> =>
    TE.bracket(
      pipe(
        openExecutor(executor, options),
        TE.mapLeft((error): Failure => error),
      ),
      opened => {
        console.error(`executor ${opened.name}: ${opened.description}`)
        return use(opened)
      },
      opened => TE.fromTask(opened.close),
    )
