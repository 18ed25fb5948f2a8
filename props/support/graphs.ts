// Random well-typed graphs: every node kind and every scalar operation, well-sized by construction and with no NaN or
// infinity anywhere. There are four flavours. Integer graphs compute nothing but whole numbers below 2^53, so every
// evaluation of them, in whatever order, gives the same bits; linear graphs are those of them that only move and add.
// Real graphs have all operations. Smooth graphs are differentiable everywhere.

import type * as fc from 'fast-check'
import { elements, type Shape } from '../../lib/language/axes.ts'
import { type Expr, input, operandsOf } from '../../lib/language/expression.ts'
import type { ScalarName } from '../../lib/language/node.ts'
import { operationsWhere, type Scalar, scalars } from '../../lib/language/scalar.ts'
import { showExpressions } from '../../lib/language/show.ts'
import { postorder } from '../../lib/language/walk.ts'
import { drawData } from './arbitrary.ts'
import { type Sample, simplerSamples } from './graph-shrink.ts'
import { axisNames, type Draft, kinkedSteps, linearSteps, mostElements, type Step, usualSteps } from './graph-steps.ts'
import { type Interval, intervalOf, intervalsOf, isWithin } from './intervals.ts'
import { oneOf, shrinkable } from './shrinkable.ts'
import { showData } from './tensors.ts'

/** What a random graph may contain. */
interface Flavour {
  readonly data: 'integer' | 'real'
  readonly unary: readonly ScalarName[]
  readonly binary: readonly ScalarName[]
  readonly steps: readonly Step[]
  readonly maxima: boolean
  /** Whether constants other than 0 may appear. */
  readonly constants: boolean
  /** No value anywhere is larger. */
  readonly limit: number
  readonly inputs: Interval
}

const isSmooth = ({ smoothness }: Scalar): boolean => smoothness === 'linear' || smoothness === 'smooth'

/** The operations of so many operands that meet a condition. */
const operations = (arity: Scalar['arity'], meets: (row: Scalar) => boolean = () => true): readonly ScalarName[] =>
  operationsWhere(row => row.arity === arity && meets(row))

/** Smooth ones twice as often as those with kinks and steps. */
const often = (names: readonly ScalarName[]): readonly ScalarName[] => [
  ...names,
  ...names.filter(name => isSmooth(scalars[name])),
]

const flavours = {
  integer: {
    data: 'integer',
    unary: often(operations(1, ({ integral }) => integral)),
    binary: often(operations(2, ({ integral }) => integral)),
    steps: [...usualSteps, ...kinkedSteps],
    maxima: true,
    constants: true,
    limit: 2 ** 40,
    inputs: [-64, 64],
  },
  real: {
    data: 'real',
    unary: operations(1),
    binary: often(operations(2)),
    steps: [...usualSteps, ...kinkedSteps],
    maxima: true,
    constants: true,
    limit: 2 ** 12,
    inputs: [-8, 8],
  },
  smooth: {
    data: 'real',
    unary: operations(1, isSmooth),
    binary: operations(2, isSmooth),
    steps: usualSteps,
    maxima: false,
    constants: true,
    limit: 2 ** 8,
    inputs: [-8, 8],
  },
  linear: {
    data: 'integer',
    unary: operations(1, ({ smoothness }) => smoothness === 'linear'),
    binary: operations(2, ({ smoothness }) => smoothness === 'linear'),
    steps: linearSteps,
    maxima: false,
    constants: false,
    limit: 2 ** 40,
    inputs: [-64, 64],
  },
} satisfies Record<string, Flavour>

/** The flavours of random graphs. */
export type FlavourName = keyof typeof flavours

const mostAxes = 5

const mostInputElements = 48

const drawShape = (random: fc.Random, usual: Shape): Shape => {
  const axes = axisNames.filter(() => random.nextInt(0, 4) < 2)
  const shape: Record<string, number> = {}
  for (const axis of axes) if (elements(shape) * usual[axis] <= mostInputElements) shape[axis] = usual[axis]
  return shape
}

