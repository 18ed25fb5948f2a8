// Textures: a pattern gives for each point of a surface how much of the second of two colours is there.

/** Red, green and blue in [0, 1]. */
export type Colour = readonly [red: number, green: number, blue: number]

/** A pattern of two colours: its scale is how often it repeats in a unit of length. */
export interface Texture {
  readonly pattern: PatternName
  readonly colours: readonly [Colour, Colour]
  readonly scale: number
  /** Radians. */
  readonly angle: number
  /** The seed of the grain, a whole number. */
  readonly seed: number
}

/** How much of the second colour is at a point, in [0, 1]; a period is 1. */
type Pattern = (x: number, y: number, seed: number) => number

const between = (low: number, high: number, part: number): number => low + (high - low) * part

/** A number in [0, 1) for each point of a grid, well mixed (the finaliser of MurmurHash3). */
const lattice = (x: number, y: number, seed: number): number => {
  let hash = Math.imul(x, 374761393) ^ Math.imul(y, 668265263) ^ Math.imul(seed, 2246822519)
  hash = Math.imul(hash ^ (hash >>> 16), 2246822507)
  hash = Math.imul(hash ^ (hash >>> 13), 3266489909)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}

const smooth = (part: number): number => part * part * (3 - 2 * part)

const fraction = (value: number): number => value - Math.floor(value)

/** Value noise: numbers on a grid, smoothly between. */
const grain: Pattern = (x, y, seed) => {
  const [column, row] = [Math.floor(x), Math.floor(y)]
  const [across, down] = [smooth(x - column), smooth(y - row)]
  const upper = between(lattice(column, row, seed), lattice(column + 1, row, seed), across)
  const lower = between(lattice(column, row + 1, seed), lattice(column + 1, row + 1, seed), across)
  return between(upper, lower, down)
}

const patterns = {
  plain: () => 0,
  stripes: x => (fraction(x) < 0.5 ? 0 : 1),
  checks: (x, y) => (Math.floor(2 * x) + Math.floor(2 * y)) & 1,
  dots: (x, y) => ((fraction(x) - 0.5) ** 2 + (fraction(y) - 0.5) ** 2 < 0.09 ? 1 : 0),
  ripples: (x, y) => (fraction(Math.sqrt(x * x + y * y)) < 0.5 ? 0 : 1),
  grain,
} as const satisfies Readonly<Record<string, Pattern>>

/** The name of a pattern. */
export type PatternName = keyof typeof patterns

/** The names of all patterns. */
export const patternNames = Object.keys(patterns) as readonly PatternName[]

/** The colour of a texture at a point of its surface. */
export const colourAt = ({ pattern, colours: [first, second], scale, angle, seed }: Texture) => {
  const weigh: Pattern = patterns[pattern]
  const [cosine, sine] = [scale * Math.cos(angle), scale * Math.sin(angle)]
  return (x: number, y: number): Colour => {
    const part = weigh(cosine * x + sine * y, cosine * y - sine * x, seed)
    return [between(first[0], second[0], part), between(first[1], second[1], part), between(first[2], second[2], part)]
  }
}
