// What a step of training is given, as plain numbers: what the schedules say of it, and the masks that drop branches of
// the student's blocks. Laws name a configuration and the number of a step, never the records that the step takes, so
// that a change of those is a change here:
//
//   ratesAt({ configuration, steps: 20, step: 0 }).learningRate      0, where there is a warm-up

import type { Configuration } from '../../dino/run/configuration.ts'
import { saying, stepInput } from '../../dino/run/input.ts'
import { blankViews } from '../../dino/views/view.ts'
import type { Dense, Sizes } from '../../lib/index.ts'

/** Which step is meant: of a run so configured, the step `step` of `steps`, from 0. */
export interface Moment {
  readonly configuration: Configuration
  readonly steps: number
  readonly step: number
}

/** Adam's clock, as the two numbers by which its means are divided: 1 - beta1^turn and 1 - beta2^turn. */
export type Corrections = readonly [first: number, second: number]

/** All numbers that a step is given beside views and masks. */
export interface GivenRates {
  readonly learningRate: number
  readonly weightDecay: number
  readonly momentum: number
  readonly teacherTemperature: number
  readonly corrections: Corrections
  readonly lastLayerCorrections: Corrections
  readonly lastLayerMoves: boolean
}

/** The numbers that a step is given. The last layer has a clock of its own, but where it is never frozen. */
export const ratesAt = ({ configuration, steps, step }: Moment): GivenRates => {
  const { scheduled, clocks } = saying(configuration, steps)(step)
  const [own, last = own] = Object.entries(clocks)
    .sort(([left], [right]) => Number(left) - Number(right))
    .map(([, clock]) => clock)
  const correctionsOf = ({ correction1, correction2 }: typeof own): Corrections => [
    correction1.data[0],
    correction2.data[0],
  ]
  const { teacherMomentum: momentum, ...rates } = scheduled
  return {
    ...rates,
    momentum,
    corrections: correctionsOf(own),
    lastLayerCorrections: correctionsOf(last),
    lastLayerMoves: last.active === undefined || last.active.data[0] === 1,
  }
}

/** Factors of the views of one group: [block][branch][view and image], attention before the perceptron. */
export type Factors = readonly (readonly (readonly number[])[])[]

/** What a step is told of branches: the factors of all its views. */
export type Masks = Readonly<Record<'global' | 'local', Factors>>

const factorsOf = <A extends string>(mask: Dense<A | 'block' | 'branch'> | undefined): Factors => {
  if (mask === undefined) return []
  const { block, branch }: Sizes<'block' | 'branch'> = mask.sizes
  const each = mask.data.length / (block * branch)
  const rowOf = (row: number) => Array.from(mask.data.subarray(row * each, (row + 1) * each))
  return Array.from({ length: block }, (_, at) => Array.from({ length: branch }, (__, of) => rowOf(at * branch + of)))
}

/** The factors that a step is given; without drop path there are none. */
export const masksAt = ({ configuration, steps, step }: Moment): Masks => {
  const { views, model, run } = configuration
  const blank = blankViews(views, model.backbone.imageSize, run.batch)
  const { globalMasks, localMasks } = stepInput(configuration, blank, step, saying(configuration, steps)(step)).batch
  return { global: factorsOf(globalMasks?.drop), local: factorsOf(localMasks?.drop) }
}
