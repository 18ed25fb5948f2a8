// Programs of random graphs: compiling with a random schedule, random limits and random layouts, and running on the
// interpreter. Every choice that a compiler makes and that must not matter is drawn here.

import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import { interpret } from '../../lib/compile/interpret-program.ts'
import type { Layouts } from '../../lib/compile/layout.ts'
import type { Schedule } from '../../lib/compile/schedule.ts'
import { compiler, showShapeError } from '../../lib/index.ts'
import type { Expr } from '../../lib/language/expression.ts'
import { postorder } from '../../lib/language/walk.ts'
import { fold, keyOf, permutation, uniforms } from '../../lib/tree/random.ts'
import { type Comparison, nearNumbers, sameNumbers } from './compare.ts'
import { boundsOf, float64 } from './error-bound.ts'
import type { Sample } from './graph-shrink.ts'
import { evaluated } from './tensors.ts'

/** Roots under the names 0, 1, 2, ... */
export const named = (roots: readonly Expr[]): Readonly<Record<string, Expr>> =>
  Object.fromEntries(roots.map((root, at) => [`${at}`, root]))

/** The program of well-sized roots that carry no state. */
export const programOf = (roots: readonly Expr[], options: Partial<compiler.CompileOptions> = {}): compiler.Program => {
  const compiled = compiler.compile({ ...compiler.usualCompile, ...options })({ outputs: named(roots), carried: {} })
  if (E.isLeft(compiled)) throw new Error(compiled.left.map(showShapeError).join('\n'))
  return compiled.right
}

/** The outputs of a program of roots, in their order. */
export const outputsOf = (program: compiler.Program, { roots, bindings }: Sample): readonly ArrayLike<number>[] => {
  const outputs = interpret(program, bindings)
  return roots.map((_, at) => outputs[`${at}`])
}

/** Compares what a rewriting or a program gives with what the roots are: exactly. */
export const sameOutputs = (
  { roots, bindings }: Sample,
  outputs: readonly ArrayLike<number>[],
): readonly Comparison[] =>
  evaluated(roots, bindings).map((values, at) => sameNumbers(outputs[at], values, `output ${at}`, roots[at].shape))

/**
 * The same within the running-error bounds of both: of the roots, and of the graph that was really computed, whose
 * rounding is `rounded`'s.
 */
export const nearOutputs = (
  { roots, bindings }: Sample,
  outputs: readonly ArrayLike<number>[],
  rounded: readonly Expr[],
  precision = float64,
): readonly Comparison[] => {
  const shapes = roots.map(root => root.shape)
  const own = evaluated(boundsOf(roots, precision), bindings, shapes)
  const other = evaluated(boundsOf(rounded, precision), bindings, shapes)
  return evaluated(roots, bindings).map((values, at) => {
    const tolerance = values.map((_, element) => 1.001 * (own[at][element] + other[at][element]))
    return nearNumbers(tolerance)(outputs[at], values, `output ${at}`, shapes[at])
  })
}

/** A random set of nodes: each with the given probability, which `seed` decides. */
export const randomSchedule =
  (seed: number, probability: number) =>
  (roots: readonly Expr[]): Schedule => {
    const nodes = postorder(roots)
    const draws = uniforms(keyOf(seed), nodes.length)
    return new Set(nodes.filter((_, at) => draws[at] < probability))
  }

/** Random memory orders of all nodes but those whose order is given. */
export const randomLayouts =
  (seed: number) =>
  (roots: readonly Expr[], demanded: Layouts): Layouts =>
    new Map(
      postorder(roots).map((node, at) => {
        const axes = Object.keys(node.shape)
        const given = node.kind === 'input' || node.kind === 'const' ? axes : demanded.get(node)
        const order = permutation(fold(keyOf(seed), at), axes.length)
        return [node, given ?? Array.from(order, place => axes[place])]
      }),
    )

/** What a compiler may decide, as numbers: which nodes to store and how many, what a kernel may hold. */
export interface Decisions {
  readonly seed: number
  readonly stored: number
  readonly inputs: number
  readonly nodes: number
}

/** Random decisions; the simplest are to store nothing and to allow everything. */
export const decisions: fc.Arbitrary<Decisions> = fc.record(
  {
    seed: fc.nat({ max: 1 << 20 }),
    stored: fc.constantFrom(0, 1, 0.5, 0.2),
    inputs: fc.constantFrom(7, 3, 2, 1),
    nodes: fc.constantFrom(192, 12, 4, 2),
  },
  { noNullPrototype: true },
)

/** Options that follow decisions. */
export const optionsOf = ({ seed, stored, inputs, nodes }: Decisions): Partial<compiler.CompileOptions> => ({
  limits: { inputs, nodes },
  schedule: randomSchedule(seed, stored),
})
