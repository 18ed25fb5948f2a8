// jax-js with its wasm device as a competitor. With one thread it computes where it is called; with more its workers
// run on threads of Node.

import { answerJob, type Peer } from './answer-job.ts'
import { installWorkers } from './browser-workers.ts'
import { type Jax, loadJax } from './jax-library.ts'
import { trainingStep } from './jax-step.ts'
import { switchOnRelaxed } from './relaxed-simd.ts'

const contraction =
  (jax: Jax): Peer['contraction'] =>
  async (left, right) => {
    const { numpy: np } = jax
    const single = left.shape[0] === 1
    const [a, b] = [left, right].map(({ data, shape }) => np.array(data).reshape(single ? shape.slice(1) : shape))
    let product = np.matmul(a.ref, b.ref)
    return {
      run: async () => {
        product.dispose()
        product = await jax.blockUntilReady(np.matmul(a.ref, b.ref))
      },
      result: () => product.ref.data(),
      close: async () => {
        for (const value of [a, b, product]) value.dispose()
      },
    }
  }

await answerJob(async ({ threads, fused }) => {
  const relaxed = fused && switchOnRelaxed()
  if (threads > 1) installWorkers(threads)
  const jax = await loadJax()
  return {
    about: `jax-js, wasm, ${threads} threads, ${relaxed ? 'relaxed SIMD' : 'no relaxed SIMD'}`,
    contraction: contraction(jax),
    step: async beginning => trainingStep(jax, beginning),
  }
})
