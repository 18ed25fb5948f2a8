// The public face of the tensor language. What every program is written in stands here by itself: tensors and their
// operations, derivatives, and running them. The rest is by topic, each topic a name:
//
//   import { add, dot, optimisers, random, type Tensor } from 'functional-dino'
//   const step = optimisers.adamw()        const key = random.keyOf(1)

export { withExecutor } from './backend/registry.ts'
export { type RunError, showRunError } from './execute/errors.ts'
export type { Executor, Run } from './execute/executor.ts'
export { type Machine, machine, run, type Step, type Stepped } from './execute/machine.ts'
export * from './language/activations.ts'
export type { Named, Shape, Sizes } from './language/axes.ts'
export { type ShapeError, showShapeError } from './language/fault.ts'
export * from './language/functions.ts'
export * from './language/tensor.ts'
export { valuesOf } from './language/values-of.ts'
export * as compiler from './topics/compiler.ts'
export * as emit from './topics/emit.ts'
export * as executors from './topics/executors.ts'
export * as initialisers from './topics/initialisers.ts'
export * as optimisers from './topics/optimisers.ts'
export * as storage from './topics/storage.ts'
export * as trees from './topics/trees.ts'
export * from './tree/differentiate.ts'
export * as random from './tree/random.ts'
export { scope } from './tree/scope.ts'
export { type As, type Dense, dense, denseScalar, type Spec, spec } from './tree/tree.ts'
