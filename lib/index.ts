// The public face of the tensor language: everything that a program outside `lib` needs, by topic.

export { gpu } from './backend/gpujs/gpujs.ts'
export {
  type ExecutorOptions,
  executorNames,
  openExecutor,
  surveyExecutors,
  withExecutor,
} from './backend/registry.ts'
export { showGpuSource, showWasmText } from './backend/show-generated.ts'
export { type WasmOptions, wasm, wasmCompile } from './backend/wasm/wasm.ts'
export type { Graph } from './compile/checked.ts'
export { type CompileOptions, compile, usualCompile } from './compile/compile.ts'
export { planMemory } from './compile/memory-plan.ts'
export type { Program } from './compile/program.ts'
export { showKernels, showPlan, showSchedule } from './compile/show-program.ts'
export { type RunError, showRunError } from './execute/errors.ts'
export type { Executor, Loaded, Run, Values } from './execute/executor.ts'
export type { KernelKind, KernelTime } from './execute/kernel-time.ts'
export { type Machine, machine, run, type Step, type Stepped, trace } from './execute/machine.ts'
export { reference } from './execute/reference.ts'
export type { Named, Shape, Sizes } from './language/axes.ts'
export { elements, showShape } from './language/axes.ts'
export { evaluate } from './language/evaluate.ts'
export type { Expr } from './language/expression.ts'
export { type ShapeError, showShapeError } from './language/fault.ts'
export * from './language/functions.ts'
export { share } from './language/share.ts'
export { showExpressions } from './language/show.ts'
export * from './language/tensor.ts'
export { valuesOf } from './language/values.ts'
export { check } from './language/walk.ts'
export { simplify } from './transform/simplify.ts'
export * from './tree/differentiate.ts'
export * from './tree/initialise.ts'
export * from './tree/optimise.ts'
export * from './tree/random.ts'
export * from './tree/safetensors.ts'
export { scope } from './tree/scope.ts'
export * from './tree/tree.ts'
