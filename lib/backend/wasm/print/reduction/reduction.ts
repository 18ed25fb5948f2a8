// From a nest that reduces to a function, in one of two ways. `across.ts`: lanes hold neighbouring results, and each
// runs over all terms. `along.ts`: lanes hold neighbouring terms of one result, in several accumulators that are
// combined at the end. Either way the order of summation depends on the kernel only, never on how many threads share
// it.
//
//   column sums of a 64 x 64 buffer: across      row sums of it: along

import { accessesOf } from '../../../../loops/accesses.ts'
import type { Nest } from '../../../../loops/nest.ts'
import type { Arithmetic } from '../../code/vector.ts'
import type { Written } from '../../frame/kernel-function.ts'
import { cheapestLoop, laneCost } from '../../frame/lane-choice.ts'
import { across } from './across.ts'
import { along } from './along.ts'

/** A kernel with a reduction that is no contraction. */
export const reduction = (name: string, inputs: number, nest: Nest, arithmetic: Arithmetic): Written => {
  const accesses = nest.reduction!.parts.flatMap(part => accessesOf(part.body))
  const loop = cheapestLoop([nest.output, ...accesses], nest.outer, 0)
  const acrossCost = laneCost([...accesses], loop, nest.outer[loop])
  const alongCosts = nest.reduction!.parts.map(part => {
    if (part.loops.length === 0) return Number.POSITIVE_INFINITY
    const own = accessesOf(part.body)
    const best = cheapestLoop(own, part.loops, nest.outer.length)
    return laneCost(own, best, part.loops[best - nest.outer.length])
  })
  return Math.max(...alongCosts) < acrossCost
    ? along(name, inputs, nest, arithmetic)
    : across(name, inputs, nest, loop, arithmetic)
}
