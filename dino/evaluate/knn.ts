// The weighted nearest-neighbour vote by which DINO judges features (Wu et al. 2018, section 3.4; eval_knn.py). Of a
// query's k nearest features in a labelled bank, by cosine, each votes for its class with the weight exp(cosine /
// temperature); nothing is trained. Neighbours of equal cosine count in the order of the bank, and of classes with
// equal votes the first wins.
//
//   neighbours of classes 3, 5, 5 with cosines 0.9, 0.8, 0.8 at temperature 1: 2.46 votes for 3, 4.45 for 5

import { type Features, nearest } from './neighbours.ts'

/** Features whose classes are known. */
export interface Bank extends Features {
  /** The class of each, from 0. */
  readonly labels: ArrayLike<number>
  readonly classes: number
}

/** How neighbours vote. */
export interface KnnOptions {
  /** How many neighbours vote; all of a smaller bank. */
  readonly k: number
  readonly temperature: number
}

/** The best k of the public code, and its temperature. */
export const usualKnn: KnnOptions = { k: 20, temperature: 0.07 }

/** Votes with weights exp((cosine - origin) / temperature): [query, class]. */
const count = ({ k, temperature }: KnnOptions, bank: Bank, queries: Features, origin: (best: number) => number) => {
  const votes = new Float64Array(queries.count * bank.classes)
  nearest(k, bank, queries).forEach(({ cosines, places }, query) => {
    const from = origin(cosines[0])
    cosines.forEach((cosine, place) => {
      votes[query * bank.classes + bank.labels[places[place]]] += Math.exp((cosine - from) / temperature)
    })
  })
  return votes
}

/** The votes for each class, [query, class]: sums of exp(cosine / temperature) over the k nearest. */
export const knnVotes =
  (bank: Bank, options: KnnOptions = usualKnn) =>
  (queries: Features): Float64Array =>
    count(options, bank, queries, () => 0)

const largestOf = (values: Float64Array): number => {
  let best = 0
  for (let at = 1; at < values.length; at += 1) if (values[at] > values[best]) best = at
  return best
}

/**
 * The class of each query. Votes are counted relative to the nearest neighbour's, so that no temperature is too low.
 */
export const knnPredictions =
  (bank: Bank, options: KnnOptions = usualKnn) =>
  (queries: Features): Int32Array => {
    const votes = count(options, bank, queries, best => best)
    const { classes } = bank
    return Int32Array.from({ length: queries.count }, (_, query) =>
      largestOf(votes.subarray(query * classes, (query + 1) * classes)),
    )
  }

/**
 * The part of the queries, in [0, 1], whose class is the one predicted; NaN for no queries.
 *
 * @example
 * ```ts
 * import { knnAccuracy } from 'functional-dino/dino'
 * const bank = { count: 2, dimensions: 2, data: [1, 0, 0, 1], labels: [0, 1], classes: 2 }
 * const queries = { count: 2, dimensions: 2, data: [2, 1, 1, 3] }
 * knnAccuracy(bank)(queries, [0, 1]) // => 1
 * knnAccuracy(bank)(queries, [0, 0]) // => 0.5
 * ```
 */
export const knnAccuracy =
  (bank: Bank, options: KnnOptions = usualKnn) =>
  (queries: Features, labels: ArrayLike<number>): number => {
    const right = knnPredictions(bank, options)(queries).filter((predicted, query) => predicted === labels[query])
    return right.length / queries.count
  }
