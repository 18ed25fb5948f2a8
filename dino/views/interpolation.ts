// Interpolation kernels: functions from the distance of a sample to its weight. Pictures are resized with them, and so
// is the network's position embedding; `cubic(-0.5)(1.5)` is -0.0625.

/** An interpolation kernel: how far it reaches to each side, and its weight at a distance. */
export interface Interpolation {
  readonly reach: number
  readonly weight: (distance: number) => number
}

/**
 * Keys's cubic kernel (Keys 1981, equation 4): the weight of a sample at a distance; `a` is its slope at 1.
 *
 * @example
 * ```ts
 * import { cubic } from 'functional-dino/dino'
 * [0, 0.5, 1, 1.5, 2].map(cubic(-0.5)) // => [1, 0.5625, 0, -0.0625, 0]
 * ```
 */
export const cubic =
  (a: number) =>
  (distance: number): number => {
    const x = Math.abs(distance)
    if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0
  }

/** Antialiased resizing has a = -0.5 (Keys 1981, section IV; Pillow; torch with antialias), not torch's usual -0.75. */
export const bicubic: Interpolation = { reach: 2, weight: cubic(-0.5) }

/** The hat function. */
export const bilinear: Interpolation = { reach: 1, weight: distance => Math.max(0, 1 - Math.abs(distance)) }
