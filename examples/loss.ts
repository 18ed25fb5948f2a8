// A loss of your own: a function from tensors to a scalar. Here a student's predictions over prototypes are compared
// with a teacher's by cross-entropy. The types say which axes each tensor has; softmax over an axis that is not there,
// or a loss with an axis left over, does not compile. The fastest executor of this machine computes it: 0.456.
// Run: npx tsx examples/loss.ts

import * as E from 'fp-ts/lib/Either.js'
import {
  dense,
  dot,
  logSoftmax,
  mean,
  neg,
  run,
  type Scalar,
  scope,
  showRunError,
  softmax,
  stopGradient,
  type Tensor,
  withExecutor,
} from '../lib/index.ts'

interface Logits {
  readonly student: Tensor<'batch' | 'prototype'>
  readonly teacher: Tensor<'batch' | 'prototype'>
}

const distillation = ({ student, teacher }: Logits): Scalar => {
  const target = stopGradient(softmax('prototype', 0.04)(teacher))
  return mean('batch')(neg(dot('prototype')(target, logSoftmax('prototype', 0.1)(student))))
}

const logits = {
  student: dense({ batch: 2, prototype: 3 }, Float32Array.of(0.1, 0.2, 0.3, 0.2, 0, 0.1)),
  teacher: dense({ batch: 2, prototype: 3 }, Float32Array.of(0.1, 0.1, 0.3, 0.3, 0, 0.2)),
}

const loss = await withExecutor('auto')(run(scope('distillation')(distillation))(logits))()
console.log(E.isRight(loss) ? loss.right.data[0] : showRunError(loss.left))
