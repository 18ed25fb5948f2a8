// What every executor does in the same way around what it does in its own: it checks what it is given, runs one thing
// after the other, keeps state that no run reads until there is a run, and refuses to go on after a failure.

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type Graph, inputsOf } from '../compile/checked.ts'
import { elements, type Shape } from '../language/axes.ts'
import type { RunError } from './errors.ts'
import type { Loaded, Value, Values } from './executor.ts'

/** A loaded graph that trusts what it is given: state that it holds, all inputs, and one call after the other. */
export interface Trusting extends Loaded {
  /** Whether it keeps what is written under a name; what no run reads it need not keep. */
  readonly holds: (name: string) => boolean
}

type Shapes = ReadonlyMap<string, Shape>

/** Checks that `values` has every one of the names in `shapes`, each as long as its shape says. */
const admit = (shapes: Shapes, values: Values): E.Either<RunError, void> => {
  for (const [name, shape] of shapes) {
    const value = values.get(name)
    if (value === undefined) return E.left({ kind: 'missing input', name, given: [...values.keys()] })
    const expected = elements(shape)
    if (value.length !== expected) return E.left({ kind: 'wrong length', name, expected, came: value.length })
  }
  return E.right(undefined)
}

const pick = (values: Values, chosen: (name: string) => boolean): Values =>
  new Map([...values].filter(([name]) => chosen(name)))

/** Runs tasks one after the other, in the order in which they are begun. */
const oneByOne = (): (<A>(task: TE.TaskEither<RunError, A>) => TE.TaskEither<RunError, A>) => {
  let last: Promise<unknown> = Promise.resolve()
  return task => () => {
    const own = last.then(task)
    last = own.then(
      () => undefined,
      () => undefined,
    )
    return own
  }
}

/** A graph on its way through runs. */
interface Guard {
  readonly trusting: Trusting
  /** Shapes of the state, and of the inputs that are no state. */
  readonly state: Shapes
  readonly fresh: Shapes
  /** State that a run reads. */
  readonly needed: readonly string[]
  /** State that was written, or left by a run. */
  readonly present: Set<string>
  /** Written state that is not held, until a run replaces it. */
  readonly kept: Map<string, Value>
  /** Why a run failed: what it left behind is the state of no step. */
  failure: RunError | undefined
}

const guardOf = (graph: Graph, trusting: Trusting): Guard => {
  const state: Shapes = new Map(Object.entries(graph.carried))
  const inputs = [...inputsOf(Object.values(graph.outputs))].map(([name, { shape }]) => [name, shape] as const)
  return {
    trusting,
    state,
    fresh: new Map(inputs.filter(([name]) => !state.has(name))),
    needed: inputs.flatMap(([name]) => (state.has(name) ? [name] : [])),
    present: new Set(),
    kept: new Map(),
    failure: undefined,
  }
}

const sound = ({ failure }: Guard): E.Either<RunError, void> =>
  failure === undefined ? E.right(undefined) : E.left(failure)

const complete = ({ needed, present }: Guard): E.Either<RunError, void> => {
  const name = needed.find(one => !present.has(one))
  return name === undefined ? E.right(undefined) : E.left({ kind: 'missing input', name, given: [...present] })
}

const write = (guard: Guard, values: Values): TE.TaskEither<RunError, void> => {
  const { trusting, state, present, kept } = guard
  const given = pick(values, name => state.has(name))
  const shapes = new Map([...state].filter(([name]) => given.has(name)))
  return pipe(
    TE.fromIOEither(() => sound(guard)),
    TE.chainEitherK(() => admit(shapes, given)),
    TE.chain(() => trusting.write(pick(given, trusting.holds))),
    TE.map(() => {
      for (const [name, value] of given) {
        present.add(name)
        if (!trusting.holds(name)) kept.set(name, value.slice())
      }
    }),
  )
}

const runOnce = (guard: Guard, values: Values): TE.TaskEither<RunError, Values> => {
  const { trusting, state, fresh, present, kept } = guard
  const fail = (error: RunError): RunError => {
    guard.failure = error
    return error
  }
  return pipe(
    TE.fromIOEither(() => sound(guard)),
    TE.chainEitherK(() => complete(guard)),
    TE.chainEitherK(() => admit(fresh, values)),
    TE.chain(() => pipe(trusting.run(pick(values, name => fresh.has(name))), TE.mapLeft(fail))),
    TE.map(results => {
      kept.clear()
      for (const name of state.keys()) present.add(name)
      return results
    }),
  )
}

const read = (guard: Guard, names: readonly string[]): TE.TaskEither<RunError, Values> => {
  const { trusting, present, kept } = guard
  return pipe(
    TE.fromIOEither(() => sound(guard)),
    TE.chain(() => trusting.read(names.filter(name => present.has(name) && !kept.has(name)))),
    TE.map(held => new Map([...held, ...pick(kept, name => names.includes(name))])),
  )
}

/** A loaded graph that trusts nobody, from one that does. */
export const guarded =
  (graph: Graph) =>
  (trusting: Trusting): Loaded => {
    const guard = guardOf(graph, trusting)
    const inTurn = oneByOne()
    const { profile } = trusting
    return {
      write: values => inTurn(write(guard, values)),
      run: values => inTurn(runOnce(guard, values)),
      read: names => inTurn(read(guard, names)),
      ...(profile === undefined ? {} : { profile }),
    }
  }
