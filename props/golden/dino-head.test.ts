// The projection head of the public code, with fixed and with trained gains: its output, and the gradients of a
// weighted sum of it with respect to its input and its parameters. A fixed gain has none there; here it is 0.

import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import { applyHead, type Head, head } from '../../dino/model/head.ts'
import { readHead, writeHead } from '../../dino/model/public-weights.ts'
import { dense, gradient, mul, run, storage, type Tensor, total } from '../../lib/index.ts'
import { closeTo } from '../support/closeness.ts'
import { example } from '../support/example.ts'
import { expectRight } from '../support/results.ts'
import { readCase, tensorOf } from './case.ts'
import { closeness, everywhere, withOpened } from './every-executor.ts'

interface Config {
  readonly inDim: number
  readonly hiddenDim: number
  readonly bottleneckDim: number
  readonly outDim: number
  readonly layers: number
  readonly normLastLayer: boolean
}

interface Inputs {
  readonly parameters: Head
  readonly x: Tensor<'sample' | 'feature'>
  readonly cotangent: Tensor<'sample' | 'prototype'>
}

const outputs =
  (normLastLayer: boolean) =>
  ({ parameters, x, cotangent }: Inputs) => {
    const y = applyHead(parameters, normLastLayer)(x)
    return { y, gradients: gradient(total(mul(y, cotangent)), { parameters, x }) }
  }

for (const name of ['dino-head-frozen-g', 'dino-head-free-g']) {
  const golden = readCase<Config>(name)
  const { inDim, hiddenDim, bottleneckDim, outDim, layers, normLastLayer } = golden.config
  const tree = head({ features: inDim, hidden: hiddenDim, bottleneck: bottleneckDim, prototypes: outDim, layers })
  const parameters = readHead(tree, golden.tensors, 'param.')
  if (E.isLeft(parameters)) assert.fail(storage.showStoredError(parameters.left))
  const [x, cotangent] = ['x', 'cotangent'].map(tensor => tensorOf(golden, tensor))
  const sample = x.shape[0]
  const inputs = {
    parameters: parameters.right,
    x: dense({ sample, feature: inDim }, x.data),
    cotangent: dense({ sample, prototype: outDim }, cotangent.data),
  }
  for (const [executorName, open] of Object.entries(everywhere))
    example(`${name} on ${executorName}`, () =>
      withOpened(open, async executor => {
        const { value, gradient: slope } = closeness(executor)
        const { y, gradients } = await expectRight(run(outputs(normLastLayer))(inputs)(executor))
        closeTo(tensorOf(golden, 'y').data, y.data, value, 'y')
        closeTo(tensorOf(golden, 'gradX').data, gradients.x.data, slope, 'gradX')
        for (const [tensor, { data }] of writeHead(gradients.parameters, 'grad.'))
          if (normLastLayer && tensor.endsWith('weight_g'))
            assert.ok(
              data.every(value => value === 0),
              `${tensor} is frozen`,
            )
          else closeTo(tensorOf(golden, tensor).data, data, slope, tensor)
      }),
    )
}
