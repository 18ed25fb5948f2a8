// For those who come from a tutorial on DINO: its two functions, the loss of a pair of views and the moving average of
// weights, written as tutorials write them, as loops over numbers, beside this project's functions of tensors. Both get
// the same random numbers and give the same results. One thing differs between implementations: whether a global view
// is paired with itself. Tutorials often do it, the public code does not; this project has both, the latter by default.
// Run: npx tsx examples/tutorial-loss.ts

import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { dinoLoss } from '../dino/objective/dino.ts'
import { ema } from '../dino/step/teacher.ts'
import { constant, dense, executors, random, run, showRunError, type Tensor } from '../lib/index.ts'

/** One number for each prototype. */
type Row = readonly number[]

/** Softmax of logits over a temperature; the largest is subtracted first, so that exp does not overflow. */
const softmaxOf = (row: Row, temperature: number): Row => {
  const largest = Math.max(...row)
  const powers = row.map(value => Math.exp((value - largest) / temperature))
  const sum = powers.reduce((total, power) => total + power, 0)
  return powers.map(power => power / sum)
}

/** -softmax((t - c) / 0.04) . log softmax(s / 0.1) of a teacher's view t and a student's view s, mean over images. */
const tutorialLoss = (student: readonly Row[], teacher: readonly Row[], centre: Row): number => {
  const losses = teacher.map((row, image) => {
    const target = softmaxOf(
      row.map((value, prototype) => value - centre[prototype]),
      0.04,
    )
    const predicted = softmaxOf(student[image], 0.1)
    return -target.reduce((sum, p, prototype) => sum + p * Math.log(predicted[prototype]), 0)
  })
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length
}

/** Each weight of the teacher moves a little towards the student's. */
const tutorialEma = (teacher: Row, student: Row, momentum: number): Row =>
  teacher.map((value, at) => momentum * value + (1 - momentum) * student[at])

const [views, globals, batch, prototypes] = [4, 2, 3, 8]
const momentum = 0.996
/** Random logits of both networks, a centre, and four weights of both. */
const given = {
  student: dense(
    { view: views, batch, prototype: prototypes },
    random.normals(random.keyOf(1), views * batch * prototypes),
  ),
  teacher: dense(
    { global: globals, batch, prototype: prototypes },
    random.normals(random.keyOf(2), globals * batch * prototypes),
  ),
  centre: dense({ prototype: prototypes }, random.normals(random.keyOf(3), prototypes)),
  studentWeight: dense({ feature: 4 }, random.normals(random.keyOf(4), 4)),
  teacherWeight: dense({ feature: 4 }, random.normals(random.keyOf(5), 4)),
}

/** The rows of one view, one for each image, out of an array [view, batch, prototype]. */
const viewOf = (data: Float32Array | Float64Array, view: number): readonly Row[] =>
  Array.from({ length: batch }, (_, image) => {
    const start = (view * batch + image) * prototypes
    return Array.from(data.subarray(start, start + prototypes))
  })

/** The mean loss of the pairs of views that count. */
const tutorialTotal = (counts: (global: number, view: number) => boolean): number => {
  const losses: number[] = []
  for (let global = 0; global < globals; global += 1)
    for (let view = 0; view < views; view += 1)
      if (counts(global, view))
        losses.push(
          tutorialLoss(viewOf(given.student.data, view), viewOf(given.teacher.data, global), [...given.centre.data]),
        )
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length
}

const temperatures = { student: constant(0.1), teacher: constant(0.04) }

/** `given` as tensors. */
interface Given {
  readonly student: Tensor<'view' | 'batch' | 'prototype'>
  readonly teacher: Tensor<'global' | 'batch' | 'prototype'>
  readonly centre: Tensor<'prototype'>
  readonly studentWeight: Tensor<'feature'>
  readonly teacherWeight: Tensor<'feature'>
}

/** The same three results by the project's two functions: all pairs of views are one expression. */
const project = ({ student, teacher, centre, studentWeight, teacherWeight }: Given) => ({
  allPairs: dinoLoss(temperatures, 'all')(student, teacher, centre),
  otherViews: dinoLoss(temperatures, 'other views')(student, teacher, centre),
  average: ema(constant(momentum))({ weight: teacherWeight }, { weight: studentWeight }).weight,
})

/** Prints both results, and by how much they differ: by nothing, or by the rounding of float64. */
const show = (name: string, tutorial: Row, own: ArrayLike<number>): void => {
  const difference = Math.max(...tutorial.map((value, at) => Math.abs(value - own[at])))
  const shown = (row: ArrayLike<number>): string => Array.from(row, value => value.toFixed(6)).join(' ')
  console.log(`${name}\n  tutorial  ${shown(tutorial)}\n  project   ${shown(own)}\n  largest difference ${difference}`)
}

const main = pipe(
  run(project)(given)(executors.reference),
  TE.match(
    error => console.error(showRunError(error)),
    ({ allPairs, otherViews, average }) => {
      show('loss, every pair of a global view and a view', [tutorialTotal(() => true)], allPairs.data)
      show('loss, without a view and itself', [tutorialTotal((global, view) => global !== view)], otherViews.data)
      show(
        'moving average of four weights',
        tutorialEma([...given.teacherWeight.data], [...given.studentWeight.data], momentum),
        average.data,
      )
    },
  ),
)

await main()
