// From a graph to a program. The passes, each of which is a pure function that can be printed before and after:
//
//   checkGraph          Graph -> Expr[]                    the outputs, or every shape error
//   simplify            Expr[] -> Expr[]                   equal values, fewer nodes, no stop-gradients
//   shortenReductions   Expr[] -> Expr[]                   long sums as sums of partial sums
//   separate            Expr[] -> Expr[]                   each output a node of its own
//   wanted, complete    Expr[] -> Schedule                 the nodes that get a buffer
//   layOut              Expr[] -> Layouts                  the memory order of every node's axes
//   lower               Expr -> Kernel, inputs             for each node with a buffer, the loops that fill it
//   orderSteps          Step[] -> Step[]                   an order that keeps few buffers alive
//
// An executor plans memory afterwards (`memory-plan.ts`), when it knows which steps run side by side. A softmax over
// class of the contraction of x (row, column) and w (column, class) becomes five steps; the maximum is negated in the
// kernel that finds it, and the exponential is stored because two kernels read it:
//
//   0: b2 (row 4, class 3) = kernel 0 (x, w)             sum over column of products
//   1: b3 (row 4) = kernel 1 (b2)                        - max over class
//   2: b4 (row 4, class 3) = kernel 2 (b2, b3)           exp(b2 + b3)
//   3: b5 (row 4) = kernel 3 (b4)                        1 / sum over class
//   4: b6 (row 4, class 3) = kernel 4 (b4, b5) -> y      b4 * b5

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { NonEmptyArray } from 'fp-ts/lib/NonEmptyArray.js'
import { type Expr, stop } from '../language/expression.ts'
import type { ShapeError } from '../language/fault.ts'
import { postorder } from '../language/walk.ts'
import { type Kernel, kernelKey } from '../loops/kernel.ts'
import { numbering } from '../numeric/numbering.ts'
import { simplify } from '../transform/simplify.ts'
import { checkGraph, type Graph, inputsOf } from './checked.ts'
import { wanted } from './cost.ts'
import { type Layouts, layOut, type Order } from './layout.ts'
import { type Buffers, lower } from './lower.ts'
import { orderSteps } from './order.ts'
import { type Buffer, bufferLength, type Program, type Step } from './program.ts'
import { complete, isStored, type Limits, type Schedule } from './schedule.ts'
import { shortenReductions } from './staging.ts'

/** Choices of the compiler: limits of a kernel, which nodes to store, and the memory order of axes. */
export interface CompileOptions {
  readonly limits: Limits
  /** The longest loop of one reduction. */
  readonly longestReduction: number
  readonly schedule: (roots: readonly Expr[]) => Schedule
  readonly layouts: (roots: readonly Expr[], demanded: Layouts) => Layouts
}

/** The choices where none are given: the cost model's schedule and layout, and no more inputs than gpu.js binds. */
export const usualCompile: CompileOptions = {
  limits: { inputs: 7, nodes: 192 },
  longestReduction: 4096,
  schedule: wanted,
  layouts: layOut,
}

/**
 * A node that computes the value of another once more. `simplify` has dropped every stop-gradient, so one stands for a
 * copy.
 */
const copyOf = (node: Expr): Expr => stop(node)

/** Gives each output a node of its own that is computed, not stored already, except state that does not change. */
const separate = (names: readonly string[], roots: readonly Expr[], { carried }: Graph): readonly Expr[] => {
  const given = new Set<Expr>()
  return roots.map((root, at) => {
    const unchanged = root.kind === 'input' && root.name === names[at] && names[at] in carried
    const own = unchanged || (!isStored(root) && !given.has(root)) ? root : copyOf(root)
    given.add(own)
    return own
  })
}

/** Orders demanded of outputs: state comes back in the order in which it went in, other outputs as they are written. */
const demands = (names: readonly string[], roots: readonly Expr[], { outputs, carried }: Graph): Layouts =>
  new Map(roots.map((root, at) => [root, Object.keys(carried[names[at]] ?? outputs[names[at]].shape)]))

/** The nodes under `roots` that have buffers, operands first, and the axes of each in memory order. */
const chooseBuffers = (
  roots: readonly Expr[],
  demanded: Layouts,
  options: CompileOptions,
): Buffers & { readonly nodes: readonly Expr[] } => {
  const schedule = complete(options.limits, roots)(options.schedule(roots))
  const layouts = options.layouts(roots, demanded)
  const has = (node: Expr): boolean => isStored(node) || schedule.has(node)
  return { has, order: (node: Expr): Order => layouts.get(node)!, nodes: postorder(roots).filter(has) }
}

const build = (roots: readonly Expr[], graph: Graph, names: readonly string[], options: CompileOptions): Program => {
  const chosen = chooseBuffers(roots, demands(names, roots, graph), options)
  const bufferOf = (node: Expr): Buffer => {
    const axes = chosen.order(node)
    return { axes, sizes: axes.map(axis => node.shape[axis]) }
  }
  const [given, computed] = [chosen.nodes.filter(isStored), chosen.nodes.filter(node => !isStored(node))]
  const stored = numbering<Expr>()
  given.forEach(stored.numberOf)
  const kernels = numbering<Kernel>(kernelKey)
  const steps = computed.map((node): Step => {
    const { kernel, inputs } = lower(node, chosen)
    return { kernel: kernels.numberOf(kernel), inputs: inputs.map(stored.numberOf), output: stored.numberOf(node) }
  })
  const outputs = roots.map(stored.numberOf)
  const buffers = stored.values.map(bufferOf)
  return {
    kernels: kernels.values,
    buffers,
    steps: orderSteps(steps, buffers.map(bufferLength), outputs),
    inputs: Object.fromEntries([...inputsOf(roots)].map(([name, node]) => [name, stored.numberOf(node)])),
    outputs: Object.fromEntries(names.map((name, at) => [name, outputs[at]])),
    constants: given.flatMap(node =>
      node.kind === 'const' ? [{ buffer: stored.numberOf(node), values: node.values }] : [],
    ),
    carried: Object.keys(graph.carried),
  }
}

/** The program of a graph, or every shape error in it. */
export const compile =
  (options: CompileOptions = usualCompile) =>
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
