// TensorFlow.js, loaded at run time and described here as far as it is used, so that the types check without its
// packages.

import { createRequire } from 'node:module'

/** A tensor, with operations as methods. */
export interface Tensor {
  readonly shape: readonly number[]
  readonly add: (other: Tensor | number) => Tensor
  readonly sub: (other: Tensor | number) => Tensor
  readonly mul: (other: Tensor | number) => Tensor
  readonly div: (other: Tensor | number) => Tensor
  readonly minimum: (other: Tensor | number) => Tensor
  readonly maximum: (other: Tensor | number) => Tensor
  readonly matMul: (other: Tensor, transposeLeft?: boolean, transposeRight?: boolean) => Tensor
  readonly concat: (other: Tensor, axis: number) => Tensor
  readonly reshape: (shape: readonly number[]) => Tensor
  readonly transpose: (axes: readonly number[]) => Tensor
  readonly slice: (begin: readonly number[], size: readonly number[]) => Tensor
  readonly tile: (repetitions: readonly number[]) => Tensor
  readonly unstack: (axis: number) => readonly Tensor[]
  readonly mean: (axes?: readonly number[], keep?: boolean) => Tensor
  readonly sum: (axes?: readonly number[], keep?: boolean) => Tensor
  readonly square: () => Tensor
  readonly sqrt: () => Tensor
  readonly erf: () => Tensor
  readonly neg: () => Tensor
  readonly softmax: () => Tensor
  readonly logSoftmax: () => Tensor
  readonly dataSync: () => Float32Array
  readonly dispose: () => void
}

/** A tensor that changes. */
export interface Variable extends Tensor {
  readonly assign: (value: Tensor) => void
}

/** The part of the library that is used. */
export interface TensorFlow {
  readonly disposeVariables: () => void
  readonly version_core: string
  readonly tensor: (data: Float32Array, shape: readonly number[]) => Tensor
  readonly scalar: (value: number) => Tensor
  readonly zerosLike: (x: Tensor) => Tensor
  readonly variable: (value: Tensor, trainable: boolean, name: string) => Variable
  readonly variableGrads: (
    loss: () => Tensor,
    variables: readonly Variable[],
  ) => { readonly value: Tensor; readonly grads: Readonly<Record<string, Tensor>> }
  readonly tidy: <T>(work: () => T) => T
  readonly env: () => { readonly set: (flag: string, value: boolean) => void }
  readonly setBackend: (name: string) => Promise<boolean>
}

/** The part of its WebAssembly backend that is used. */
export interface WasmBackend {
  readonly setThreadsCount: (threads: number) => void
  readonly getThreadsCount: () => number
}

/** Loads the core and the backend; whatever the backend is to find must be in place before. */
export const loadTensorFlow = (): { readonly tf: TensorFlow; readonly backend: WasmBackend } => {
  const load = createRequire(import.meta.url)
  const core = load('@tensorflow/tfjs-core')
  load('@tensorflow/tfjs-core/dist/register_all_gradients.js')
  load('@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js')
  return { tf: core, backend: load('@tensorflow/tfjs-backend-wasm') }
}
