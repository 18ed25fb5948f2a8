// ONNX Runtime's part of the benchmark of features: a model's class tokens, batch by batch.

import { createRequire } from 'node:module'
import * as E from 'fp-ts/lib/Either.js'

interface RuntimeTensor {
  readonly data: Float32Array
}

interface Session {
  readonly run: (feeds: Readonly<Record<string, RuntimeTensor>>) => Promise<Readonly<Record<string, RuntimeTensor>>>
  readonly release: () => Promise<void>
}

/** The parts of the package that are used. */
export interface Runtime {
  readonly InferenceSession: { readonly create: (model: Uint8Array, options: object) => Promise<Session> }
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => RuntimeTensor
}

/** The package, or how to get it: it has 291 MB, and is installed only by those who ask for it. */
export const findRuntime = (): E.Either<string, Runtime> =>
  E.tryCatch(
    () => createRequire(import.meta.url)('onnxruntime-node') as Runtime,
    () => 'ONNX Runtime is not here: npm install --no-save --ignore-scripts onnxruntime-node@1.30.0',
  )

/** Class tokens of images, batch after batch, with so many threads. */
export const runtimeFeatures =
  ({ InferenceSession, Tensor }: Runtime, model: Uint8Array) =>
  async (threads: number, size: number) => {
    const session = await InferenceSession.create(model, { logSeverityLevel: 3, intraOpNumThreads: threads })
    const extract = async (images: Float32Array): Promise<Float32Array> => {
      const dims = [images.length / (3 * size * size), 3, size, size]
      const { class_token } = await session.run({ pixel_values: new Tensor('float32', images, dims) })
      return class_token.data
    }
    return { extract, close: session.release.bind(session) }
  }
