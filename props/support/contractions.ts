// Contractions as cases of tests: the memory orders of the two factors that gradients need, and what is computed of the
// sums in the same kernel. A case names one of each and the sizes; `sampleOf` makes its graph and values.

import { add, gelu, maximum, mul, scale, sub, type Tensor, tensor } from '../../lib/index.ts'
import { elements, type Shape } from '../../lib/language/axes.ts'
import { type Expr, input, map, reduce } from '../../lib/language/expression.ts'
import { keyOf, normals } from '../../lib/tree/random.ts'
import type { Sample } from './graph-shrink.ts'

/** Axes of the operands in memory order: plain, one or both transposed, batched outside and inside. */
export const orders = {
  plain: [
    ['row', 'term'],
    ['term', 'column'],
  ],
  'left transposed': [
    ['term', 'row'],
    ['term', 'column'],
  ],
  'right transposed': [
    ['row', 'term'],
    ['column', 'term'],
  ],
  'both transposed': [
    ['term', 'row'],
    ['column', 'term'],
  ],
  batched: [
    ['batch', 'row', 'term'],
    ['batch', 'term', 'column'],
  ],
  'batched, right transposed': [
    ['batch', 'row', 'term'],
    ['batch', 'column', 'term'],
  ],
  'heads inside': [
    ['row', 'batch', 'term'],
    ['column', 'batch', 'term'],
  ],
  'weights for a batch': [
    ['batch', 'row', 'term'],
    ['term', 'column'],
  ],
  'gradient of weights': [
    ['batch', 'row', 'term'],
    ['batch', 'row', 'column'],
  ],
} as const satisfies Readonly<Record<string, readonly [readonly string[], readonly string[]]>>

const shapeOf = (axes: readonly string[], sizes: Shape): Shape =>
  Object.fromEntries(axes.map(axis => [axis, sizes[axis]]))

const summed = (order: Order): readonly string[] => (order === 'gradient of weights' ? ['batch', 'row'] : ['term'])

/** What is computed of a contraction in the same kernel. */
export const epilogues = {
  none: (x: Tensor<string>) => x,
  bias: (x: Tensor<string>, bias: Tensor<'column'>) => add(x, bias),
  'bias and GELU': (x: Tensor<string>, bias: Tensor<'column'>) => gelu(add(x, bias)),
  'scale and residual': (x: Tensor<string>, _: Tensor<'column'>, residual: Tensor<string>) =>
    add(scale(0.125)(x), residual),
  'residual in another order': (x: Tensor<string>, _: Tensor<'column'>, __: Tensor<string>, turned: Tensor<string>) =>
    add(x, turned),
  'many steps with residuals in both orders': (
    x: Tensor<string>,
    bias: Tensor<'column'>,
    residual: Tensor<string>,
    turned: Tensor<string>,
  ) => sub(mul(maximum(add(scale(0.125)(x), bias), residual), turned), scale(0.5)(residual)),
  'a long way with residuals in both orders': (
    x: Tensor<string>,
    bias: Tensor<'column'>,
    residual: Tensor<string>,
    turned: Tensor<string>,
  ) => add(gelu(add(gelu(add(x, bias)), residual)), turned),
} as const

/** The name of an order. */
export type Order = keyof typeof orders
/** The name of an epilogue. */
export type Epilogue = keyof typeof epilogues

/**
 * A contraction: its order, its epilogue, the sizes of `row`, `column`, `term` and `batch`, and a seed for its values.
 */
export interface Contracted {
  readonly order: Order
  readonly epilogue: Epilogue
  readonly sizes: Shape
  readonly seed: number
}

/** The graph of a contraction with its inputs. */
export const sampleOf = ({ order, epilogue, sizes, seed }: Contracted): Sample => {
  const [left, right] = orders[order].map((axes, at) => input(`${at}`, shapeOf(axes, sizes)))
  const product = reduce('sum', summed(order), map('mul', left, right))
  const turned = Object.fromEntries(Object.entries(product.shape).reverse())
  const others = {
    bias: input('bias', { column: sizes.column }),
    residual: input('residual', product.shape),
    turned: input('turned', turned),
  }
  const root = epilogues[epilogue](
    tensor<string>(product),
    tensor<'column'>(others.bias),
    tensor<string>(others.residual),
    tensor<string>(others.turned),
  ).expr
  const data = (node: Expr, at: number): Float64Array =>
    Float64Array.from(normals(keyOf(seed + at), elements(node.shape)))
  const inputs = { 0: left, 1: right, ...others }
  return { roots: [root], bindings: new Map(Object.entries(inputs).map(([name, node], at) => [name, data(node, at)])) }
}
