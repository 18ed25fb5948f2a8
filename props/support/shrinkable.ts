// A custom arbitrary in two functions: how to draw a value, and which values are simpler than a given one, simplest
// first. fast-check's own arrays shrink element by element and know nothing of axes; a tensor or a graph knows much
// better what is simple. Values are immutable and carry their own text, so they are printed short and shrink without
// any context.

import * as fc from 'fast-check'

/** How to draw a value and how to simplify it. */
export interface Simplified<T> {
  readonly draw: (random: fc.Random) => T
  /**
   * Simpler values, boldest first; each must be strictly simpler in some well-founded order, so that shrinking ends.
   */
  readonly simpler: (value: T) => Generator<T>
  readonly show: (value: T) => string
}

class Shrinkable<T extends object> extends fc.Arbitrary<T> {
  private readonly how: Simplified<T>

  constructor(how: Simplified<T>) {
    super()
    this.how = how
  }

  private wrap(value: T): fc.Value<T> {
    const show = { value: () => this.how.show(value), enumerable: false }
    return new fc.Value(Object.defineProperty({ ...value }, fc.toStringMethod, show), undefined)
  }

  private *simpler(value: T): Generator<fc.Value<T>> {
    for (const simpler of this.how.simpler(value)) yield this.wrap(simpler)
  }

  override generate(random: fc.Random): fc.Value<T> {
    return this.wrap(this.how.draw(random))
  }

  override canShrinkWithoutContext(value: unknown): value is T {
    return typeof value === 'object' && value !== null
  }

  override shrink(value: T): fc.Stream<fc.Value<T>> {
    return fc.stream(this.simpler(value))
  }
}

/** The arbitrary of a way to draw and to simplify. */
export const shrinkable = <T extends object>(how: Simplified<T>): fc.Arbitrary<T> => new Shrinkable(how)

/** One of `options`, each as likely as the others. */
export const oneOf = <T>(random: fc.Random, options: readonly T[]): T => options[random.nextInt(0, options.length - 1)]

/** True once in `times`. */
export const onceIn = (random: fc.Random, times: number): boolean => random.nextInt(1, times) === 1

const withRest = (data: Float64Array, positions: readonly number[], rest: number): Float64Array => {
  const copy = data.slice()
  for (const at of positions) copy[at] = rest
  return copy
}

/** Above this many elements that differ from `rest`, single elements are not tried: halving comes first. */
const fewElements = 24

/** The same data with more of it at `rest`: all, halves, quarters, single elements; then rounder values. */
export function* simplerData(data: Float64Array, rest: number): Generator<Float64Array> {
  const live = [...data.keys()].filter(at => data[at] !== rest)
  for (let size = live.length; size >= 1; size = size > 1 ? Math.ceil(size / 2) : 0)
    if (size > 1 || live.length <= fewElements)
      for (let at = 0; at < live.length; at += size) yield withRest(data, live.slice(at, at + size), rest)
  if (live.length > fewElements) return
  for (const at of live)
    for (const rounder of [1, Math.trunc(data[at])])
      if (rounder !== data[at] && rounder !== 0 && rounder !== rest && data[at] !== 1)
        yield withRest(data, [at], rounder)
}
