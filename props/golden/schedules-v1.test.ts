// The schedules of the public code: learning rate with warm-up, weight decay and teacher momentum, one value for each
// iteration.

import { cosine } from '../../dino/step/schedules.ts'
import { closeTo } from '../support/closeness.ts'
import { example } from '../support/example.ts'
import { readCase, tensorOf } from './case.ts'

interface Config {
  readonly epochs: number
  readonly iterationsPerEpoch: number
  readonly lr: readonly [number, number]
  readonly lrWarmupEpochs: number
  readonly weightDecay: readonly [number, number]
  readonly momentum: readonly [number, number]
}

const golden = readCase<Config>('schedules-v1')
const { epochs, iterationsPerEpoch, lr, lrWarmupEpochs, weightDecay, momentum } = golden.config
const steps = epochs * iterationsPerEpoch

const schedules = {
  lr: cosine({ base: lr[0], final: lr[1], steps, warmup: lrWarmupEpochs * iterationsPerEpoch }),
  weightDecay: cosine({ base: weightDecay[0], final: weightDecay[1], steps }),
  momentum: cosine({ base: momentum[0], final: momentum[1], steps }),
}

for (const [name, schedule] of Object.entries(schedules))
  example(`the schedule of ${name}`, () => {
    const values = Array.from({ length: steps }, (_, step) => schedule(step))
    closeTo(tensorOf(golden, name).data, values, 1e-6, name)
  })
