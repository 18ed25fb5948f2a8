// The vision transformers of DINOv2 as Hugging Face's Dinov2Model computes them, with LayerScale, and one each with
// registers and with SwiGLU: all tokens, the class token and the last attention of square images, and all tokens of a
// wide one, for which positions are resized. Weights come by Hugging Face's names, every one of them, and go out again.

import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import { huggingfaceBackbone } from '../../dino/model/huggingface-names.ts'
import { readNamed, writeNamed } from '../../dino/model/naming.ts'
import { type Resizing, resizings } from '../../dino/model/position.ts'
import { applyVit, type Image, type Vit, vit } from '../../dino/model/vit.ts'
import { type Dense, dense, run, storage } from '../../lib/index.ts'
import { closeTo } from '../support/closeness.ts'
import { inOrder } from '../support/dense.ts'
import { example } from '../support/example.ts'
import { expectRight } from '../support/results.ts'
import { type Case, readCase, tensorOf } from './case.ts'
import { closeness, everywhere, withOpened } from './every-executor.ts'

interface Config {
  readonly imageSize: number
  readonly patchSize: number
  readonly dim: number
  readonly depth: number
  readonly heads: number
  readonly mlpRatio: number
  readonly registers: number
  readonly swiglu: boolean
  readonly layerScale: boolean
}

const images = (golden: Case<Config>, name: string): Dense<'batch' | 'colour' | 'row' | 'column'> => {
  const { shape, data } = tensorOf(golden, name)
  return dense({ batch: shape[0], colour: shape[1], row: shape[2], column: shape[3] }, data)
}

interface Inputs {
  readonly parameters: Vit
  readonly square: Image<'batch'>
  readonly wide: Image<'batch'>
}

const outputs =
  (depth: number, resizing: Resizing) =>
  ({ parameters, square, wide }: Inputs) => {
    const see = applyVit(parameters, { resizing })
    const { tokens, classToken, blocks } = see(square)
    return {
      lastHiddenState: tokens,
      cls: classToken,
      attention: blocks[depth - 1].attention,
      wideHiddenState: see(wide).tokens,
    }
  }

/** The axes of each tensor there, in order. */
const axes = {
  lastHiddenState: ['batch', 'token', 'feature'],
  cls: ['batch', 'feature'],
  attention: ['batch', 'head', 'token', 'context'],
  wideHiddenState: ['batch', 'token', 'feature'],
} as const

for (const name of ['vit-v2', 'vit-v2-registers', 'vit-v2-swiglu']) {
  const golden = readCase<Config>(name)
  const { dim, depth, heads, mlpRatio, imageSize, patchSize, registers, swiglu, layerScale } = golden.config
  const feedForward = swiglu ? 'swiglu' : 'perceptron'
  const tree = vit({
    ...{ imageSize, patchSize, features: dim, depth, heads, mlpRatio, registers, feedForward },
    layerScale: layerScale ? 1 : 0,
    maskToken: true,
  })
  const names = huggingfaceBackbone(feedForward)
  const parameters = readNamed(names)(tree, golden.tensors, 'param.')
  if (E.isLeft(parameters)) assert.fail(`${name}: ${storage.showStoredError(parameters.left)}`)
  const resizing = registers > 0 ? resizings['dinov2 with registers'] : resizings.huggingface

  example(`${name}: weights go out as they came in`, () => {
    const written = writeNamed(names)(parameters.right, 'param.')
    for (const [tensor, { shape, data }] of written) {
      assert.deepEqual(shape, tensorOf(golden, tensor).shape, tensor)
      assert.deepEqual(data, tensorOf(golden, tensor).data, tensor)
    }
    const own = [...golden.tensors.keys()].filter(tensor => tensor.startsWith('param.'))
    assert.deepEqual([...written.keys()].toSorted(), own.toSorted())
  })

  for (const [executorName, open] of Object.entries(everywhere))
    example(`${name} on ${executorName}`, () =>
      withOpened(open, async executor => {
        const result = await expectRight(
          run(outputs(depth, resizing))({
            parameters: parameters.right,
            square: images(golden, 'images'),
            wide: images(golden, 'wideImages'),
          })(executor),
        )
        for (const [tensor, order] of Object.entries(axes) as [keyof typeof axes, readonly string[]][])
          closeTo(tensorOf(golden, tensor).data, inOrder(result[tensor], order), closeness(executor).value, tensor)
      }),
    )
}
