// How close numbers must come to golden ones: relative to the largest entry of a tensor.

/** Where two arrays differ most; NaN counts as an infinite difference. */
const worst = (
  expected: ArrayLike<number>,
  actual: ArrayLike<number>,
): { readonly at: number; readonly by: number } => {
  let found = { at: 0, by: 0 }
  for (let at = 0; at < expected.length; at += 1) {
    const difference = Math.abs(expected[at] - actual[at])
    const by = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference
    if (by > found.by) found = { at, by }
  }
  return found
}

/**
 * Fails unless every entry of `actual` is within `tolerance` times the largest entry of `expected` of what is expected.
 */
export const closeTo = (
  expected: ArrayLike<number>,
  actual: ArrayLike<number>,
  tolerance: number,
  label = 'tensor',
): void => {
  if (actual.length !== expected.length)
    throw new Error(`${label}: expected ${expected.length} entries, came ${actual.length}`)
  const largest = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const { at, by } = worst(expected, actual)
  if (by <= tolerance * largest) return
  throw new Error(
    `${label}: entry ${at} expected ${expected[at]}, came ${actual[at]}; ` +
      `the difference is ${(by / largest).toPrecision(3)} of the largest entry, allowed is ${tolerance}`,
  )
}
