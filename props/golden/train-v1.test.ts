// The training loop of the public code, from given parameters and crops: every loss, and at the end the student, the
// teacher and the centre. In float32 the parameters may stray by a few hundredths: AdamW divides by the root of a
// squared gradient, and where that gradient is zero in exact arithmetic (the key bias of attention) what is left of it
// is rounding.

import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import { type Network, network } from '../../dino/model/network.ts'
import { readBackbone, readHead, writeBackbone, writeHead } from '../../dino/model/public-weights.ts'
import { dinoForm } from '../../dino/model/vit-form.ts'
import { type Centre, centred } from '../../dino/objective/assignment.ts'
import { dino } from '../../dino/objective/dino.ts'
import { dinoGroups } from '../../dino/step/parameter-groups.ts'
import { cosine, line } from '../../dino/step/schedules.ts'
import { firstState, type State } from '../../dino/step/state.ts'
import { type StepInput, type StepOutput, trainStep } from '../../dino/step/step.ts'
import { type As, type Dense, dense, denseScalar, machine, optimisers, storage } from '../../lib/index.ts'
import { closeTo } from '../support/closeness.ts'
import { example } from '../support/example.ts'
import { expectRight } from '../support/results.ts'
import { readCase, tensorOf } from './case.ts'
import { everywhere, withOpened } from './every-executor.ts'

interface Config {
  readonly imageSize: number
  readonly patchSize: number
  readonly dim: number
  readonly depth: number
  readonly heads: number
  readonly localViews: number
  readonly batch: number
  readonly prototypes: number
  readonly hiddenDim: number
  readonly bottleneckDim: number
  readonly normLastLayer: boolean
  readonly iterationsPerEpoch: number
  readonly epochs: number
  readonly lr: readonly [number, number]
  readonly warmupEpochs: number
  readonly weightDecay: readonly [number, number]
  readonly momentum: readonly [number, number]
  readonly clipGrad: number
  readonly freezeLastLayerEpochs: number
  readonly warmupTeacherTemp: number
  readonly teacherTemp: number
  readonly warmupTeacherTempEpochs: number
  readonly studentTemp: number
  readonly centerMomentum: number
  readonly adamw: { readonly beta1: number; readonly beta2: number; readonly eps: number }
}

const golden = readCase<Config>('train-v1')
const { config } = golden
const steps = config.epochs * config.iterationsPerEpoch
const globalViews = 2
const headLayers = 3
const mlpRatio = 4

const tree = network({
  backbone: {
    imageSize: config.imageSize,
    patchSize: config.patchSize,
    features: config.dim,
    depth: config.depth,
    heads: config.heads,
    mlpRatio,
  },
  head: {
    hidden: config.hiddenDim,
    bottleneck: config.bottleneckDim,
    prototypes: config.prototypes,
    layers: headLayers,
  },
})

const read = <A>(weights: E.Either<storage.StoredError, A>): A => {
  if (E.isLeft(weights)) assert.fail(storage.showStoredError(weights.left))
  return weights.right
}

const student = {
  backbone: read(readBackbone(tree.backbone, golden.tensors, 'init.backbone.')),
  head: read(readHead(tree.head, golden.tensors, 'init.head.')),
}
const { beta1, beta2, eps } = config.adamw
const { normLastLayer } = config

const objective = dino({
  assignment: centred(config.centerMomentum, 'global', 'batch'),
  studentTemperature: config.studentTemp,
  pairing: 'other views',
  normLastLayer,
})
const adam = optimisers.optimiser(optimisers.adamw({ beta1, beta2, epsilon: eps }))(
  tree,
  dinoGroups({ normLastLayer, frozenSteps: config.freezeLastLayerEpochs * config.iterationsPerEpoch }),
)
const step = trainStep({
  form: dinoForm,
  objective,
  optimiser: adam,
  clip: optimisers.clipEach(config.clipGrad),
})

type Whole = State<Network, { readonly centre: Centre }>
type Input = StepInput<'teacherTemperature'>

const start: As<'dense', Whole> = firstState(student, objective, adam)

const warmup = config.warmupEpochs * config.iterationsPerEpoch
const schedules = {
  learningRate: cosine({ base: config.lr[0], final: config.lr[1], steps, warmup }),
  weightDecay: cosine({ base: config.weightDecay[0], final: config.weightDecay[1], steps }),
  momentum: cosine({ base: config.momentum[0], final: config.momentum[1], steps }),
  temperature: line(config.warmupTeacherTemp, config.teacherTemp, config.warmupTeacherTempEpochs),
}

/** Views `from` to `to` of an iteration, one after the other, along a new first axis. */
const views = <K extends string>(axis: K, iteration: number, from: number, to: number) => {
  const crops = Array.from({ length: to - from }, (_, at) => tensorOf(golden, `crop.${iteration}.${from + at}`))
  const [batch, colour, row, column] = crops[0].shape
  const data = new Float32Array(crops.length * crops[0].data.length)
  crops.forEach((crop, at) => data.set(crop.data, at * crop.data.length))
  const sizes = { [axis]: crops.length, batch, colour, row, column }
  return dense(sizes, data) as Dense<string> as Dense<K | 'batch' | 'colour' | 'row' | 'column'>
}

const inputOf = (iteration: number): As<'dense', Input> => ({
  batch: {
    global: views('global', iteration, 0, globalViews),
    local: views('local', iteration, globalViews, globalViews + config.localViews),
  },
  scheduled: {
    learningRate: denseScalar(schedules.learningRate(iteration)),
    weightDecay: denseScalar(schedules.weightDecay(iteration)),
    teacherMomentum: denseScalar(schedules.momentum(iteration)),
    teacherTemperature: denseScalar(schedules.temperature(Math.floor(iteration / config.iterationsPerEpoch))),
  },
  clocks: adam.clocks(iteration),
})

for (const [name, open] of Object.entries(everywhere))
  example(`train-v1 on ${name}`, () =>
    withOpened(open, async executor => {
      const exact = executor.precision === 'float64'
      const running = await expectRight(machine<Whole, Input, StepOutput<never>>(step, start, inputOf(0))(executor))
      const losses: number[] = []
      for (let iteration = 0; iteration < steps; iteration += 1)
        losses.push((await expectRight(running.step(inputOf(iteration)))).loss.data[0])
      const end = await expectRight(running.state)
      const parameters = [
        ...writeBackbone(end.student.backbone, 'student.backbone.'),
        ...writeHead(end.student.head, 'student.head.'),
        ...writeBackbone(end.teacher.backbone, 'teacher.backbone.'),
        ...writeHead(end.teacher.head, 'teacher.head.'),
      ]
      closeTo(tensorOf(golden, 'losses').data, losses, exact ? 1e-6 : 1e-4, 'losses')
      closeTo(tensorOf(golden, 'center').data, end.objective.centre.data, exact ? 1e-6 : 1e-4, 'center')
      for (const [tensor, { data }] of parameters)
        closeTo(tensorOf(golden, tensor).data, data, exact ? 1e-6 : 3e-2, tensor)
    }),
  )
