// The backbone as ONNX: with the weights of the golden case, ONNX Runtime computes the class tokens of the public code
// and the tokens that the executors here compute, for images of the size in training and for smaller ones.

import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import { backboneOnnx } from '../../dino/model/backbone-onnx.ts'
import { readBackbone } from '../../dino/model/public-weights.ts'
import { applyVit, type Image, type Vit, vit } from '../../dino/model/vit.ts'
import { dense, executors, run, storage } from '../../lib/index.ts'
import { readCase, tensorOf } from '../golden/case.ts'
import { closeTo } from '../support/closeness.ts'
import { runModel, runtimeExample } from '../support/onnx-runtime.ts'
import { expectRight } from '../support/results.ts'

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
const read = readBackbone(
  vit({ imageSize, patchSize, features: dim, depth, heads, mlpRatio }),
  golden.tensors,
  'param.',
)
if (E.isLeft(read)) assert.fail(storage.showStoredError(read.left))
const backbone = read.right

const tokens = ({ parameters, images }: { readonly parameters: Vit; readonly images: Image<'batch'> }) => {
  const { classToken, patches, tokens: all } = applyVit(parameters)(images)
  return { classToken, patches, all }
}

const tolerance = 1e-5

for (const [views, size] of [
  ['global', imageSize],
  ['local', localSize],
] as const)
  runtimeExample(`the backbone in ONNX Runtime, ${views} crops`, async () => {
    const { shape, data } = tensorOf(golden, `${views}Images`)
    const [batch, colour, row, column] = shape
    const images = dense({ batch, colour, row, column }, data)
    const wasm = await expectRight(executors.wasm({ threads: 'here' }))
    const own = await expectRight(run(tokens)({ parameters: backbone, images })(wasm))
    await wasm.close()
    const one = data.slice(0, data.length / batch)
    const model = backboneOnnx(backbone, size, { steps: '0' })
    const [all, single] = await runModel(
      model,
      { pixel_values: { dims: shape, data } },
      { pixel_values: { dims: [1, ...shape.slice(1)], data: one } },
    )
    const patches = (size / patchSize) ** 2
    assert.deepEqual([...all.class_token.dims], [batch, dim])
    assert.deepEqual([...all.patch_tokens.dims], [batch, patches, dim])
    closeTo(tensorOf(golden, `${views}Cls`).data, all.class_token.data, tolerance, 'class token of the public code')
    closeTo(own.classToken.data, all.class_token.data, tolerance, 'class token')
    closeTo(own.patches.data, all.patch_tokens.data, tolerance, 'patch tokens')
    closeTo(own.all.data, all.last_hidden_state.data, tolerance, 'all tokens')
    closeTo(own.classToken.data.subarray(0, dim), single.class_token.data, tolerance, 'class token of one image')
  })
