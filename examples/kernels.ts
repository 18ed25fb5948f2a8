// From mathematics to machine code: the DINO loss as an expression, its gradient as another, the kernels that both become, the
// order in which they run, and what is generated from one of them for gpu.js and for WebAssembly.
// Run: npx tsx examples/kernels.ts

import * as E from 'fp-ts/lib/Either.js'
import { dinoLoss } from '../dino/objective/dino.ts'
import {
  compile,
  constant,
  gradient,
  input,
  planMemory,
  type Scalar,
  showExpressions,
  showGpuSource,
  showKernels,
  showPlan,
  showSchedule,
  showShapeError,
  showWasmText,
  usualCompile,
} from '../lib/index.ts'

const [views, globals, batch, prototypes] = [4, 2, 8, 64]
const student = input('student', { view: views, batch, prototype: prototypes })
const teacher = input('teacher', { global: globals, batch, prototype: prototypes })
const centre = input('centre', { prototype: prototypes })

const loss: Scalar = dinoLoss({ student: constant(0.1), teacher: constant(0.04) })(student, teacher, centre)
const slope = gradient(loss, { student }).student

const section = (title: string, text: string): void => console.log(`\n=== ${title}\n\n${text}`)

section('the loss, an expression', showExpressions([loss.expr]))
section('the loss and its gradient by the logits of the student', showExpressions([loss.expr, slope.expr]))

const compiled = compile(usualCompile)({ outputs: { loss: loss.expr, slope: slope.expr }, carried: {} })
if (E.isLeft(compiled)) console.error(compiled.left.map(showShapeError).join('\n'))
else {
  const program = compiled.right
  section('kernels: loops over indices, with values', showKernels(program))
  section('the schedule', showSchedule(program))
  section('the memory plan', showPlan(program, planMemory(program)))
  section('gpu.js source', showGpuSource(program))
  section('the first kernel as WebAssembly', showWasmText({ ...program, kernels: program.kernels.slice(0, 1) }))
}
