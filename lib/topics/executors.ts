// Executors: opening one by its name or by its function, the options of each, and the times of kernels that they
// report.

export { gpu } from '../backend/gpujs/gpujs.ts'
export { type ExecutorOptions, executorNames, openExecutor, surveyExecutors } from '../backend/registry.ts'
export { type WasmOptions, wasm, wasmCompile } from '../backend/wasm/wasm.ts'
export { webgpu } from '../backend/webgpu/webgpu.ts'
export type { Loaded, Values } from '../execute/executor.ts'
export { firstNotFinite, firstNotFiniteIn, type NotFinite } from '../execute/first-not-finite.ts'
export type { KernelKind, KernelTime } from '../execute/kernel-time.ts'
export { reference } from '../execute/reference.ts'
