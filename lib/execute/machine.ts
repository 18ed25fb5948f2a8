// Machines: a pure step (state, input) -> (state, output) over trees of tensors is traced once into a graph, compiled
// once by an executor, and then run as often as wanted. The state stays with the executor, so that only inputs go in
// and only outputs come out, and nobody has to free anything.
//
//   (state, input) => ({ state: { total: add(state.total, input.x) }, output: {} })
//   has the graph  { outputs: { 'state.total': add('state.total', 'input.x') }, carried: { 'state.total': ... } }

import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { Graph } from '../compile/checked.ts'
import type { Shape, Sizes } from '../language/axes.ts'
import type { Expr } from '../language/expression.ts'
import { input as inputTensor } from '../language/tensor.ts'
import { type As, dense, leavesOf, mapTree } from '../tree/tree.ts'
import type { RunError } from './errors.ts'
import type { Run, Values } from './executor.ts'
import type { KernelTime } from './kernel-time.ts'

/** The results of a step: the next state, and outputs for the host. */
export interface Stepped<S, O> {
  readonly state: S
  readonly output: O
}

/** A pure step between trees of tensors. */
export type Step<S, I, O> = (state: S, input: I) => Stepped<S, O>

/** A compiled step with its state. `S`, `I` and `O` are the trees of tensors that the step speaks of. */
export interface Machine<S, I, O> {
  /** Runs the step once on the resident state; steps that are begun together run one after the other. */
  readonly step: (input: As<'dense', I>) => TE.TaskEither<RunError, As<'dense', O>>
  /** A copy of the state after the steps that were begun before. */
  readonly state: TE.TaskEither<RunError, As<'dense', S>>
  /**
   * The time of each kernel over all steps so far, the longest first; empty where the executor was not asked to take
   * it.
   */
  readonly profile: () => readonly KernelTime[]
}

const named = (prefix: string, path: string): string => (path === '' ? prefix : `${prefix}.${path}`)

const inputsFor = <T extends object>(prefix: string, tree: As<'spec', T>): T =>
  mapTree<'spec', 'tensor'>((leaf, path) => inputTensor(named(prefix, path), leaf.sizes))(tree as object) as T

const outputsOf = (prefix: string, tree: object): readonly (readonly [string, Expr])[] =>
  leavesOf<'tensor'>(tree).map(([path, leaf]) => [named(prefix, path), leaf.expr])

/** The values of a tree by the names that they have in a graph: `state.student.bias` for the prefix `state`. */
export const namedValues = (prefix: string, tree: object): Values =>
  new Map(leavesOf<'dense'>(tree).map(([path, leaf]) => [named(prefix, path), leaf.data]))

const collect =
  (prefix: string, shapes: ReadonlyMap<string, Shape>, values: Values) =>
  <T extends object>(tree: object): As<'dense', T> =>
    mapTree<'spec', 'dense'>(<A extends string>(_: unknown, path: string) => {
      const name = named(prefix, path)
      return dense(shapes.get(name) as Sizes<A>, values.get(name)!)
    })(tree) as As<'dense', T>

/** A step traced on inputs of given sizes: its results, and the graph that they make. */
export interface Traced<S, O> extends Stepped<S, O> {
  readonly graph: Graph
}

/**
 * Traces a step. The state's leaves become inputs and outputs named `state.<path>`, the input's `input.<path>` and the
 * output's `output.<path>`.
 */
export const trace = <S extends object, I extends object, O extends object>(
  step: Step<S, I, O>,
  state: As<'spec', S>,
  input: As<'spec', I>,
): Traced<S, O> => {
  const result = step(inputsFor<S>('state', state), inputsFor<I>('input', input))
  const outputs = Object.fromEntries([...outputsOf('state', result.state), ...outputsOf('output', result.output)])
  const shapes = leavesOf<'spec'>(state).map(([path, { sizes }]) => [named('state', path), sizes])
  return { ...result, graph: { outputs, carried: Object.fromEntries(shapes) } }
}

/** Compiles a step and puts the initial state on the executor. `input` says what each run will be given. */
export const machine =
  <S extends object, I extends object, O extends object>(
    step: Step<S, I, O>,
    initial: As<'dense', S>,
    input: As<'spec', I>,
  ): Run<Machine<S, I, O>> =>
  executor => {
    const begin: object = initial
    const { graph, output } = trace(step, initial as As<'spec', S>, input)
    const stateShapes = new Map(Object.entries(graph.carried))
    const outputShapes = new Map(outputsOf('output', output).map(([name, expr]) => [name, expr.shape]))
    return pipe(
      executor.load(graph),
      TE.chainFirst(loaded => loaded.write(namedValues('state', begin))),
      TE.map(loaded => ({
        step: (given: As<'dense', I>) =>
          pipe(
            loaded.run(namedValues('input', given as object)),
            TE.map(values => collect('output', outputShapes, values)<O>(output)),
          ),
        state: pipe(
          loaded.read([...stateShapes.keys()]),
          TE.map(values => collect('state', stateShapes, values)<S>(begin)),
        ),
        profile: loaded.profile ?? (() => []),
      })),
    )
  }

/** Runs a function of trees once. */
export const run =
  <I extends object, O extends object>(f: (input: I) => O) =>
  (input: As<'dense', I>): Run<As<'dense', O>> =>
  executor =>
    pipe(
      machine<object, I, O>((state, given) => ({ state, output: f(given) }), {}, input as As<'spec', I>)(executor),
      TE.chain(({ step }) => step(input)),
    )
