// Executors by name and one by one, what they are opened with, and the times of kernels that they tell.

export { gpu } from '../backend/gpujs/gpujs.ts'
export { type ExecutorOptions, executorNames, openExecutor, surveyExecutors } from '../backend/registry.ts'
export { type WasmOptions, wasm, wasmCompile } from '../backend/wasm/wasm.ts'
export type { Loaded, Values } from '../execute/executor.ts'
export type { KernelKind, KernelTime } from '../execute/kernel-time.ts'
export { reference } from '../execute/reference.ts'
