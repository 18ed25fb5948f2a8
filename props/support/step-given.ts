// What a step of training is given, as plain numbers: what the schedules say of it, and the masks that drop branches of the
// student's blocks. Laws name a configuration and the number of a step, never the records that the step takes, so that a change
// of those is a change here:
//
//   ratesAt({ configuration, steps: 20, step: 0 }).learningRate      0, where there is a warm-up

import { batchInput } from '../../dino/run/batch.ts'
import type { Configuration } from '../../dino/run/configuration.ts'
import { ratesInput, ratesOf, viewOptions } from '../../dino/run/plan.ts'
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

/** The numbers that a step is given. */
export const ratesAt = ({ configuration, steps, step }: Moment): GivenRates => {
  const { lastLayer, ...rates } = ratesInput(configuration, ratesOf(configuration, steps)(step))
  const correctionsOf = (of: {
    readonly correction1: Dense<never>
    readonly correction2: Dense<never>
  }): Corrections => [of.correction1.data[0], of.correction2.data[0]]
  return {
    learningRate: rates.learningRate.data[0],
    weightDecay: rates.weightDecay.data[0],
    momentum: rates.momentum.data[0],
    teacherTemperature: rates.teacherTemperature.data[0],
    corrections: correctionsOf(rates),
    lastLayerCorrections: correctionsOf(lastLayer),
    lastLayerMoves: lastLayer.active.data[0] === 1,
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
  const views = blankViews(viewOptions(configuration), configuration.batch)
  const { globalMask, localMask } = batchInput(configuration, views, step, ratesOf(configuration, steps)(step))
  return { global: factorsOf(globalMask), local: factorsOf(localMask) }
}
