// The compiler, pass by pass: graphs and their checks, sharing and simplification, the compiled program and its memory
// plan, and each of these forms as text.

export { showGpuSource, showWasmText } from '../backend/show-generated.ts'
export type { Graph } from '../compile/checked.ts'
export { type CompileOptions, compile, usualCompile } from '../compile/compile.ts'
export { planMemory } from '../compile/memory-plan.ts'
export type { Program } from '../compile/program.ts'
export { showKernels, showPlan, showSchedule } from '../compile/show-program.ts'
export { type Traced, trace } from '../execute/machine.ts'
export { elements, showShape } from '../language/axes.ts'
export { evaluate } from '../language/evaluate.ts'
export type { Expr } from '../language/expression.ts'
export { type Place, placesOf, showPlace } from '../language/places.ts'
export { share } from '../language/share.ts'
export { showExpressions } from '../language/show.ts'
export { check } from '../language/walk.ts'
export { simplify } from '../transform/simplify.ts'
