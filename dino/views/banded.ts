// Banded matrices: every target position is a weighted sum of a few neighbouring source positions. Cropping, mirroring,
// resizing and blurring along one axis are such matrices, and to do one after the other is to multiply them.
//
//   5 positions resized to 3, then mirrored        is one 3 x 5 matrix, its rows in reverse

/** A matrix that is 0 outside a band: row `target` holds `width` weights, of the sources from `first[target]` on. */
export interface Banded {
  readonly targets: number
  readonly sources: number
  /** Weights in each row, at most `sources`. */
  readonly width: number
  readonly first: Int32Array
  /** [target, place in the band] */
  readonly weights: Float64Array
}

/** A matrix of zeros for its maker to fill: where each band begins, then its weights. A band is cut to `sources`. */
export const blank = (targets: number, sources: number, width: number): Banded => {
  const breadth = Math.min(width, sources)
  return {
    targets,
    sources,
    width: breadth,
    first: new Int32Array(targets),
    weights: new Float64Array(targets * breadth),
  }
}

/** The source at which a band begins that should begin at `from` and must stay within the sources. */
export const beginning = ({ sources, width }: Banded, from: number): number =>
  Math.min(Math.max(from, 0), sources - width)

/** The same matrix with the weights of each row divided by their sum. */
export const normaliseRows = (matrix: Banded): Banded => {
  const { width } = matrix
  const weights = new Float64Array(matrix.weights.length)
  for (let start = 0; start < weights.length; start += width) {
    let total = 0
    for (let at = start; at < start + width; at += 1) total += matrix.weights[at]
    for (let at = start; at < start + width; at += 1) weights[at] = matrix.weights[at] / total
  }
  return { ...matrix, weights }
}

/** `length` of `sources` positions, from `start` on: a crop. */
export const window = (sources: number, start: number, length: number): Banded => {
  const matrix = blank(length, sources, 1)
  for (let target = 0; target < length; target += 1) matrix.first[target] = start + target
  matrix.weights.fill(1)
  return matrix
}

/** All positions in reverse: a flip. */
export const mirror = (sources: number): Banded => {
  const matrix = window(sources, 0, sources)
  matrix.first.reverse()
  return matrix
}

/** The first source that `count` rows from `start` on read. */
const lowest = ({ first }: Banded, start: number, count: number): number => {
  let least = first[start]
  for (let row = start + 1; row < start + count; row += 1) least = Math.min(least, first[row])
  return least
}

/** One more than the last source that `count` rows from `start` on read. */
const highest = ({ first, width }: Banded, start: number, count: number): number => {
  let most = first[start]
  for (let row = start + 1; row < start + count; row += 1) most = Math.max(most, first[row])
  return most + width
}

/** The first source that a matrix reads at all, and the one after the last. */
export const reachOf = (matrix: Banded): readonly [from: number, to: number] => [
  lowest(matrix, 0, matrix.targets),
  highest(matrix, 0, matrix.targets),
]

/** A matrix of zeros with the bands that a product needs. */
const bandsOfProduct = (outer: Banded, inner: Banded): Banded => {
  let width = 0
  for (let target = 0; target < outer.targets; target += 1) {
    const start = outer.first[target]
    width = Math.max(width, highest(inner, start, outer.width) - lowest(inner, start, outer.width))
  }
  const product = blank(outer.targets, inner.sources, width)
  for (let target = 0; target < outer.targets; target += 1)
    product.first[target] = beginning(product, lowest(inner, outer.first[target], outer.width))
  return product
}

/** The matrix product: first `inner`, then `outer`, whose sources are the targets of `inner`. */
export const compose = (outer: Banded, inner: Banded): Banded => {
  const product = bandsOfProduct(outer, inner)
  for (let target = 0; target < outer.targets; target += 1)
    for (let place = 0; place < outer.width; place += 1) {
      const middle = outer.first[target] + place
      const weight = outer.weights[target * outer.width + place]
      let into = target * product.width + inner.first[middle] - product.first[target]
      let from = middle * inner.width
      for (const end = from + inner.width; from < end; from += 1, into += 1)
        product.weights[into] += weight * inner.weights[from]
    }
  return product
}
