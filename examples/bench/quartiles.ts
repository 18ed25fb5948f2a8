// Medians and quartiles of repeated measurements. A machine's other work only ever makes a run slower, so means
// mislead; medians and quartiles stay where most runs were. Those of 4, 1, 3, 2 are 1.75, 2.5 and 3.25.

/** Repeated measurements in short. */
export interface Summary {
  readonly count: number
  readonly least: number
  readonly lower: number
  readonly median: number
  readonly upper: number
}

/** The value with a `share` of the sorted values below it, linear between two (Hyndman and Fan 1996, type 7). */
export const quantile = (sorted: readonly number[], share: number): number => {
  const place = (sorted.length - 1) * share
  const below = Math.floor(place)
  const above = Math.min(below + 1, sorted.length - 1)
  return sorted[below] + (sorted[above] - sorted[below]) * (place - below)
}

/** The summary of at least one value; of none, all NaN. */
export const summarise = (values: readonly number[]): Summary => {
  const sorted = values.toSorted((left, right) => left - right)
  const at = (share: number): number => (sorted.length === 0 ? Number.NaN : quantile(sorted, share))
  return { count: sorted.length, least: at(0), lower: at(0.25), median: at(0.5), upper: at(0.75) }
}

/** Half the distance between the quartiles, as a part of the median. */
export const spread = ({ lower, median, upper }: Summary): number => (upper - lower) / 2 / median
