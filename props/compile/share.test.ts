// Sharing: equal subexpressions become one node, different ones never do, and values do not change by a
// bit.

import { compiler } from '../../lib/index.ts'
import * as e from '../../lib/language/expression.ts'
import { postorder, rewriteAll } from '../../lib/language/walk.ts'
import { holds, mostNumbers, sameData } from '../support/compare.ts'
import { graphs } from '../support/graphs.ts'
import { law } from '../support/law.ts'
import { sameOutputs } from '../support/programs.ts'
import { evaluated } from '../support/tensors.ts'

const shared = (roots: readonly e.Expr[]) => postorder(compiler.share(roots)).length

/** The same graph, all of its nodes made anew. */
const copied = (roots: readonly e.Expr[]): readonly e.Expr[] => rewriteAll(roots, node => ({ ...node }))

law('sharing changes no value', graphs('real'), sample =>
  sameOutputs(sample, evaluated(compiler.share(sample.roots), sample.bindings)),
)

law('a graph and its copy are one graph', graphs('real'), ({ roots }) => {
  const both = compiler.share([...roots, ...copied(roots)])
  return [
    ...roots.map((_, at) => holds(`root ${at}`, both[at] === both[at + roots.length])),
    sameData('nodes', shared([...roots, ...copied(roots)]), shared(roots)),
  ]
})

law('sharing again changes nothing, and a graph never grows', graphs('real'), ({ roots }) => {
  const once = compiler.share(roots)
  return [
    holds(
      'the same nodes',
      compiler.share(once).every((root, at) => root === once[at]),
    ),
    mostNumbers(0)([postorder(once).length], [postorder(roots).length], 'nodes'),
    sameData('still sound', compiler.check(once)._tag, 'Right'),
  ]
})

/**
 * How many nodes differ: by kind, by everything that the node says of itself, or by an operand. Arrays differ by
 * identity.
 */
const distinct = (roots: readonly e.Expr[]): number => {
  const numbers = new Map<string, number>()
  const arrays = new Map<object, number>()
  const of = new Map<e.Expr, number>()
  const numberOf = <K>(known: Map<K, number>, key: K): number => {
    if (!known.has(key)) known.set(key, known.size)
    return known.get(key)!
  }
  for (const node of postorder(roots)) {
    const own: Record<string, unknown> = { ...node, faults: [], operand: undefined, operands: undefined }
    if (node.kind === 'const')
      own.values = node.values.length === 1 ? String(node.values[0]) : numberOf(arrays, node.values)
    if (node.kind === 'reduce') own.axes = [...node.axes].sort()
    const below = e.operandsOf(node).map(operand => of.get(operand))
    of.set(node, numberOf(numbers, JSON.stringify([own, below])))
  }
  return numbers.size
}

law('as many nodes remain as there are different ones', graphs('real'), ({ roots }) => [
  sameData('nodes', shared(roots), distinct(roots)),
  sameData('with a copy', shared([...roots, ...copied(roots)]), distinct(roots)),
])

const x = e.input('x', { row: 2, column: 3 })
const y = e.input('y', { row: 2, column: 3 })

/** Pairs that differ in one thing only. */
const almost: readonly (readonly [e.Expr, e.Expr])[] = [
  [e.input('x', { row: 2 }), e.input('x', { row: 3 })],
  [e.input('x', { row: 2 }), e.input('z', { row: 2 })],
  [e.constant(0), e.constant(-0)],
  [e.array({ row: 2 }, [1, 2]), e.array({ row: 2 }, [1, 3])],
  [e.iota('row', 2), e.iota('column', 2)],
  [e.map('less', x, y), e.map('less', y, x)],
  [e.map('add', x, y), e.map('mul', x, y)],
  [e.map('select', x, y, x), e.map('select', x, x, y)],
  [e.reduce('sum', ['row'], x), e.reduce('sum', ['column'], x)],
  [e.reduce('sum', ['row'], x), e.reduce('max', ['row'], x)],
  [e.reduce('sum', ['row'], x), e.reduce('sum', ['row', 'column'], x)],
  [e.expand({ page: 2 }, x), e.expand({ page: 3 }, x)],
  [e.expand({ page: 2 }, x), e.expand({ layer: 2 }, x)],
  [e.rename({ row: 'page' }, x), e.rename({ column: 'page' }, x)],
  [e.split('column', { page: 3, layer: 1 }, x), e.split('column', { page: 1, layer: 3 }, x)],
  [e.split('column', { page: 3, layer: 1 }, x), e.split('column', { layer: 1, page: 3 }, x)],
  [e.merge(['row', 'column'], 'long', x), e.merge(['column', 'row'], 'long', x)],
  [e.merge(['row'], 'long', x), e.merge(['column'], 'long', x)],
  [e.slice('column', 0, 2, x), e.slice('column', 1, 2, x)],
  [e.slice('column', 0, 2, x), e.slice('column', 0, 1, x)],
  [e.pad('column', 1, 0, x), e.pad('column', 0, 1, x)],
  [e.pad('column', 1, 0, x), e.pad('row', 1, 0, x)],
  [e.stop(x), x],
]

law('pairs that differ in one thing stay two', graphs('real', 4), () =>
  almost.map(([left, right], at) => {
    const [a, b] = compiler.share([left, right])
    return holds(`pair ${at}`, a !== b)
  }),
)
