// gpu.js in its mode webasm as a competitor: for contractions the kernel that its own documentation begins with, one
// sum for each element; for the step this project's executor of that mode.

import { createRequire } from 'node:module'
import { executors } from '../../../lib/index.ts'
import { answerJob, type Peer } from './answer-job.ts'
import { executorPeer, orThrow } from './own-executor.ts'

const source = `function (left, right) {
  let sum = 0
  for (let k = 0; k < this.constants.inner; k++) {
    sum += left[this.thread.z][this.thread.y][k] * right[this.thread.z][k][this.thread.x]
  }
  return sum
}`

type Rows = readonly (readonly Float32Array[])[]

/** The part of gpu.js that is used; its own declarations do not know the mode. */
interface Library {
  readonly GPU: new (settings: {
    readonly mode: string
  }) => {
    readonly createKernel: (source: string, settings: object) => (...operands: readonly object[]) => Rows
    readonly destroy: () => Promise<void>
  }
  readonly Input: new (values: Float32Array, dimensions: readonly number[]) => object
}

const { GPU, Input }: Library = createRequire(import.meta.url)('gpu.js')

const contraction: Peer['contraction'] = async (left, right) => {
  const [[batch, rows, inner], [, , columns]] = [left.shape, right.shape]
  const gpu = new GPU({ mode: 'webasm' })
  const kernel = gpu.createKernel(source, { output: [columns, rows, batch], constants: { inner } })
  const operands = [left, right].map(({ data, shape: [z, y, x] }) => new Input(data, [x, y, z]))
  let product: Rows = []
  return {
    run: async () => {
      product = kernel(...operands)
    },
    result: async () => product.flatMap(matrix => matrix.flatMap(row => [...row])),
    close: () => gpu.destroy(),
  }
}

await answerJob(async () => {
  const executor = await orThrow(executors.gpu('webasm'))
  return { ...executorPeer(executor), contraction, about: `gpu.js webasm: ${executor.description}` }
})
