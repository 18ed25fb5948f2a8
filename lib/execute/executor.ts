// Executors run graphs. An executor loads a graph once, keeps its state resident, and then runs it any number of times: only
// inputs go in and only outputs come out. `reference` interprets the graph in float64; the others compile it to kernels.

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js'
import type { Task } from 'fp-ts/lib/Task.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Graph } from '../compile/program.ts'
import { elements } from '../language/axes.ts'
import type { Expr } from '../language/expression.ts'
import { postorder } from '../language/graph.ts'
import type { RunError } from './errors.ts'
import type { KernelTime } from './kernel-time.ts'

/** Values by name, each in the order of the axes of the input or output of that name. */
export type Values = ReadonlyMap<string, Float32Array | Float64Array>

/** A graph on a device, with its state. */
export interface Loaded {
  /** Sets carried state. */
  readonly write: (state: Values) => TE.TaskEither<RunError, void>
  /** Runs once: takes the inputs that are not carried, replaces the carried state, returns the other outputs. */
  readonly run: (inputs: Values) => TE.TaskEither<RunError, Values>
  /** Reads carried state. */
  readonly read: (names: readonly string[]) => TE.TaskEither<RunError, Values>
  /** The time of each kernel over all runs so far, where the executor was asked to take it. */
  readonly profile?: () => readonly KernelTime[]
}

export interface Executor {
  readonly name: string
  readonly precision: 'float32' | 'float64'
  /** What really runs, for a person: mode, device, threads. */
  readonly description: string
  readonly load: (graph: Graph) => TE.TaskEither<RunError, Loaded>
  /** Gives everything back, the memory of all that was loaded too; nothing of it may be used afterwards. */
  readonly close: Task<void>
}

/** A computation that needs an executor and may fail. */
export type Run<A> = ReaderTaskEither<Executor, RunError, A>

/** The inputs that a graph reads, by name. */
export const graphInputs = (graph: Graph): ReadonlyMap<string, Expr> => {
  const found = new Map<string, Expr>()
  for (const node of postorder(Object.values(graph.outputs))) if (node.kind === 'input') found.set(node.name, node)
  return found
}

/** Checks that `values` has every one of `names`, each as long as its input. */
const admit = (
  inputs: ReadonlyMap<string, Expr>,
  names: readonly string[],
  values: Values,
): E.Either<RunError, void> => {
  for (const name of names) {
    const value = values.get(name)
    if (value === undefined) return E.left({ kind: 'missing input', name, given: [...values.keys()] })
    const expected = elements(inputs.get(name)!.shape)
    if (value.length !== expected) return E.left({ kind: 'wrong length', name, expected, came: value.length })
  }
  return E.right(undefined)
}

/**
 * A loaded graph that checks what it is given, from one that trusts it: inputs and state must be there and of the right
 * length. Of state that is written, what the graph never reads is left out.
 */
export const guarded =
  (graph: Graph) =>
  (trusting: Loaded): Loaded => {
    const inputs = graphInputs(graph)
    const carried = graph.carried.filter(name => inputs.has(name))
    const fresh = [...inputs.keys()].filter(name => !graph.carried.includes(name))
    const written = new Set<string>()
    const complete = (): E.Either<RunError, void> => {
      const absent = carried.find(name => !written.has(name))
      return absent === undefined
        ? E.right(undefined)
        : E.left({ kind: 'missing input', name: absent, given: [...written] })
    }
    return {
      ...trusting,
      write: values => {
        const known = new Map([...values].filter(([name]) => carried.includes(name)))
        return pipe(
          TE.fromEither(admit(inputs, [...known.keys()], known)),
          TE.chain(() => trusting.write(known)),
          TE.map(() => {
            for (const name of known.keys()) written.add(name)
          }),
        )
      },
      run: values =>
        pipe(
          TE.fromIOEither(complete),
          TE.chainEitherK(() => admit(inputs, fresh, values)),
          TE.chain(() => trusting.run(values)),
        ),
    }
  }
