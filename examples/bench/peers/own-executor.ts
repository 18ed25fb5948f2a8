// This project's executors in the benchmark: a contraction is a machine whose state are both matrices and their
// product, so that nothing but the product is computed in a run, and a step is the step that `dino train` takes.

import {
  type Dense,
  dense,
  dot,
  type Executor,
  machine,
  type RunError,
  showRunError,
  type Tensor,
} from '../../../lib/index.ts'
import type { Beginning, Plain } from '../cases/beginning.ts'
import type { Peer, Runnable, RunnableContraction } from './answer-job.ts'
import { ownStep } from './own-step.ts'

type Outcome<A> = () => Promise<
  { readonly _tag: 'Left'; readonly left: RunError } | { readonly _tag: 'Right'; readonly right: A }
>

/** The value of a task, or its error thrown: `answerJob` reports it. */
export const orThrow = async <A>(task: Outcome<A>): Promise<A> => {
  const outcome = await task()
  if (outcome._tag === 'Left') throw new Error(showRunError(outcome.left))
  return outcome.right
}

interface Matrices {
  readonly left: Tensor<'batch' | 'row' | 'inner'>
  readonly right: Tensor<'batch' | 'inner' | 'column'>
  readonly product: Tensor<'batch' | 'row' | 'column'>
}

const contraction =
  (executor: Executor) =>
  async (left: Plain, right: Plain): Promise<RunnableContraction> => {
    const [batch, row, inner] = left.shape
    const column = right.shape[2]
    const multiply = machine(
      ({ left, right }: Matrices) => ({ state: { left, right, product: dot('inner')(left, right) }, output: {} }),
      {
        left: dense({ batch, row, inner }, left.data),
        right: dense({ batch, inner, column }, right.data),
        product: dense({ batch, row, column }, new Float32Array(batch * row * column)),
      },
      {},
    )
    const { step, state } = await orThrow(multiply(executor))
    return {
      run: async () => {
        await orThrow(step({}))
      },
      result: async () => {
        const { product }: { readonly product: Dense<'batch' | 'row' | 'column'> } = await orThrow(state)
        return product.data
      },
      close: async () => undefined,
    }
  }

const training =
  (executor: Executor) =>
  async (beginning: Beginning): Promise<Runnable<number>> => {
    const { step: own, state, inputAt } = ownStep(beginning.step)
    const { step } = await orThrow(machine(own, state, inputAt(0))(executor))
    let turn = 0
    return {
      run: async () => {
        const { loss } = await orThrow(step(inputAt(turn)))
        turn += 1
        return loss.data[0]
      },
      close: async () => undefined,
    }
  }

/** An executor as a competitor. */
export const executorPeer = (executor: Executor): Peer => ({
  about: `${executor.name}: ${executor.description}`,
  contraction: contraction(executor),
  step: training(executor),
})
