// TensorFlow.js with its WebAssembly backend as a competitor. It has threads for browsers only: here its workers run on
// threads of Node. It takes half of the cores that it sees, so it is shown twice the threads that it is to use.

import os from 'node:os'
import { answerJob, type Peer } from './answer-job.ts'
import { installWorkers } from './browser-workers.ts'
import { loadTensorFlow, type TensorFlow } from './tensorflow-library.ts'
import { trainingStep } from './tensorflow-step.ts'

const contraction =
  (tf: TensorFlow): Peer['contraction'] =>
  async (left, right) => {
    const [a, b] = [left, right].map(({ data, shape }) => tf.tensor(data, shape))
    let product = a.matMul(b)
    return {
      run: async () => {
        product.dispose()
        product = a.matMul(b)
      },
      result: async () => product.dataSync(),
      close: async () => {
        for (const tensor of [a, b, product]) tensor.dispose()
      },
    }
  }

await answerJob(async ({ threads }) => {
  if (threads > 1) {
    installWorkers(threads)
    const [core] = os.cpus()
    os.cpus = () => Array.from({ length: 2 * threads }, () => core)
  }
  const { tf, backend } = loadTensorFlow()
  if (threads > 1) {
    tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', true)
    backend.setThreadsCount(threads)
  }
  if (!(await tf.setBackend('wasm'))) throw new Error('its wasm backend did not start')
  if (backend.getThreadsCount() !== threads)
    throw new Error(`it runs ${backend.getThreadsCount()} threads, not ${threads}`)
  return {
    about: `TensorFlow.js ${tf.version_core}, wasm backend, ${threads} threads`,
    contraction: contraction(tf),
    step: async beginning => trainingStep(tf, beginning),
  }
})
