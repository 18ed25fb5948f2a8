// Executors by name: a row is a backend, from which `executorOf` makes the executor. An executor that is asked for by
// name is that one or an error. `auto` is the first that works of a list: in a page WebGPU, then WebGL2, then those
// that need no GPU; in Node only the latter, `wasm` first.
//
//   openExecutor('gpu:webgl2')  in Node:  executor gpu:webgl2 is not available here: it runs in browsers only

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type * as T from 'fp-ts/lib/Task.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type Backend, executorOf } from '../execute/backend.ts'
import { type RunError, showRunError } from '../execute/errors.ts'
import type { Executor, Run } from '../execute/executor.ts'
import { isNode } from '../execute/platform.ts'
import { referenceBackend } from '../execute/reference.ts'
import { gpuBackend } from './gpujs/gpujs.ts'
import { executorName, modes } from './gpujs/modes.ts'
import { type WasmOptions, wasmBackend } from './wasm/wasm.ts'
import { webgpuBackend } from './webgpu/webgpu.ts'

/** Options of executors. Only `wasm` has threads and takes the time of kernels. */
export type ExecutorOptions = Pick<WasmOptions, 'threads' | 'profile'>

type Open = (options: ExecutorOptions) => TE.TaskEither<RunError, Backend>

const backends: Readonly<Record<string, Open>> = {
  wasm: wasmBackend,
  reference: () => TE.right(referenceBackend),
  ...Object.fromEntries(
    modes.map((mode): [string, Open] => [
      executorName(mode),
      () => (mode === 'webgpu' ? webgpuBackend() : gpuBackend(mode)),
    ]),
  ),
}

/** The executors that exist, whether or not they work here. */
export const executorNames: readonly string[] = Object.keys(backends)

const openNamed = (name: string, options: ExecutorOptions): TE.TaskEither<RunError, Executor> => {
  const open = Object.hasOwn(backends, name) ? backends[name] : undefined
  return open === undefined
    ? TE.left({ kind: 'unknown executor', name, known: ['auto', ...executorNames] })
    : pipe(open(options), TE.map(executorOf))
}

/**
 * The executors that `auto` tries, best first. In Node WebGPU is left out, whose package is large and loads drivers; it
 * can be asked for by name.
 */
const automatic = (): readonly string[] =>
  isNode() ? ['wasm', 'gpu:webasm', 'gpu:cpu'] : ['gpu:webgpu', 'gpu:webgl2', 'wasm', 'gpu:webasm', 'gpu:cpu']

/** Tries executors in order; the one found says in its description why those before it were passed over. */
const firstOf = async (names: readonly string[], options: ExecutorOptions): Promise<E.Either<RunError, Executor>> => {
  const passed: string[] = []
  for (const name of names) {
    const opened = await openNamed(name, options)()
    if (E.isRight(opened)) {
      const { description } = opened.right
      return E.right({ ...opened.right, description: [description, ...passed].join('; ') })
    }
    passed.push(showRunError(opened.left))
  }
  return E.left({ kind: 'unavailable', executor: 'auto', reason: passed.join('; ') })
}

/** The executor of that name; `auto` is the best that works here, and says why. */
export const openExecutor = (name: string, options: ExecutorOptions = {}): TE.TaskEither<RunError, Executor> =>
  name === 'auto' ? () => firstOf(automatic(), options) : openNamed(name, options)

/** Every executor with what it is or why it does not work here. */
export const surveyExecutors: T.Task<readonly (readonly [name: string, E.Either<RunError, string>])[]> = async () => {
  const found: [string, E.Either<RunError, string>][] = []
  for (const name of executorNames) {
    const opened = await openNamed(name, {})()
    if (E.isRight(opened)) await opened.right.close()
    found.push([name, E.map((executor: Executor) => executor.description)(opened)])
  }
  return found
}

/** Opens an executor, uses it, and gives everything back whatever happens. */
export const withExecutor =
  (name: string) =>
  <A>(use: Run<A>): TE.TaskEither<RunError, A> =>
    TE.bracket(openExecutor(name), use, executor => TE.fromTask(executor.close))
