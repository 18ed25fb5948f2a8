// The loop of a nest that lanes run along: the one that makes most accesses contiguous and wastes the fewest lanes.
//
//   output[i0, i1] = input0[i1, i0], i0 < 64, i1 < 2: lanes along loop 0, as half of those along loop 1 would be wasted

import { scalars } from '../../../language/scalar.ts'
import type { Affine, NestInstruction } from '../../../loops/nest.ts'
import { lanesPerVector } from '../code/value.ts'

/** The cost of reading or writing along a loop: repeated or contiguous floats are cheap, scattered ones are not. */
const costAlong = (affine: Affine, loop: number): number => {
  const stride = affine.strides[loop]
  return stride === 0 ? 0.5 : stride === 1 ? 1 : 5
}

/** How well lanes along `loop` would do: less is better. */
export const laneCost = (affines: readonly Affine[], loop: number, size: number): number => {
  const waste = (Math.ceil(size / lanesPerVector) * lanesPerVector) / size
  return waste * affines.reduce((total, affine) => total + costAlong(affine, loop), 0)
}

/** The loop of `sizes`, numbered from `first`, along which lanes do best; of equals the innermost. */
export const cheapestLoop = (affines: readonly Affine[], sizes: readonly number[], first: number): number => {
  let best = -1
  let least = Number.POSITIVE_INFINITY
  sizes.forEach((size, at) => {
    const cost = laneCost(affines, first + at, size)
    if (cost <= least) [best, least] = [first + at, cost]
  })
  return best
}

/** How many vectors of a row to compute in one turn of its loop: more of what is short. */
export const unrollFor = (body: readonly NestInstruction[]): number => {
  const isHeavy = body.some(instruction => instruction.kind === 'apply' && scalars[instruction.operation].heavy)
  if (isHeavy || body.length > 20) return 1
  return body.length <= 8 ? 4 : 2
}
