// Backbones as ONNX: with the weights of the golden cases, ONNX Runtime computes the tokens of the public code, for a
// batch and for one image of it. The cases are DINO's transformer, on global crops and on local ones, for which
// positions are resized, and DINOv2's: with LayerScale, with registers, with SwiGLU.

import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import { backboneOnnx, type FormedBackbone } from '../../dino/model/backbone-onnx.ts'
import { huggingfaceBackbone } from '../../dino/model/huggingface-names.ts'
import { type Naming, readNamed } from '../../dino/model/naming.ts'
import { resizings } from '../../dino/model/position.ts'
import { dinoBackbone } from '../../dino/model/public-weights.ts'
import { applyVit, type Image, type Vit, type VitSizes, vit } from '../../dino/model/vit.ts'
import { dinoForm, type VitForm } from '../../dino/model/vit-form.ts'
import { type Dense, dense, executors, run, storage } from '../../lib/index.ts'
import { type Case, readCase, tensorOf } from '../golden/case.ts'
import { closeTo } from '../support/closeness.ts'
import { type Fed, runModel, runtimeExample } from '../support/onnx-runtime.ts'
import { expectRight } from '../support/results.ts'

interface Config {
  readonly imageSize: number
  readonly patchSize: number
  readonly dim: number
  readonly depth: number
  readonly heads: number
  readonly mlpRatio: number
  readonly registers?: number
  readonly swiglu?: boolean
  readonly layerScale?: boolean
}

const tolerance = 1e-5

const sizesOf = ({ dim, registers = 0, swiglu = false, layerScale = false, ...sizes }: Config): VitSizes => ({
  ...sizes,
  features: dim,
  registers,
  feedForward: swiglu ? 'swiglu' : 'perceptron',
  layerScale: layerScale ? 1 : 0,
})

const backboneOf = (golden: Case<Config>, sizes: VitSizes, naming: Naming, form: VitForm): FormedBackbone => {
  const read = readNamed(naming)(vit(sizes), golden.tensors, 'param.')
  return E.isRight(read) ? { backbone: read.right, form } : assert.fail(storage.showStoredError(read.left))
}

/** The tokens that an executor here computes. */
const ownTokens = async ({ backbone, form }: FormedBackbone, images: Dense<'batch' | 'colour' | 'row' | 'column'>) => {
  const wasm = await expectRight(executors.wasm({ threads: 'here' }))
  const tokens = ({ parameters, image }: { readonly parameters: Vit; readonly image: Image<'batch'> }) => {
    const { classToken, patches, tokens: all } = applyVit(parameters, form)(image)
    return { class_token: classToken, patch_tokens: patches, last_hidden_state: all }
  }
  const own = await expectRight(run(tokens)({ parameters: backbone, image: images })(wasm))
  await wasm.close()
  return own
}

/** Compares ONNX Runtime with an executor here and with what is expected; the latter by the names of the outputs. */
const compared = async (formed: FormedBackbone, { shape, data }: storage.StoredTensor, expected: object) => {
  const [batch, colour, row, column] = shape
  const model = backboneOnnx(formed, row, { steps: '0' })
  const runs = [batch, 1].map(count => {
    const images: Fed = { dims: [count, colour, row, column], data: data.slice(0, (count * data.length) / batch) }
    return { pixel_values: images }
  })
  const [all, one] = await runModel(model, ...runs)
  const own = await ownTokens(formed, dense({ batch, colour, row, column }, data))
  for (const [name, { sizes, data: values }] of Object.entries(own)) {
    assert.deepEqual([...all[name].dims], Object.values(sizes), name)
    closeTo(values, all[name].data, tolerance, `${name} of an executor here`)
    closeTo(values.subarray(0, one[name].data.length), one[name].data, tolerance, `${name} of one image`)
  }
  for (const [name, tensor] of Object.entries(expected) as [string, storage.StoredTensor][])
    closeTo(tensor.data, all[name].data, tolerance, `${name} of the public code`)
}

const first = readCase<Config>('vit-v1')

for (const views of ['global', 'local'])
  runtimeExample(`vit-v1 in ONNX Runtime, ${views} crops`, () =>
    compared(backboneOf(first, sizesOf(first.config), dinoBackbone, dinoForm), tensorOf(first, `${views}Images`), {
      class_token: tensorOf(first, `${views}Cls`),
    }),
  )

for (const name of ['vit-v2', 'vit-v2-registers', 'vit-v2-swiglu'])
  runtimeExample(`${name} in ONNX Runtime`, () => {
    const golden = readCase<Config>(name)
    const { registers = 0, swiglu = false } = golden.config
    const resizing = registers > 0 ? resizings['dinov2 with registers'] : resizings.huggingface
    const sizes = { ...sizesOf(golden.config), maskToken: true }
    const naming = huggingfaceBackbone(swiglu ? 'swiglu' : 'perceptron')
    return compared(backboneOf(golden, sizes, naming, { resizing }), tensorOf(golden, 'images'), {
      class_token: tensorOf(golden, 'cls'),
      last_hidden_state: tensorOf(golden, 'lastHiddenState'),
    })
  })
