// Schedules: functions from the number of a step (or epoch) to a value, defined for every number. Before the first step
// a schedule has its first value, and after the last step its last.

import * as RR from 'fp-ts/lib/ReadonlyRecord.js'

/** A value for each step from 0. */
export type Schedule = (step: number) => number

/** The value of each of a record of schedules at a step. */
export const valuesAt =
  <K extends string>(schedules: Readonly<Record<K, Schedule>>) =>
  (step: number): Readonly<Record<K, number>> =>
    RR.map((schedule: Schedule) => schedule(step))(schedules)

/**
 * How a cosine meets its ends. As DINO and DINOv2 publish it, the warm-up reaches the base value a step early, and the
 * last value is a step short of the final one. Exactly, each is met once: the base value at the first step after the
 * warm-up, the final value at the last step (DINOv3's later schedules do so).
 */
export type Ends = 'published' | 'exact'

/** A cosine between two values with a linear warm-up before it. Steps are whole numbers. */
export interface CosineOptions {
  readonly base: number
  readonly final: number
  /** Steps in all, the warm-up included. */
  readonly steps: number
  readonly warmup?: number
  /** The first value of the warm-up. */
  readonly start?: number
  /** How its ends are met; as published if not given. */
  readonly ends?: Ends
}

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high)

/**
 * The public code's schedule (utils.cosine_scheduler): the warm-up reaches the base value at its last step, the cosine
 * begins there again, and its last value is one step short of `final`; or both ends exactly. A warm-up of one step is
 * its start value; one longer than the run is cut.
 *
 * @example
 * ```ts
 * import { cosine } from 'functional-dino/dino'
 * const [steps, rate] = [[0, 1, 2, 3, 4, 5, 6], { base: 1, final: 0, steps: 7, warmup: 3 }]
 * steps.map(cosine(rate)) // => [0, 0.5, 1, 1, 0.8535534, 0.5, 0.1464466]
 * steps.map(cosine({ ...rate, ends: 'exact' })) // => [0, 0.3333333, 0.6666667, 1, 0.75, 0.25, 0]
 * ```
 */
export const cosine = ({ base, final, steps, warmup = 0, start = 0, ends = 'published' }: CosineOptions): Schedule => {
  const rising = clamp(warmup, 0, steps)
  const [rise, fall] = ends === 'exact' ? [rising, steps - rising - 1] : [rising - 1, steps - rising]
  return step => {
    const at = clamp(Math.floor(step), 0, Math.max(steps - 1, 0))
    if (at < rising) return rise === 0 ? start : start + ((base - start) * at) / rise
    const turn = fall > 0 ? (at - rising) / fall : 0
    return final + 0.5 * (base - final) * (1 + Math.cos(Math.PI * turn))
  }
}

/**
 * A straight line from one value to another over `over` steps, then constant; both ends are reached (numpy linspace).
 *
 * @example
 * ```ts
 * import { line } from 'functional-dino/dino'
 * [0, 1, 2, 3, 4].map(line(10, 40, 4)) // => [10, 20, 30, 40, 40]
 * ```
 */
export const line = (from: number, to: number, over: number): Schedule => {
  const last = Math.max(Math.floor(over) - 1, 0)
  return step => {
    if (over < 1) return to
    if (step >= over) return to
    return last === 0 ? from : from + ((to - from) * clamp(Math.floor(step), 0, last)) / last
  }
}

/**
 * A schedule of epochs as one of steps: it changes at the first step of an epoch, and at no other.
 *
 * @example
 * ```ts
 * import { byEpoch, line } from 'functional-dino/dino'
 * [0, 1, 2, 3, 4, 5].map(byEpoch(2, line(10, 30, 3))) // => [10, 10, 20, 20, 30, 30]
 * ```
 */
export const byEpoch =
  (stepsOfEpoch: number, schedule: Schedule): Schedule =>
  step =>
    schedule(Math.floor(step / stepsOfEpoch))
