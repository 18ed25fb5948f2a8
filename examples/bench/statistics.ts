// Medians and spread of repeated measurements. A machine's other work only ever makes a run slower, so means mislead;
// the median and the quartiles stay where most runs were.

/** Repeated measurements in short. */
export interface Summary {
  readonly count: number
  readonly least: number
  readonly lower: number
  readonly median: number
  readonly upper: number
}

/**
 * The value below which the part `share` of sorted values lies, between two of them linearly (Hyndman and Fan, type 7).
 */
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
