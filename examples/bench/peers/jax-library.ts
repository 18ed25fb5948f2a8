// jax-js, loaded at run time and described here as far as it is used, so that the types check without its package. An
// operation uses its operands up: an array that is needed again is passed as `x.ref`.

/** An array. */
export interface Value {
  readonly shape: readonly number[]
  /** The array once more. */
  readonly ref: Value
  readonly dispose: () => void
  readonly add: (other: Value | number) => Value
  readonly sub: (other: Value | number) => Value
  readonly mul: (other: Value | number) => Value
  readonly div: (other: Value | number) => Value
  readonly neg: () => Value
  readonly reshape: (shape: readonly number[]) => Value
  readonly transpose: (axes?: readonly number[]) => Value
  readonly sum: (axis?: number | null, options?: { readonly keepdims: boolean }) => Value
  readonly mean: (axis?: number | null, options?: { readonly keepdims: boolean }) => Value
  readonly slice: (...at: readonly (number | readonly [] | readonly [number, number])[]) => Value
  readonly data: () => Promise<Float32Array>
}

/** Arrays by name. */
export type Values = Readonly<Record<string, Value>>

/** The part of the library that is used. */
export interface Jax {
  readonly init: (device: string) => Promise<readonly string[]>
  readonly defaultDevice: (device: string) => void
  readonly blockUntilReady: <T>(tree: T) => Promise<T>
  readonly jit: <A extends readonly unknown[], R>(f: (...values: A) => R) => (...values: A) => R
  readonly valueAndGrad: <A extends readonly unknown[]>(f: (...values: A) => Value) => (...values: A) => [Value, A[0]]
  readonly tree: { readonly ref: <T>(tree: T) => T }
  readonly lax: { readonly stopGradient: (x: Value) => Value }
  readonly nn: {
    readonly gelu: (x: Value, options: { readonly approximate: boolean }) => Value
    readonly softmax: (x: Value, axis: number) => Value
    readonly logSoftmax: (x: Value, axis: number) => Value
  }
  readonly numpy: {
    readonly array: (data: Float32Array) => Value
    readonly matmul: (left: Value, right: Value) => Value
    readonly sqrt: (x: Value) => Value
    readonly square: (x: Value) => Value
    readonly reciprocal: (x: Value) => Value
    readonly minimum: (left: Value, right: Value | number) => Value
    readonly maximum: (left: Value, right: Value | number) => Value
    readonly concatenate: (parts: readonly Value[], axis: number) => Value
    readonly broadcastTo: (x: Value, shape: readonly number[]) => Value
    readonly zeros: (shape: readonly number[]) => Value
  }
}

/** Loads the library; threads and relaxed SIMD must be in place before, if they are wanted. */
export const loadJax = async (): Promise<Jax> => {
  const name = '@jax-js/jax'
  const jax: Jax = await import(name)
  if (!(await jax.init('wasm')).includes('wasm')) throw new Error('its wasm device did not start')
  jax.defaultDevice('wasm')
  return jax
}
