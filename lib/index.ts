// The public face of the tensor language: everything that a program outside `lib` needs, by topic.

export type { Graph } from './compile/graph.ts'
export { plan } from './compile/plan.ts'
export { showKernels, showPlan, showSchedule } from './compile/print.ts'
export { compile, type Options, type Program, usual } from './compile/program.ts'
export { type RunError, showRunError } from './execute/errors.ts'
export type { Executor, Loaded, Run, Values } from './execute/executor.ts'
export {
  type ExecutorOptions,
  executorNames,
  openExecutor,
  surveyExecutors,
  withExecutor,
} from './execute/executors.ts'
export { gpu } from './execute/gpu/executor.ts'
export type { KernelKind, KernelTime } from './execute/kernel-time.ts'
export { type Machine, machine, run, type Step, type Stepped, trace } from './execute/machine.ts'
export { showGpuSource, showWasmText } from './execute/print.ts'
export { reference } from './execute/reference.ts'
export { type WasmOptions, wasm, wasmCompile } from './execute/wasm/executor.ts'
export type { Named, Shape, Sizes } from './language/axes.ts'
export { elements, showShape } from './language/axes.ts'
export { evaluate } from './language/evaluate.ts'
export type { Expr } from './language/expression.ts'
export { type ShapeError, showShapeError } from './language/fault.ts'
export * from './language/functions.ts'
export { check } from './language/graph.ts'
export { showExpressions } from './language/print.ts'
export { share } from './language/share.ts'
export { simplify } from './language/simplify.ts'
export * from './language/tensor.ts'
export * from './tree/differentiate.ts'
export * from './tree/initialise.ts'
export * from './tree/optimise.ts'
export * from './tree/random.ts'
export * from './tree/safetensors.ts'
export { scope } from './tree/scope.ts'
export * from './tree/tree.ts'
