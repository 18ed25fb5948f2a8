// Executors run graphs. An executor loads a graph once, keeps its state on the device, and then runs it any number of
// times: inputs go in, and outputs that are no state come out. `reference` interprets the graph in float64; the other
// executors compile it to kernels.
//
//   load(graph)   then   write({ state })   then   run({ x }) -> { y }   as often as wanted   then   read(['state'])

import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import type { Task } from 'fp-ts/lib/Task.js'
import type * as TE from 'fp-ts/lib/TaskEither.js'
import type { Graph } from '../compile/checked.ts'
import type { RunError } from './errors.ts'
import type { KernelTime } from './kernel-time.ts'

/** The numbers of a tensor, its last axis contiguous. */
export type Value = Float32Array | Float64Array

/** Values by name, each in the order of the axes of the input, the state or the output of that name. */
export type Values = ReadonlyMap<string, Value>

/** A graph on a device, with its state. A call that is begun while another is under way waits for it. */
export interface Loaded {
  /** Sets state; values of names that are no state are left out. */
  readonly write: (state: Values) => TE.TaskEither<RunError, void>
  /** Runs once: takes the inputs that are no state, replaces the state, returns the other outputs. */
  readonly run: (inputs: Values) => TE.TaskEither<RunError, Values>
  /** Reads state, as it was written or as the last run left it. */
  readonly read: (names: readonly string[]) => TE.TaskEither<RunError, Values>
  /** The time of each kernel over all runs so far, where the executor was asked to take it. */
  readonly profile?: () => readonly KernelTime[]
}

/**
 * A graph on a device. It trusts its caller: state that it holds, all inputs, all of the right length, one call at a
 * time.
 */
export interface Resident extends Loaded {
  /** Whether the device keeps the state of a name when it is written; it need not keep state that no run reads. */
  readonly holds: (name: string) => boolean
}

/** An executor loads graphs, and runs them with their state resident. */
export interface Executor {
  readonly name: string
  readonly precision: 'float32' | 'float64'
  /** How it reckons, for a person. Executors of one arithmetic give the same bits, whatever their threads. */
  readonly arithmetic: string
  /** Mode, device and threads that really run, for a person. */
  readonly description: string
  readonly load: (graph: Graph) => TE.TaskEither<RunError, Loaded>
  /** Gives everything back, the memory of all that was loaded too; nothing of it may be used afterwards. */
  readonly close: Task<void>
}

/** A computation that needs an executor and may fail. */
export type Run<A> = ReaderTaskEither<Executor, RunError, A>
