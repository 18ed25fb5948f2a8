// The error function in float64, for the reference evaluator: the Maclaurin series near zero and Lentz's continued
// fraction for the complement in the tails (Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.6, 7.1.14).

const seriesLimit = 2.5
const saturation = 6

const series = (x: number): number => {
  const square = x * x
  let term = x
  let total = x
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(total); n += 1) {
    term *= (2 * square) / (2 * n + 1)
    total += term
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-square) * total
}

const complement = (x: number): number => {
  let tail = x
  for (let n = 60; n >= 1; n -= 1) tail = x + n / 2 / tail
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * tail)
}

/** erf(x) to a few units in the last place of float64; NaN for NaN. */
export const erf = (x: number): number => {
  const size = Math.abs(x)
  if (size < seriesLimit || Number.isNaN(x)) return x === 0 || Number.isNaN(x) ? x : series(x)
  return Math.sign(x) * (size > saturation ? 1 : 1 - complement(size))
}
