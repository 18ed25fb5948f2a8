// Running a module, on the calling thread or by a pool of workers that share its memory. Either way a runner is given
// the names of exported functions, calls them in turn, and gives their times.

import type { Assembled } from './assemble.ts'
import type { Pool } from './pool.ts'

/** A module that can run. */
export interface Runner {
  /** Runs exported functions in turn; gives the milliseconds of each. */
  readonly run: (names: readonly string[]) => Promise<readonly number[]>
  /** Lets go of the module; it is not run again. */
  readonly forget: () => void
}

/** A runner on the calling thread. */
export const runHere = ({ module }: Assembled, memory: WebAssembly.Memory): Runner => {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } })
  const timed = (name: string): number => {
    const start = performance.now()
    ;(exports[name] as (thread: number, first: number) => void)(0, 0)
    return performance.now() - start
  }
  return { run: async names => names.map(timed), forget: () => undefined }
}

/** A runner on a pool. */
export const runOnPool = (pool: Pool, { module, stages }: Assembled, memory: WebAssembly.Memory): Runner => {
  const program = pool.load(module, memory)
  let turn = -1
  return {
    run: names => {
      turn += 1
      return pool.run(program, names, turn * stages.length)
    },
    forget: () => pool.forget(program),
  }
}