/** Sizes of the axes of inputs: small, with 1 and repetitions among them, and now and then one with divisors. */
const drawUsual = (random: fc.Random): Shape =>
  Object.fromEntries(axisNames.map(axis => [axis, oneOf(random, [1, 2, 2, 3, 3, 4, 6])]))

const admissible = (node: Expr, interval: Interval, limit: number): boolean =>
  isWithin(interval, limit) && elements(node.shape) <= mostElements && Object.keys(node.shape).length <= mostAxes

const grow = (draft: Draft, flavour: Flavour, inputs: readonly Expr[], size: number): readonly Expr[] => {
  const intervals = new Map<Expr, Interval>(inputs.map(node => [node, flavour.inputs]))
  const nodes = [...inputs]
  /** Keeps a node and what is new below it, if all of that is defined and bounded. */
  const admit = (node: Expr): boolean => {
    const fresh = postorder([node]).filter(part => !intervals.has(part))
    const fine = fresh.every(part => {
      const below = operandsOf(part).map(operand => intervals.get(operand)!)
      intervals.set(part, intervalOf(part, below, flavour.inputs))
      return admissible(part, intervals.get(part)!, flavour.limit)
    })
    if (!fine) for (const part of fresh) intervals.delete(part)
    return fine
  }
  for (let attempt = 0; attempt < 4 * size && nodes.length < inputs.length + size; attempt += 1) {
    const node = oneOf(draft.random, flavour.steps)({ ...draft, nodes })
    if (node !== undefined && !nodes.includes(node) && admit(node)) nodes.push(node)
  }
  return nodes
}

const drawSample = (random: fc.Random, flavour: Flavour, most: number): Sample => {
  const usual = drawUsual(random)
  const inputs = Array.from({ length: random.nextInt(1, 3) }, (_, at) => input(`x${at}`, drawShape(random, usual)))
  const { unary, binary, maxima } = flavour
  const nodes = grow({ random, nodes: inputs, unary, binary, maxima }, flavour, inputs, random.nextInt(1, most))
  const recent = nodes.slice(-3)
  const others = Array.from({ length: random.nextInt(0, 3) }, () => oneOf(random, oneOf(random, [nodes, recent])))
  const roots = [nodes[nodes.length - 1], ...others]
  const data = ({ shape }: Expr) => drawData(random, flavour.data, shape, Object.keys(shape))
  return { roots, bindings: new Map(inputs.map((node, at) => [`x${at}`, data(node)])) }
}

const show = ({ roots, bindings }: Sample): string => {
  const order = postorder(roots)
  const values = order.flatMap(node => {
    if (node.kind === 'input') return [`${node.name} = ${showData(node.shape, bindings.get(node.name)!)}`]
    return node.kind === 'const' && node.values.length > 1 ? [`array = ${showData(node.shape, node.values)}`] : []
  })
  const names = roots.map(root => `%${order.indexOf(root)}`).join(', ')
  return ['', showExpressions(roots), `roots ${names}`, ...values].join('\n      ').replaceAll('\n%', '\n      %')
}

/** Random graphs of a flavour, of at most `most` steps. */
export const graphs = (name: FlavourName, most = 24): fc.Arbitrary<Sample> => {
  const flavour = flavours[name]
  const sound = ({ roots }: Sample): boolean =>
    roots.every(root => root.faults.length === 0) &&
    [...intervalsOf(roots, flavour.inputs)].every(([node, interval]) => {
      const limit = node.kind === 'const' && !flavour.constants ? 0 : flavour.limit
      return admissible(node, interval, limit)
    })
  function* simpler(sample: Sample): Generator<Sample> {
    for (const candidate of simplerSamples(sample)) if (sound(candidate)) yield candidate
  }
  return shrinkable({ draw: random => drawSample(random, flavour, most), simpler, show })
}
