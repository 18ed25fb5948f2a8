// Machines: a pure step (state, input) -> (state, output), traced once into a graph, compiled once by an executor, and then
// run with its state resident there. Only inputs go in and only outputs come out; nobody frees anything by hand.

import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Graph } from '../compile/program.ts'
import type { Shape, Sizes } from '../language/axes.ts'
import type { Expr } from '../language/expression.ts'
import { input as inputTensor } from '../language/tensor.ts'
import { type As, dense, leavesOf, mapTree } from '../tree/tree.ts'
import type { RunError } from './errors.ts'
import type { Run, Values } from './executor.ts'

/** What a step returns: the next state, and outputs for the host. */
export interface Stepped<S, O> {
  readonly state: S
  readonly output: O
}

/** A compiled step with its state. `S`, `I` and `O` are trees with leaves of any kind. */
export interface Machine<S, I, O> {
  /** Runs the step once on the resident state. */
  readonly step: (input: As<'dense', I>) => TE.TaskEither<RunError, As<'dense', O>>
  /** A copy of the state as it is now. */
  readonly state: TE.TaskEither<RunError, As<'dense', S>>
}

const named = (prefix: string, path: string): string => (path === '' ? prefix : `${prefix}.${path}`)

const inputsFor = <T extends object>(prefix: string, tree: T): As<'tensor', T> =>
  mapTree<'spec', 'tensor'>((leaf, path) => inputTensor(named(prefix, path), leaf.sizes))(tree)

const outputsOf = (prefix: string, tree: object): readonly (readonly [string, Expr])[] =>
  leavesOf<'tensor'>(tree).map(([path, leaf]) => [named(prefix, path), leaf.expr])

const valuesOf = (prefix: string, tree: object): Values =>
  new Map(leavesOf<'dense'>(tree).map(([path, leaf]) => [named(prefix, path), leaf.data]))

const collect =
  (prefix: string, shapes: ReadonlyMap<string, Shape>, values: Values) =>
  <T extends object>(tree: T): As<'dense', T> =>
    mapTree<'spec', 'dense'>(<A extends string>(_: unknown, path: string) => {
      const name = named(prefix, path)
      return dense(shapes.get(name) as Sizes<A>, values.get(name)!)
    })(tree)

/** A step traced on inputs of the given sizes: its graph, and the trees of its results. */
export interface Traced<S, O> extends Stepped<S, O> {
  readonly graph: Graph
}

/**
 * Traces a step. The state's leaves become inputs and outputs named `state.<path>`, the input's `input.<path>` and the
 * output's `output.<path>`.
 */
export const trace = <S extends object, I extends object, O extends object>(
  step: (state: As<'tensor', S>, input: As<'tensor', I>) => Stepped<As<'tensor', S>, O>,
  state: S,
  input: I,
): Traced<As<'tensor', S>, O> => {
  const result = step(inputsFor('state', state), inputsFor('input', input))
  const carried = outputsOf('state', result.state)
  const outputs = Object.fromEntries([...carried, ...outputsOf('output', result.output)])
  return { ...result, graph: { outputs, carried: carried.map(([name]) => name) } }
}

/** Compiles a step and puts the initial state on the executor. `input` says what each run will be given. */
export const machine =
  <S extends object, I extends object, O extends object>(
    step: (state: As<'tensor', S>, input: As<'tensor', I>) => Stepped<As<'tensor', S>, O>,
    initial: As<'dense', S> & S,
    input: I,
  ): Run<Machine<S, I, O>> =>
  executor => {
    const { graph, output } = trace<S, I, O>(step, initial, input)
    const stateShapes = new Map(leavesOf<'spec'>(initial).map(([path, { sizes }]) => [named('state', path), sizes]))
    const outputShapes = new Map(outputsOf('output', output).map(([name, expr]) => [name, expr.shape]))
    return pipe(
      executor.load(graph),
      TE.chainFirst(loaded => loaded.write(valuesOf('state', initial))),
      TE.map(loaded => ({
        step: (given: As<'dense', I>) =>
          pipe(
            loaded.run(valuesOf('input', given as object)),
            TE.map(values => collect('output', outputShapes, values)(output)),
          ),
        state: pipe(
          loaded.read(graph.carried),
          TE.map(values => collect('state', stateShapes, values)(initial) as As<'dense', S>),
        ),
      })),
    )
  }

/** Runs a function of trees once. */
export const run =
  <I extends object, O extends object>(f: (input: As<'tensor', I>) => O) =>
  (input: As<'dense', I> & I): Run<As<'dense', O>> =>
  executor =>
    pipe(
      machine<object, I, O>((state, given) => ({ state, output: f(given) }), {}, input)(executor),
      TE.chain(({ step }) => step(input)),
    )
