// Nearest neighbours by cosine, found exactly: every query is compared with every row of the bank. Rows are normalised
// once, and four queries at a time are compared with a row, so that a few thousand queries and rows take about a
// second. Neighbours of equal cosine come in the order of the rows.

/**
 * Features of pictures: [picture, feature] in memory order. They need not have length 1; the cosine of a row of
 * zeros with any other is 0.
 */
export interface Features {
  /** How many pictures. */
  readonly count: number
  /** How many numbers for each. */
  readonly dimensions: number
  readonly data: ArrayLike<number>
}

/** The smallest length that a feature is divided by (torch.nn.functional.normalize). */
const smallestLength = 1e-12

/** Rows of length 1. */
const unitRows = ({ count, dimensions, data }: Features): Float64Array => {
  const rows = new Float64Array(count * dimensions)
  for (let start = 0; start < rows.length; start += dimensions) {
    let square = 0
    for (let at = start; at < start + dimensions; at += 1) square += data[at] * data[at]
    const length = Math.max(Math.sqrt(square), smallestLength)
    for (let at = start; at < start + dimensions; at += 1) rows[at] = data[at] / length
  }
  return rows
}

/** The nearest rows of one query, nearest first: their cosines and their places. */
export interface Nearest {
  readonly cosines: Float64Array
  readonly places: Int32Array
}

/** Lets the entry in if it is nearer than the last; it comes after entries of the same cosine. */
const admit = ({ cosines, places }: Nearest, cosine: number, place: number): void => {
  const last = cosines.length - 1
  if (!(cosine > cosines[last])) return
  let low = 0
  let high = last
  while (low < high) {
    const middle = (low + high) >> 1
    if (cosine > cosines[middle]) high = middle
    else low = middle + 1
  }
  cosines.copyWithin(low + 1, low, last)
  places.copyWithin(low + 1, low, last)
  cosines[low] = cosine
  places[low] = place
}

/** Queries whose cosines are taken at once: each row of the bank is then read a fourth as often. */
const together = 4

/** The cosines of four queries, from place `query` on in `queries`, with the row of the bank that begins at `row`. */
const cosinesOf = (
  into: Float64Array,
  queries: Float64Array,
  query: number,
  rows: Float64Array,
  row: number,
  dimensions: number,
) => {
  const [second, third, fourth] = [query + dimensions, query + 2 * dimensions, query + 3 * dimensions]
  let [sum0, sum1, sum2, sum3] = [0, 0, 0, 0]
  for (let at = 0; at < dimensions; at += 1) {
    const value = rows[row + at]
    sum0 += value * queries[query + at]
    sum1 += value * queries[second + at]
    sum2 += value * queries[third + at]
    sum3 += value * queries[fourth + at]
  }
  into[0] = sum0
  into[1] = sum1
  into[2] = sum2
  into[3] = sum3
}

/** The k nearest rows of the bank for each query; `k` is brought into 1, ..., the number of rows. */
export const nearest = (k: number, bank: Features, queries: Features): readonly Nearest[] => {
  const { dimensions } = bank
  const neighbours = Math.min(Math.max(Math.floor(k), 1), bank.count)
  const rows = unitRows(bank)
  const padded = new Float64Array(Math.ceil(queries.count / together) * together * dimensions)
  padded.set(unitRows(queries))
  const found = Array.from({ length: padded.length / dimensions }, () => ({
    cosines: new Float64Array(neighbours).fill(Number.NEGATIVE_INFINITY),
    places: new Int32Array(neighbours),
  }))
  const cosines = new Float64Array(together)
  for (let query = 0; query < queries.count; query += together)
    for (let place = 0; place < bank.count; place += 1) {
      cosinesOf(cosines, padded, query * dimensions, rows, place * dimensions, dimensions)
      for (let one = 0; one < together; one += 1) admit(found[query + one], cosines[one], place)
    }
  return found.slice(0, queries.count)
}
