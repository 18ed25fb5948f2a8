// Machines on executors of every kind: what is state, and in which order its axes come back.

import assert from 'node:assert/strict'
import { add, dense, type Executor, executors, machine, type Tensor } from '../../lib/index.ts'
import { example } from '../support/example.ts'
import { expectRight } from '../support/results.ts'

interface State {
  readonly left: Tensor<'row' | 'column'>
  readonly right: Tensor<'row' | 'column'>
  /** Written and never read. */
  readonly total: Tensor<'row' | 'column'>
}

const initial = {
  left: dense({ row: 2, column: 3 }, Float32Array.of(1, 2, 3, 4, 5, 6)),
  right: dense({ column: 3, row: 2 }, Float32Array.of(10, 20, 30, 40, 50, 60)),
  total: dense({ row: 2, column: 3 }, Float32Array.of(7, 7, 7, 7, 7, 7)),
}

const step = ({ left, right }: State) => ({
  state: { left: right, right: left, total: add(right, left) },
  output: {},
})

interface Table {
  readonly sizes: { readonly row: number; readonly column: number }
  readonly data: ArrayLike<number>
}

/** The rows of a table, in whatever order its axes lie in memory. */
const rowsOf = ({ sizes, data }: Table): readonly (readonly number[])[] => {
  const [down, across] = Object.keys(sizes)[0] === 'row' ? [sizes.column, 1] : [1, sizes.row]
  return Array.from({ length: sizes.row }, (_, row) =>
    Array.from({ length: sizes.column }, (_, column) => data[row * down + column * across]),
  )
}

const everyExecutor: readonly (() => Promise<Executor>)[] = [
  async () => executors.reference,
  () => expectRight(executors.wasm({ threads: 'here' })),
  () => expectRight(executors.wasm({ threads: 2 })),
  () => expectRight(executors.gpu('cpu')),
]

for (const open of everyExecutor) {
  const executor = await open()
  example(
    `state has its values in the order of its axes, read by the step or not: ${executor.description}`,
    async () => {
      const { step: once, state } = await expectRight(machine(step, initial, {})(executor))
      const before = await expectRight(state)
      assert.deepEqual(rowsOf(before.total), rowsOf(initial.total))
      assert.deepEqual(rowsOf(before.right), rowsOf(initial.right))
      await expectRight(once({}))
      const after = await expectRight(state)
      assert.deepEqual(rowsOf(after.left), rowsOf(initial.right))
      assert.deepEqual(rowsOf(after.right), rowsOf(initial.left))
      assert.deepEqual(rowsOf(after.total), [
        [11, 32, 53],
        [24, 45, 66],
      ])
      await executor.close()
    },
  )
}
