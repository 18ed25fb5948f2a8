// The flags that choose an executor and its threads, and opening that executor for as long as a command needs it.

import { availableParallelism } from 'node:os'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type Executor, executors } from '../../lib/index.ts'
import type { Values } from '../options/option.ts'
import { onOff, text, whole } from '../options/option-rows.ts'
import { type Failure, failure } from '../run/failure.ts'

/** Flags for the executor. */
export const executorOptions = {
  executor: text('auto', 'what computes; dino info lists what works here', 'the name of an executor, or auto'),
  threads: whole([1, 256], undefined, 'threads of the wasm executor; as many as the machine has cores if not given'),
  profile: onOff(false, 'whether to time every kernel of the wasm executor and print where the time went'),
} as const

/** Their values. */
export type ExecutorFlags = Values<typeof executorOptions>

/** Opens an executor, says which one, uses it and closes it. */
export const usingExecutor =
  ({ executor, threads, profile }: ExecutorFlags) =>
  <A>(use: (executor: Executor) => TE.TaskEither<Failure, A>): TE.TaskEither<Failure, A> =>
    TE.bracket(
      pipe(
        executors.openExecutor(executor, { profile, ...(threads === undefined ? {} : { threads }) }),
        TE.mapLeft(failure('run')),
      ),
      opened => {
        const cores = availableParallelism()
        console.error(`executor ${opened.name}: ${opened.description}`)
        if (threads !== undefined && threads > cores)
          console.error(`${threads} threads on ${cores} cores: more threads than cores are slower`)
        return use(opened)
      },
      opened => TE.fromTask(opened.close),
    )
