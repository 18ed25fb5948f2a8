// The reference executor: it evaluates the expressions of a graph in float64, without compiling anything, and keeps the
// state in a map. It is slow and plain, and every other executor is tested against it.

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { checkGraph, type Graph } from '../compile/checked.ts'
import { evaluate } from '../language/evaluate.ts'
import { type Backend, executorOf } from './backend.ts'
import type { Resident, Values } from './executor.ts'

const interpreted = ({ outputs, carried }: Graph): Resident => {
  const names = Object.keys(outputs)
  const orders = names.map(name => carried[name])
  const state = new Map<string, Float64Array>()
  const set = (values: Values): void => {
    for (const [name, value] of values) state.set(name, Float64Array.from(value))
  }
  const runOnce = (values: Values): Values => {
    const results = evaluate(Object.values(outputs), new Map([...values, ...state]), orders)
    const named = new Map(names.map((name, at) => [name, results[at]]))
    set(new Map(Object.keys(carried).map(name => [name, named.get(name)!])))
    return new Map([...named].filter(([name]) => !(name in carried)))
  }
  return {
    holds: () => true,
    write: values => TE.fromIO(() => set(values)),
    run: values => TE.fromIO(() => runOnce(values)),
    read: wanted => TE.fromIO(() => new Map(wanted.map(name => [name, state.get(name)!]))),
  }
}

/** The backend of `reference`: it holds no device, so that there is nothing to close. */
export const referenceBackend: Backend = {
  name: 'reference',
  precision: 'float64',
  arithmetic: 'reference',
  description: 'reference: float64 interpreter',
  prepare: graph =>
    pipe(
      checkGraph(graph),
      E.map(() => TE.fromIO(() => interpreted(graph))),
    ),
}

/** Interprets graphs in float64, anywhere. */
export const reference = executorOf(referenceBackend)
