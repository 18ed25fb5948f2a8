// Whether something happens as often as it should, seen in draws at fixed keys: the same draws in every run, so that a
// bound is kept for ever or broken for ever. The bounds say how unlikely it is that a right program would break them.

import assert from 'node:assert/strict'

/**
 * Fails unless a part of the facts near `probability` is true: within five deviations, which chance exceeds once in a
 * million.
 */
export const asOften = (probability: number, facts: readonly boolean[], name: string): void => {
  const seen = facts.filter(fact => fact).length / facts.length
  const deviation = Math.sqrt((probability * (1 - probability)) / facts.length)
  assert.ok(Math.abs(seen - probability) <= 5 * deviation, `${name}: expected ${probability}, seen ${seen}`)
}

/**
 * Fails unless the values are spread evenly over a range: the part of them below any number is within 3 / sqrt(n) of
 * what it should be, which chance exceeds with probability 2 exp(-18) (Dvoretzky, Kiefer and Wolfowitz; Massart 1990).
 */
export const evenly = ([low, high]: readonly [number, number], values: readonly number[], name: string): void => {
  const bound = 3 / Math.sqrt(values.length)
  const sorted = [...values].sort((left, right) => left - right)
  sorted.forEach((value, at) => {
    const expected = Math.min(Math.max((value - low) / (high - low), 0), 1)
    const off = Math.max(Math.abs(at / sorted.length - expected), Math.abs((at + 1) / sorted.length - expected))
    assert.ok(
      off <= bound,
      `${name}: ${at} of ${sorted.length} are below ${value}, expected ${expected * sorted.length}`,
    )
  })
}
