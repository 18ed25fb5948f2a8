// The reference executor: the float64 interpreter of expressions, with its state kept in a map. The oracle of every law.

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Graph } from '../compile/program.ts'
import { evaluate } from '../language/evaluate.ts'
import { check } from '../language/graph.ts'
import type { RunError } from './errors.ts'
import { admit, type Executor, graphInputs, type Loaded, type Values } from './executor.ts'

const loadReference = (graph: Graph): Loaded => {
  const inputs = graphInputs(graph)
  const names = Object.keys(graph.outputs)
  const orders = names.map(name => (graph.carried.includes(name) ? inputs.get(name)?.shape : undefined))
  const state = new Map<string, Float64Array>()
  const carriedInputs = graph.carried.filter(name => inputs.has(name))
  const freshInputs = [...inputs.keys()].filter(name => !graph.carried.includes(name))
  const set = (values: Values): void => {
    for (const [name, value] of values) state.set(name, Float64Array.from(value))
  }
  const runOnce = (values: Values): Values => {
    const results = evaluate(Object.values(graph.outputs), new Map([...values, ...state]), orders)
    const named = new Map(names.map((name, at) => [name, results[at]]))
    set(new Map(graph.carried.map(name => [name, named.get(name)!])))
    return new Map([...named].filter(([name]) => !graph.carried.includes(name)))
  }
  return {
    write: values =>
      TE.fromEither(
        pipe(
          admit(
            inputs,
            [...values.keys()].filter(name => inputs.has(name)),
            values,
          ),
          E.map(() => set(values)),
        ),
      ),
    run: values =>
      TE.fromEither(
        pipe(
          admit(inputs, freshInputs, values),
          E.chain(() => admit(inputs, carriedInputs, state)),
          E.map(() => runOnce(values)),
        ),
      ),
    read: wanted =>
      TE.fromIO(() => new Map(wanted.flatMap(name => (state.has(name) ? [[name, state.get(name)!]] : [])))),
  }
}

/** Interprets graphs in float64, anywhere. */
export const reference: Executor = {
  name: 'reference',
  precision: 'float64',
  description: 'reference: float64 interpreter',
  load: graph =>
    pipe(
      check(Object.values(graph.outputs)),
      E.bimap(
        (errors): RunError => ({ kind: 'ill-sized', errors }),
        () => loadReference(graph),
      ),
      TE.fromEither,
    ),
  close: async () => undefined,
}
