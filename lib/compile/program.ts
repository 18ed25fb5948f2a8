// A program: what an executor needs to run a graph, as pure data. Kernels are stored once however often they run; a
// step is one launch of a kernel on numbered buffers. State that is carried from run to run names an input and the
// output that replaces it.

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { NonEmptyArray } from 'fp-ts/lib/NonEmptyArray.js'
import { type Expr, stop } from '../language/expression.ts'
import type { ShapeError } from '../language/fault.ts'
import { postorder } from '../language/walk.ts'
import { type Kernel, kernelKey } from '../loops/kernel.ts'
import { simplify } from '../transform/simplify.ts'
import { checkGraph, type Graph, inputsOf } from './checked.ts'
import { wanted } from './cost.ts'
import { type Layouts, layOut, type Order } from './layout.ts'
import { lower } from './lower.ts'
import { orderSteps } from './order.ts'
import { complete, isStored, type Limits, type Schedule } from './schedule.ts'
import { shortenReductions } from './staging.ts'

/** A block of float32 numbers, its axes in memory order. */
export interface Buffer {
  readonly axes: Order
  readonly sizes: readonly number[]
}

/** One launch. Buffers are positions in the program's list. */
export interface Step {
  readonly kernel: number
  readonly inputs: readonly number[]
  readonly output: number
}

/** Kernels, the buffers that they read and write, and the steps that launch them, in order. */
export interface Program {
  readonly kernels: readonly Kernel[]
  readonly buffers: readonly Buffer[]
  readonly steps: readonly Step[]
  /** The buffer of each run-time input that is read. */
  readonly inputs: Readonly<Record<string, number>>
  /** The buffer of each output. */
  readonly outputs: Readonly<Record<string, number>>
  /** Buffers whose contents never change. */
  readonly constants: readonly { readonly buffer: number; readonly values: ArrayLike<number> }[]
  /** Names of the state. */
  readonly carried: readonly string[]
}

/** How to compile: what a kernel may hold, and which nodes to store and in which order, if not as usual. */
export interface Options {
  readonly limits: Limits
  /** The longest loop of one reduction. */
  readonly longestReduction: number
  readonly schedule: (roots: readonly Expr[]) => Schedule
  readonly layouts: (roots: readonly Expr[], demanded: Layouts) => Layouts
}

/** How programs are compiled where nothing is said. */
export const usual: Options = {
  limits: { inputs: 7, nodes: 192 },
  longestReduction: 4096,
  schedule: wanted,
  layouts: layOut,
}

/** Elements in a buffer. */
export const length = ({ sizes }: Buffer): number => sizes.reduce((total, size) => total * size, 1)

/** Gives each output a node of its own that is computed, not stored already, except state that does not change. */
const separate = (names: readonly string[], roots: readonly Expr[], { carried }: Graph): readonly Expr[] => {
  const given = new Set<Expr>()
  return roots.map((root, at) => {
    const unchanged = root.kind === 'input' && root.name === names[at] && names[at] in carried
    const own = unchanged || (!isStored(root) && !given.has(root)) ? root : stop(root)
    given.add(own)
    return own
  })
}

/** Orders demanded of outputs: state comes back in the order in which it went in, other outputs as they are written. */
const demands = (names: readonly string[], roots: readonly Expr[], { outputs, carried }: Graph): Layouts =>
  new Map(roots.map((root, at) => [root, Object.keys(carried[names[at]] ?? outputs[names[at]].shape)]))

/** Numbers given to keys in the order in which they are first asked for. */
const numbering = <K, V>(make: (key: K) => V, textOf: (key: K) => unknown) => {
  const numbers = new Map<unknown, number>()
  const values: V[] = []
  const numberOf = (key: K): number => {
    const text = textOf(key)
    const known = numbers.get(text)
    if (known !== undefined) return known
    numbers.set(text, values.length)
    return values.push(make(key)) - 1
  }
  return { values, numberOf }
}

const build = (roots: readonly Expr[], graph: Graph, names: readonly string[], options: Options): Program => {
  const schedule = complete(options.limits, roots)(options.schedule(roots))
  const layouts = options.layouts(roots, demands(names, roots, graph))
  const order = (node: Expr): Order => layouts.get(node)!
  const has = (node: Expr): boolean => isStored(node) || schedule.has(node)
  const nodes = postorder(roots).filter(has)
  const buffers = numbering(
    (node: Expr): Buffer => ({ axes: order(node), sizes: order(node).map(axis => node.shape[axis]) }),
    node => node,
  )
  nodes.filter(isStored).forEach(buffers.numberOf)
  const kernels = numbering((kernel: Kernel) => kernel, kernelKey)
  const steps = nodes
    .filter(node => !isStored(node))
    .map((node): Step => {
      const { kernel, inputs } = lower(node, { has, order })
      return {
        kernel: kernels.numberOf(kernel),
        inputs: inputs.map(buffers.numberOf),
        output: buffers.numberOf(node),
      }
    })
  const outputs = roots.map(buffers.numberOf)
  return {
    kernels: kernels.values,
    buffers: buffers.values,
    steps: orderSteps(steps, buffers.values.map(length), outputs),
    inputs: Object.fromEntries([...inputsOf(roots)].map(([name, node]) => [name, buffers.numberOf(node)])),
    outputs: Object.fromEntries(names.map((name, at) => [name, outputs[at]])),
    constants: nodes.flatMap(node =>
      node.kind === 'const' && isStored(node) ? [{ buffer: buffers.numberOf(node), values: node.values }] : [],
    ),
    carried: Object.keys(graph.carried),
  }
}

/** The program of a graph, or every shape error in it. */
export const compile =
  (options: Options = usual) =>
  (graph: Graph): E.Either<NonEmptyArray<ShapeError>, Program> => {
    const names = Object.keys(graph.outputs)
    return pipe(
      checkGraph(graph),
      E.map(simplify),
      E.map(shortenReductions(options.longestReduction)),
      E.map(roots => separate(names, roots, graph)),
      E.map(roots => build(roots, graph, names, options)),
    )
  }
