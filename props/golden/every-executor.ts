// The executors that golden numbers are reproduced on, with how close each must come: float64 to a millionth of a
// tensor's largest entry, float32 to a hundred-thousandth, and its gradients to a ten-thousandth. EXECUTORS names
// others than those that every machine has, such as EXECUTORS=gpu:webgpu,wasm.

import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { type Executor, executors, type RunError } from '../../lib/index.ts'
import { expectRight } from '../support/results.ts'

/** How far entries may be from golden ones, relative to the largest entry of their tensor. */
export interface Closeness {
  readonly value: number
  readonly gradient: number
}

const float64: Closeness = { value: 1e-6, gradient: 1e-6 }
const float32: Closeness = { value: 1e-5, gradient: 1e-4 }

/** How close an executor must come. */
export const closeness = ({ precision }: Executor): Closeness => (precision === 'float64' ? float64 : float32)

type Openings = Readonly<Record<string, TaskEither<RunError, Executor>>>

/** The executors that EXECUTORS names, or else those given. */
export const chosenOr = (usual: Openings): Openings => {
  const names = process.env.EXECUTORS?.split(',')
  return names === undefined
    ? usual
    : Object.fromEntries(names.map(name => [name, executors.openExecutor(name)] as const))
}

/** The executors that tests run on: those that every machine has, where no others are named. */
export const everywhere: Openings = chosenOr({
  reference: async () => E.right(executors.reference),
  'wasm, this thread': executors.wasm({ threads: 'here' }),
  'wasm, 2 threads': executors.wasm({ threads: 2 }),
  'wasm, no fused multiply-add': executors.wasm({ threads: 'here', fused: false }),
  'gpu:webasm': executors.gpu('webasm'),
  'gpu:cpu': executors.gpu('cpu'),
})

/** Uses an executor and closes it. */
export const withOpened = async (
  open: TaskEither<RunError, Executor>,
  use: (executor: Executor) => Promise<void>,
): Promise<void> => {
  const executor = await expectRight(open)
  try {
    await use(executor)
  } finally {
    await executor.close()
  }
}
