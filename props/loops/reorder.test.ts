// The loops of a reduction go from the longest stride to the shortest, and nothing else changes.

import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { counter } from '../../lib/loops/affine.ts'
import { runKernel } from '../../lib/loops/interpret.ts'
import type { Kernel } from '../../lib/loops/kernel.ts'
import { longestStrideOutermost } from '../../lib/loops/reorder.ts'
import { showKernel } from '../../lib/loops/show-kernel.ts'
import { permutation } from '../../lib/tree/random.ts'
import { sameData, sameNumbers } from '../support/compare.ts'
import { example } from '../support/example.ts'
import { law } from '../support/law.ts'

/** Row sums of a buffer whose other axes are summed in the order that `seed` decides. */
const rowSums = (sizes: readonly number[], seed: number): Kernel => {
  const order = Array.from(permutation([seed, 3], sizes.length))
  const axes = sizes.map((size, axis) => counter(1 + order.indexOf(axis), size))
  return {
    inputs: [[3, ...sizes]],
    loops: [3],
    reduction: {
      operation: 'sum',
      loops: order.map(axis => sizes[axis]),
      body: [
        { kind: 'load', input: 0, at: [counter(0, 3), ...axes] },
        { kind: 'ramp', index: axes[0] },
        { kind: 'apply', operation: 'mul', operands: [0, 1] },
      ],
    },
    body: [{ kind: 'accumulated' }],
  }
}

const shapes = fc.array(fc.integer({ min: 2, max: 4 }), { minLength: 1, maxLength: 4 })

law(
  'the loops end up in the order of the buffer, and sums are the same',
  fc.tuple(shapes, fc.nat()),
  ([sizes, seed]) => {
    const kernel = rowSums(sizes, seed)
    const reordered = longestStrideOutermost(kernel)
    const memory = [Float64Array.from({ length: 3 * sizes.reduce((all, size) => all * size, 1) }, (_, at) => at % 19)]
    const [before, after] = [new Float64Array(3), new Float64Array(3)]
    runKernel(kernel)(memory, before)
    runKernel(reordered)(memory, after)
    return [
      sameData('a second time', longestStrideOutermost(reordered), reordered),
      sameData('loops', reordered.reduction?.loops, sizes),
      sameNumbers(after, before),
    ]
  },
)

example('a sum down the columns of a buffer becomes one along its rows', () => {
  const kernel: Kernel = {
    inputs: [[3, 8]],
    loops: [],
    reduction: {
      operation: 'sum',
      loops: [8, 3],
      body: [{ kind: 'load', input: 0, at: [counter(1, 3), counter(0, 8)] }],
    },
    body: [{ kind: 'accumulated' }],
  }
  assert.match(showKernel(kernel), /sum over i0 < 8, i1 < 3:\n +r0 = input0\[i1, i0\]/)
  assert.match(showKernel(longestStrideOutermost(kernel)), /sum over i0 < 3, i1 < 8:\n +r0 = input0\[i0, i1\]/)
})
