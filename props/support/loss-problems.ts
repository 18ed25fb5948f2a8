// The DINO loss in plain loops on the host, an oracle that does not go through the language; and problems for its laws:
// logits of the student's and the teacher's views, a centre, and the temperatures of the field.

import type * as fc from 'fast-check'
import { dinoLoss, type Pairing } from '../../dino/objective/dino.ts'
import type { Scalar } from '../../lib/index.ts'
import { problem, reals } from './arbitrary.ts'
import { type Given, rowsOf } from './tensors.ts'
import { largest, lossTolerance } from './tolerance.ts'

const pairings: readonly Pairing[] = ['other views', 'all']

/** Two global views and up to two more; logits and centre within plus and minus 8. */
export const losses = problem({
  dims: { view: [2, 4], global: [2, 2], batch: [1, 4], prototype: [2, 8] },
  tensors: {
    student: reals('view', 'batch', 'prototype'),
    teacher: reals('global', 'batch', 'prototype'),
    centre: reals('prototype'),
  },
  choices: {
    studentTemperature: [1, 0.5, 0.1],
    teacherTemperature: [1, 0.25, 0.07, 0.04],
    pairing: pairings,
  },
})

/** One such problem. */
export type LossProblem = typeof losses extends fc.Arbitrary<infer P> ? P : never

/** A problem with some of it replaced; what a law changes must fit the rest. */
export interface LossParts {
  readonly student: Given<'view' | 'batch' | 'prototype'>
  readonly teacher: Given<'global' | 'batch' | 'prototype'>
  readonly centre: Given<'prototype'>
  readonly studentTemperature: number
  readonly teacherTemperature: number
  readonly pairing: Pairing
}

/** The loss of a problem. */
export const lossOf = (p: LossParts): Scalar => {
  const temperatures = { student: p.studentTemperature, teacher: p.teacherTemperature }
  return dinoLoss(temperatures, p.pairing)(p.student, p.teacher, p.centre)
}

type Rows = readonly (readonly number[])[]

const sumOf = (values: readonly number[]): number => values.reduce((left, right) => left + right, 0)

/** log of softmax(z). */
const logProbabilities = (z: readonly number[]): readonly number[] => {
  const most = Math.max(...z)
  const whole = Math.log(sumOf(z.map(value => Math.exp(value - most))))
  return z.map(value => value - most - whole)
}

/** -sum of p log p, 0 where p is 0. */
export const entropyOf = (p: readonly number[]): number =>
  -sumOf(p.map(value => (value > 0 ? value * Math.log(value) : 0)))

/** What the loss is made of, in plain loops: rows are views, then images. */
export interface Plain {
  readonly loss: number
  /** The teacher's distributions, a row for each global view and image. */
  readonly targets: Rows
  /** The student's, a row for each view and image. */
  readonly predictions: Rows
  readonly logPredictions: Rows
  /** Pairs of a global view and a view that count. */
  readonly pairs: readonly (readonly [global: number, view: number])[]
}

/** The loss of a problem, from its definition. */
export const plainLoss = (p: LossParts): Plain => {
  const { view, batch } = p.student.sizes
  const sharpened = (row: readonly number[]) => row.map((t, k) => (t - p.centre.data[k]) / p.teacherTemperature)
  const exponentials = (rows: Rows): Rows => rows.map(row => row.map(Math.exp))
  const targets = exponentials(rowsOf(p.teacher.sizes, p.teacher.data).map(row => logProbabilities(sharpened(row))))
  const logPredictions = rowsOf(p.student.sizes, p.student.data).map(row =>
    logProbabilities(row.map(s => s / p.studentTemperature)),
  )
  const every = Array.from({ length: p.teacher.sizes.global * view }, (_, at): [number, number] => [
    Math.floor(at / view),
    at % view,
  ])
  const pairs = every.filter(([global, own]) => p.pairing === 'all' || global !== own)
  const ofPair = ([global, own]: readonly [number, number]) =>
    Array.from({ length: batch }, (_, image) => {
      const logs = logPredictions[own * batch + image]
      return -sumOf(targets[global * batch + image].map((q, k) => q * logs[k]))
    })
  const loss = sumOf(pairs.flatMap(ofPair)) / (pairs.length * batch)
  return { loss, targets, predictions: exponentials(logPredictions), logPredictions, pairs }
}

/** What the loss's tolerance depends on. */
export const conditionOf = (p: LossParts, value = plainLoss(p).loss) => ({
  student: largest(p.student.data) / p.studentTemperature,
  teacher: (largest(p.teacher.data) + largest(p.centre.data)) / p.teacherTemperature,
  prototypes: p.centre.sizes.prototype,
  terms: p.student.data.length * p.teacher.sizes.global,
  value,
})

/** How far rounding may move the loss of a problem. */
export const toleranceOf = (p: LossParts): number => lossTolerance(conditionOf(p))
