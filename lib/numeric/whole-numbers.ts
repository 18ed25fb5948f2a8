// Small arithmetic of whole numbers that several parts of the library need.

/** The product of sizes: how many elements, turns or positions they span; 1 for none. */
export const product = (sizes: readonly number[]): number => sizes.reduce((total, size) => total * size, 1)

/** The greatest common divisor, never negative. */
export const commonDivisor = (left: number, right: number): number =>
  right === 0 ? Math.abs(left) : commonDivisor(right, left % right)
