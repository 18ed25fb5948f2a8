// The vision transformer of the public code: class tokens of global and local crops, the last attention, an
// intermediate layer, the resized position embedding, and the gradients of a weighted sum with respect to every
// parameter.

import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import { resizePosition, resizings } from '../../dino/model/position.ts'
import { readBackbone, writeBackbone } from '../../dino/model/public-weights.ts'
import { applyVit, type Image, type Vit, vit } from '../../dino/model/vit.ts'
import { dinoForm } from '../../dino/model/vit-form.ts'
import { add, type Dense, dense, gradient, mul, run, storage, type Tensor, total } from '../../lib/index.ts'
import { closeTo } from '../support/closeness.ts'
import { inOrder } from '../support/dense.ts'
import { example } from '../support/example.ts'
import { expectRight } from '../support/results.ts'
import { readCase, tensorOf } from './case.ts'
import { closeness, everywhere, withOpened } from './every-executor.ts'

interface Config {
  readonly imageSize: number
  readonly patchSize: number
  readonly dim: number
  readonly depth: number
  readonly heads: number
  readonly mlpRatio: number
  readonly localSize: number
}

const golden = readCase<Config>('vit-v1')
const { imageSize, patchSize, dim, depth, heads, mlpRatio, localSize } = golden.config
const sizes = { imageSize, patchSize, features: dim, depth, heads, mlpRatio }
const parameters = readBackbone(vit(sizes), golden.tensors, 'param.')
if (E.isLeft(parameters)) assert.fail(storage.showStoredError(parameters.left))

const images = (name: string): Dense<'batch' | 'colour' | 'row' | 'column'> => {
  const { shape, data } = tensorOf(golden, name)
  return dense({ batch: shape[0], colour: shape[1], row: shape[2], column: shape[3] }, data)
}

const cotangent = (name: string): Dense<'batch' | 'feature'> => {
  const { shape, data } = tensorOf(golden, name)
  return dense({ batch: shape[0], feature: shape[1] }, data)
}

interface Inputs {
  readonly parameters: Vit
  readonly globals: Image<'batch'>
  readonly locals: Image<'batch'>
  readonly globalCotangent: Tensor<'batch' | 'feature'>
  readonly localCotangent: Tensor<'batch' | 'feature'>
}

const grid = (size: number) => ({ rows: size / patchSize, columns: size / patchSize })

const outputs = (inputs: Inputs) => {
  const global = applyVit(inputs.parameters, dinoForm)(inputs.globals)
  const local = applyVit(inputs.parameters, dinoForm)(inputs.locals)
  const weighted = add(
    total(mul(global.classToken, inputs.globalCotangent)),
    total(mul(local.classToken, inputs.localCotangent)),
  )
  return {
    globalCls: global.classToken,
    localCls: local.classToken,
    lastSelfAttention: global.blocks[depth - 1].attention,
    intermediate1: global.tokens,
    localPosEmbed: resizePosition(resizings.dino)(grid(imageSize), grid(localSize))(inputs.parameters.position!),
    gradients: gradient(weighted, inputs.parameters),
  }
}

/** Attention maps have these axes in the public code. */
const attentionAxes = ['batch', 'head', 'token', 'context']

for (const [name, open] of Object.entries(everywhere))
  example(`vit-v1 on ${name}`, () =>
    withOpened(open, async executor => {
      const { value, gradient: slope } = closeness(executor)
      const result = await expectRight(
        run(outputs)({
          parameters: parameters.right,
          globals: images('globalImages'),
          locals: images('localImages'),
          globalCotangent: cotangent('cotangentGlobal'),
          localCotangent: cotangent('cotangentLocal'),
        })(executor),
      )
      for (const tensor of ['globalCls', 'localCls', 'intermediate1', 'localPosEmbed'] as const)
        closeTo(tensorOf(golden, tensor).data, result[tensor].data, value, tensor)
      closeTo(
        tensorOf(golden, 'lastSelfAttention').data,
        inOrder(result.lastSelfAttention, attentionAxes),
        value,
        'lastSelfAttention',
      )
      for (const [tensor, { data }] of writeBackbone(result.gradients, 'grad.'))
        closeTo(tensorOf(golden, tensor).data, data, slope, tensor)
    }),
  )
