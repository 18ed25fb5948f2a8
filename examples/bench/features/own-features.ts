// This project's part of the benchmark of features: class tokens and patch tokens of a ViT-S/14 with random weights,
// and the same network as an ONNX model.

import { extractor } from '../../../dino/evaluate/token-features.ts'
import { backboneOnnx } from '../../../dino/model/backbone-onnx.ts'
import { vit } from '../../../dino/model/vit.ts'
import { dinoForm } from '../../../dino/model/vit-form.ts'
import { publishedSizes } from '../../../dino/model/vit-sizes.ts'
import { emit, executors, initialisers, random } from '../../../lib/index.ts'
import { orThrow } from '../peers/own-executor.ts'

/** Pixels of a side of the images. */
export const size = 224

const key = random.keyOf(1)
const weights = initialisers.initialise(random.fold(key, 'weights'))(
  vit({ ...publishedSizes.small, imageSize: size, patchSize: 14 }),
)

/** Images of noise, each [colour, row, column]. */
export const noise = (count: number): readonly Float32Array[] =>
  Array.from({ length: count }, (_, index) =>
    Float32Array.from(random.normals(random.fold(key, index), 3 * size * size)),
  )

/** The model of the network. */
export const onnxModel = (): Uint8Array =>
  emit.encodeOnnx(backboneOnnx({ backbone: weights, form: dinoForm }, size, {}))

/** Class tokens of batches of so many images, with so many threads. */
export const ownFeatures = async (threads: number, batch: number) => {
  const executor = await orThrow(executors.wasm({ threads }))
  const extract = await orThrow(extractor(weights, dinoForm, { size, batch, patches: true, blocks: [] })(executor))
  return {
    extract: async (images: readonly Float32Array[]): Promise<ArrayLike<number>> => {
      const features = await orThrow(extract(images))
      return features.get('classToken')!.data
    },
    close: executor.close,
  }
}
