// The effective rank of features, RankMe (Garrido et al. 2023, equations 1 and 2): the number of directions that
// features really use. It is the exponential of the entropy of the singular values of the matrix of features, divided
// by their sum; it needs no labels, and falls when features collapse into few directions.
//
//   features of 64 numbers, all alike: 1; as long in every direction: 64

import { symmetricEigen } from './eigen.ts'
import type { Features } from './neighbours.ts'

/** Added to each part of the sum, as the paper does. */
const smallestPart = 1e-7

/**
 * The inner products of the columns, or of the rows where there are fewer of them: both have the singular values'
 * squares as eigenvalues.
 */
const gram = ({ count, dimensions, data }: Features): { readonly size: number; readonly products: Float64Array } => {
  const wide = count < dimensions
  const [size, length] = wide ? [count, dimensions] : [dimensions, count]
  const [step, stride] = wide ? [dimensions, 1] : [1, dimensions]
  const products = new Float64Array(size * size)
  for (let left = 0; left < size; left += 1)
    for (let right = left; right < size; right += 1) {
      let sum = 0
      for (let at = 0; at < length; at += 1) sum += data[left * step + at * stride] * data[right * step + at * stride]
      products[left * size + right] = sum
      products[right * size + left] = sum
    }
  return { size, products }
}

/**
 * The effective rank, from 1 to the smaller of the number of pictures and of dimensions; it is as if there were no
 * features (1) where all are zero, and NaN where one is not finite. Features are taken as they are, not centred.
 *
 * @example
 * ```ts
 * import { effectiveRank } from 'functional-dino/dino'
 * effectiveRank({ count: 2, dimensions: 2, data: [1, 0, 0, 1] }) // => 2
 * effectiveRank({ count: 2, dimensions: 2, data: [1, 2, 2, 4] }).toFixed(3) // => '1.000'
 * ```
 */
export const effectiveRank = (features: Features): number => {
  const { size, products } = gram(features)
  if (!products.every(Number.isFinite)) return Number.NaN
  const singular = symmetricEigen(size, products).values.map(value => Math.sqrt(Math.max(value, 0)))
  const sum = singular.reduce((total, value) => total + value, 0)
  if (sum === 0) return 1
  const parts = singular.map(value => value / sum + smallestPart)
  return Math.exp(-parts.reduce((total, part) => total + part * Math.log(part), 0))
}
