// Tensors whose values are known on the host: what a law is given. They are tensors like any other, so a law is written
// in the language itself; beside the expression they keep their numbers, for printing, for shrinking and for oracles
// that must not go through the language.

import * as E from 'fp-ts/lib/Either.js'
import { array, compiler, type Scalar, type Sizes, showShapeError, type Tensor } from '../../lib/index.ts'
import type { Shape } from '../../lib/language/axes.ts'
import type { Expr } from '../../lib/language/expression.ts'

/** A tensor with its values, ordered as the axes in `sizes`, the last axis contiguous. */
export interface Given<in out A extends string> extends Tensor<A> {
  readonly sizes: Sizes<A>
  readonly data: Float64Array
}

/** The tensor of these values. */
export const given = <A extends string>(sizes: Sizes<A>, data: ArrayLike<number>): Given<A> => {
  const values = Float64Array.from(data)
  return { ...array(sizes, values), sizes, data: values }
}

/** Every element by its position. */
export const tabulate = <A extends string>(
  sizes: Sizes<A>,
  value: (position: Readonly<Record<A, number>>) => number,
): Given<A> => {
  const axes = Object.keys(sizes) as A[]
  const data = Array.from({ length: compiler.elements(sizes) }, (_, address) => {
    let rest = address
    const position: Partial<Record<A, number>> = {}
    for (const axis of [...axes].reverse()) {
      position[axis] = rest % sizes[axis]
      rest = Math.floor(rest / sizes[axis])
    }
    return value(position as Record<A, number>)
  })
  return given(sizes, data)
}

/** The element at a position. */
export const element = <A extends string>({ sizes, data }: Given<A>, position: Readonly<Record<A, number>>): number => {
  let address = 0
  for (const axis in sizes) address = address * sizes[axis] + position[axis]
  return data[address]
}

/** The elements at `positions` of an axis, in that order: slices, permutations and repetitions, on the host. */
export const pick =
  <K extends string>(axis: K, positions: readonly number[]) =>
  <A extends string>(x: Given<A | K>): Given<A | K> => {
    const sizes: Sizes<A | K> = { ...x.sizes, [axis]: positions.length }
    return tabulate(sizes, position => element(x, { ...position, [axis]: positions[position[axis]] }))
  }

/** The rows of host values: what lies along the last axis of `sizes`. */
export const rowsOf = (sizes: Shape, data: ArrayLike<number>): readonly (readonly number[])[] => {
  const width = Object.values(sizes).at(-1) ?? 1
  return Array.from({ length: data.length / width }, (_, row) =>
    Array.from({ length: width }, (__, at) => data[row * width + at]),
  )
}

/** A function of each element, on the host. */
export const mapped =
  (f: (value: number, address: number) => number) =>
  <A extends string>({ sizes, data }: Given<A>): Given<A> =>
    given(sizes, data.map(f))

/** The roots evaluated in float64. An ill-sized graph is a mistake of the law and throws. */
export const evaluated = (
  roots: readonly Expr[],
  bindings?: ReadonlyMap<string, ArrayLike<number>>,
  orders?: readonly (Shape | undefined)[],
): readonly Float64Array[] => {
  const checked = compiler.check(roots)
  if (E.isLeft(checked)) throw new Error(checked.left.map(showShapeError).join('\n'))
  return compiler.evaluate(roots, bindings, orders)
}

/** The values of a tensor, in the order of `sizes` if given. */
export const numbers = <A extends string>({ expr }: Tensor<A>, sizes?: Sizes<A>): Float64Array =>
  evaluated([expr], undefined, [sizes])[0]

/** The value of a scalar. */
export const number = (x: Scalar): number => numbers(x)[0]

/** Values as nested lists, with at most six digits. */
export const showData = (sizes: Shape, data: ArrayLike<number>): string => {
  let lists = Array.from(data, value => String(Number(value.toPrecision(6))))
  for (const size of Object.values(sizes).reverse()) {
    const rows = Array.from({ length: lists.length / size }, (_, row) => lists.slice(row * size, (row + 1) * size))
    lists = rows.map(row => `[${row.join(', ')}]`)
  }
  return lists.join(', ')
}
