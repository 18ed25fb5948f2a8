// The DINO loss of the public code over five epochs: its value, its gradient, and the centre after each step.

import { updateCentre } from '../../dino/objective/assignment.ts'
import { dinoLoss } from '../../dino/objective/dino.ts'
import { line } from '../../dino/step/schedules.ts'
import { constant, dense, gradient, run, type Scalar, type Tensor } from '../../lib/index.ts'
import { closeTo } from '../support/closeness.ts'
import { example } from '../support/example.ts'
import { expectRight } from '../support/results.ts'
import { readCase, tensorOf } from './case.ts'
import { closeness, everywhere, withOpened } from './every-executor.ts'

interface Config {
  readonly batch: number
  readonly prototypes: number
  readonly views: number
  readonly globalViews: number
  readonly studentTemp: number
  readonly centerMomentum: number
  readonly warmupTeacherTemp: number
  readonly teacherTemp: number
  readonly warmupTeacherTempEpochs: number
  readonly epochs: number
}

const golden = readCase<Config>('dino-loss')
const { config } = golden
const data = (name: string) => tensorOf(golden, name).data
const temperature = line(config.warmupTeacherTemp, config.teacherTemp, config.warmupTeacherTempEpochs)
const epochs = Array.from({ length: config.epochs }, (_, epoch) => epoch)

interface Inputs {
  readonly student: Tensor<'view' | 'batch' | 'prototype'>
  readonly teacher: Tensor<'global' | 'batch' | 'prototype'>
  readonly centre: Tensor<'prototype'>
}

const step =
  (teacherTemperature: Scalar) =>
  ({ student, teacher, centre }: Inputs) => {
    const loss = dinoLoss({ student: config.studentTemp, teacher: teacherTemperature })(student, teacher, centre)
    return {
      loss,
      gradient: gradient(loss, { student }).student,
      centre: updateCentre(config.centerMomentum)(centre, teacher),
    }
  }

const { batch, views, globalViews, prototypes } = config
const inputs = (epoch: number) => ({
  student: dense({ view: views, batch, prototype: prototypes }, data(`student.${epoch}`)),
  teacher: dense({ global: globalViews, batch, prototype: prototypes }, data(`teacher.${epoch}`)),
  centre: dense({ prototype: prototypes }, data(`center.${epoch}`)),
})

example('the teacher temperature of each epoch', () => {
  closeTo(data('teacherTempSchedule'), epochs.map(temperature), 1e-6)
})

for (const [name, open] of Object.entries(everywhere))
  example(`loss, gradient and centre on ${name}`, () =>
    withOpened(open, async executor => {
      const { value, gradient: slope } = closeness(executor)
      for (const epoch of epochs) {
        const result = await expectRight(run(step(constant(temperature(epoch))))(inputs(epoch))(executor))
        closeTo(data(`loss.${epoch}`), result.loss.data, value, `loss.${epoch}`)
        closeTo(data(`gradStudent.${epoch}`), result.gradient.data, slope, `gradStudent.${epoch}`)
        closeTo(data(`center.${epoch + 1}`), result.centre.data, value, `center.${epoch + 1}`)
      }
    }),
  )
