// Trees: records and arrays of any depth, whose leaves are found by path, replaced, zipped and put back, and never
// anything else.

import * as fc from 'fast-check'
import {
  add,
  compiler,
  dense,
  denseScalar,
  initialisers,
  inner,
  mul,
  random,
  type Scalar,
  type Spec,
  scale,
  spec,
  sum,
  type Tensor,
  total,
  trees,
} from '../../lib/index.ts'
import { isNamed } from '../../lib/language/axes.ts'
import { holds, sameData, sameNumbers } from '../support/compare.ts'
import { law } from '../support/law.ts'
import { given, number, numbers } from '../support/tensors.ts'

type Node = Spec<'feature'> | readonly Node[] | { readonly [field: string]: Node }

/** Names of branches; those of the fields of leaves are names like any other. */
const field = fc.constantFrom('weight', 'bias', 'blocks', 'norm1', 'sizes', 'expr', 'data')
/** The leaves of all drawnTrees here. */
const specs = [1, 2, 3].map(size => spec({ feature: size }))
const leaf = fc.constantFrom(...specs)

const drawnTrees = fc
  .letrec<{ node: Node }>(tie => ({
    node: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.array(tie('node'), { maxLength: 3 }),
      fc.dictionary(field, tie('node'), { maxKeys: 3, noNullPrototype: true }),
    ),
  }))
  .node.map(root => ({ root }))

/** The paths of a tree, by a walk of the test's own. */
const pathsOf = (node: object, path = ''): readonly string[] => {
  if (specs.some(one => one === node)) return [path]
  return Object.entries(node).flatMap(([name, child]) =>
    pathsOf(child as object, path === '' ? name : `${path}.${name}`),
  )
}

const numbered = (tree: object) => {
  let next = 0
  return trees.mapTree<'spec', 'tensor'>(leaf => {
    next += 1
    return given(leaf.sizes, new Float64Array(compiler.elements(leaf.sizes)).fill(next))
  })(tree)
}

law('leaves are found once each, by their paths, in the order in which they are written', drawnTrees, tree =>
  sameData(
    'paths',
    trees.leavesOf<'spec'>(tree).map(([path]) => path),
    pathsOf(tree),
  ),
)

law('mapping keeps the structure, and is told each path', drawnTrees, tree => {
  const seen: string[] = []
  const mapped = trees.mapTree<'spec', 'spec'>((leaf, path) => {
    seen.push(path)
    return leaf
  })(tree)
  return [sameData('structure', mapped, tree), sameData('paths', seen, pathsOf(tree))]
})

law('putting the leaves back gives the tree', drawnTrees, tree =>
  sameData(
    'tree',
    trees.refill(
      tree,
      trees.leavesOf<'spec'>(tree).map(([, own]) => own),
    ),
    tree,
  ),
)

law('zipping meets leaves of one path, and keeps the structure', drawnTrees, tree => {
  const x = numbered(tree)
  const doubled = trees.zipTrees(x, x)((_, left, right) => add(left, right))
  const sum = trees.zipTrees(x, x, doubled)((_, first, second, third) => add(add(first, second), third))
  const paths: string[] = []
  trees.zipTrees(x)((path, own) => {
    paths.push(path)
    return own
  })
  const values = (of: object) => trees.leavesOf<'tensor'>(of).map(([path, own]) => [path, [...numbers(own)]])
  const times = (factor: number) => values(trees.mapTree<'tensor', 'tensor'>(own => scale(factor)(own))(x))
  return [
    sameData('values', values(doubled), times(2)),
    sameData('values of three', values(sum), times(4)),
    sameData('paths', paths, pathsOf(tree)),
  ]
})

law('the inner product of drawnTrees is the sum over all leaves', drawnTrees, tree => {
  const x = numbered({ ...tree, more: spec({ feature: 2 }) })
  const parts = trees.leavesOf<'tensor'>(x).map(([, own]): Scalar => total(mul(own, own)))
  return sameNumbers([number(inner(x, x))], [number(parts.reduce((left, right) => add(left, right)))])
})

const seeds = fc.nat()

law('initial values have the sizes that they say and the distribution that they say', seeds, seed => {
  const sizes = { unit: 3, feature: 5 }
  const tree = {
    zeros: initialisers.zeros(sizes),
    ones: initialisers.ones({ feature: 2 }),
    layers: [{ w: initialisers.normal(0.02)(sizes) }],
    u: initialisers.uniformWithin(0.25)(sizes),
    c: initialisers.constantly(7)({}),
  }
  const drawn = initialisers.initialise(random.keyOf(seed))(tree)
  return [
    sameNumbers(drawn.zeros.data, new Float64Array(15), 'zeros'),
    sameNumbers(drawn.ones.data, [1, 1], 'ones'),
    sameNumbers(drawn.c.data, [7], 'constant'),
    sameData('sizes', drawn.layers[0].w.sizes, sizes),
    holds(
      'normal',
      drawn.layers[0].w.data.length === 15 && drawn.layers[0].w.data.every(value => Math.abs(value) < 0.2),
    ),
    holds(
      'uniform',
      drawn.u.data.every(value => value >= -0.25 && value <= 0.25),
    ),
    sameData('again', initialisers.initialise(random.keyOf(seed))(tree), drawn),
  ]
})

law('what crossed to another thread, or went through JSON, is no leaf until it is made one again', seeds, seed => {
  const sent = dense({ row: 2 }, Float32Array.of(seed, 1))
  const [cloned, parsed] = [structuredClone(sent), JSON.parse(JSON.stringify({ sizes: sent.sizes }))]
  const found = { cloned: dense(cloned.sizes, cloned.data), parsed: spec(parsed.sizes), copied: { ...sent } }
  const pathsIn = (tree: object) => trees.leavesOf<'spec'>(tree).map(([path]) => path)
  return [
    sameData('leaves', [sent, cloned, parsed, { ...sent }].map(isNamed), [true, false, false, true]),
    sameData('branches', pathsIn({ sizes: { expr: sent }, data: [found.parsed] }), ['sizes.expr', 'data.0']),
    sameData('made again', pathsIn(found), ['cloned', 'parsed', 'copied']),
    sameNumbers(found.cloned.data, sent.data, 'values'),
  ]
})

law('a leaf has axes only: host values, specifications and tensors are leaves', seeds, seed => {
  const tree = { a: dense({ row: 2 }, Float64Array.of(seed, 1)), b: [denseScalar(3)], c: spec({ row: 2 }) }
  const rows: Tensor<'row'> = given({ row: 2 }, [1, 2])
  return [
    sameData(
      'paths',
      trees.leavesOf<'spec'>(tree).map(([path]) => path),
      ['a', 'b.0', 'c'],
    ),
    sameData(
      'tensor',
      trees.leavesOf<'tensor'>({ rows, inner: { s: sum('row')(rows) } }).map(([path]) => path),
      ['rows', 'inner.s'],
    ),
    sameData('none', trees.leavesOf<'spec'>({ empty: {}, list: [] }), []),
  ]
})
