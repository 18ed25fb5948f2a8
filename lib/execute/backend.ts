// A backend is the part of an executor that differs from one to the next: how a graph becomes something that runs on a
// device, and how that is run. `executorOf` adds what all executors have in common. A graph is checked before anything
// is loaded, values from a caller are checked before the device sees them, calls come one after the other, and a
// failure or closing ends everything.
//
// A new executor is a backend and a row of `backend/registry.ts`. The limits of a device are known by the time its
// backend exists, so that `prepare` can compile for them and loading can refuse before anything is made. A device that
// is lost in a run is the error of that run (`device lost`) and of every later call.

import * as E from 'fp-ts/lib/Either.js'
import type { NonEmptyArray } from 'fp-ts/lib/NonEmptyArray.js'
import type { Task } from 'fp-ts/lib/Task.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import type { Graph } from '../compile/checked.ts'
import type { ShapeError } from '../language/fault.ts'
import type { RunError } from './errors.ts'
import type { Executor, Resident } from './executor.ts'
import { living } from './lifecycle.ts'

/** The part of an executor that is its own. */
export interface Backend extends Pick<Executor, 'name' | 'precision' | 'arithmetic' | 'description'> {
  /** Checks and compiles a graph, which touches no device; gives what loads it, or every shape error. */
  readonly prepare: (graph: Graph) => E.Either<NonEmptyArray<ShapeError>, TE.TaskEither<RunError, Resident>>
  /** Gives everything back. A backend that holds nothing has no such function, and its executor is never closed. */
  readonly close?: Task<void>
}

/** The executor of a backend. */
export const executorOf = ({ name, precision, arithmetic, description, prepare, close }: Backend): Executor => {
  let closed: RunError | undefined
  return {
    name,
    precision,
    arithmetic,
    description,
    load: graph => async () => {
      if (closed !== undefined) return E.left(closed)
      const prepared = prepare(graph)
      if (E.isLeft(prepared)) return E.left({ kind: 'ill-sized', errors: prepared.left })
      const loaded = await prepared.right()
      return E.map((resident: Resident) => living(graph, resident, () => closed))(loaded)
    },
    close: async () => {
      if (close === undefined) return
      closed = { kind: 'failed', executor: name, reason: 'it was closed' }
      await close()
    },
  }
}
