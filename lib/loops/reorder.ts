// The loops of a reduction in another order, from the longest stride to the shortest, so that the innermost one walks
// along the memory of the buffer that is read most widely. Sums and maxima may run over their elements in any order;
// this one is chosen once, for every target.
//
//   sum over i1 < 8, i2 < 3: input0[i2, i1]        becomes        sum over i1 < 3, i2 < 8: input0[i1, i2]

import { counter, flatten, substitute } from './affine.ts'
import { type Index, stridesOf } from './indices.ts'
import { type Instruction, type Kernel, type KernelReduction, type Loop, loadsOf, reducedLoops } from './kernel.ts'

/** The largest stride of each loop in any load. */
const strideIn = ({ inputs, reduction }: Kernel): ((loop: Loop) => number) => {
  const loads = loadsOf(reduction?.body ?? []).map(({ input, at }) => stridesOf(flatten(inputs[input], at)))
  return ({ number }) => Math.max(0, ...loads.map(strides => Math.abs(strides?.get(number) ?? 0)))
}

const reindexed = (block: readonly Instruction[], to: (index: Index) => Index): readonly Instruction[] =>
  block.map(instruction => {
    switch (instruction.kind) {
      case 'load':
        return { ...instruction, at: instruction.at.map(to) }
      case 'ramp':
        return { ...instruction, index: to(instruction.index) }
      case 'inside':
        return { ...instruction, index: to(instruction.index), value: reindexed(instruction.value, to) }
      default:
        return instruction
    }
  })

/** The reduction with its loops in another order; the first of them keeps its number, the others follow it. */
const withLoops = ({ operation, body }: KernelReduction, loops: readonly Loop[], first: number): KernelReduction => {
  const numbers = new Map(loops.map(({ number }, at) => [number, first + at]))
  const to = (index: Index): Index => substitute(index, (loop, size) => counter(numbers.get(loop) ?? loop, size))
  return { operation, loops: loops.map(({ size }) => size), body: reindexed(body, to) }
}

/** The same kernel, its reduction running over the loop of the longest stride outermost. */
export const longestStrideOutermost = (kernel: Kernel): Kernel => {
  const { loops, reduction } = kernel
  if (reduction === undefined || reduction.loops.length < 2) return kernel
  const own = reducedLoops(kernel)
  const strideOf = strideIn(kernel)
  const sorted = [...own].sort((left, right) => strideOf(right) - strideOf(left))
  if (sorted.every((loop, at) => loop === own[at])) return kernel
  return { ...kernel, reduction: withLoops(reduction, sorted, loops.length) }
}
