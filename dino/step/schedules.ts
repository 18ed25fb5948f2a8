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

/** A cosine between two values with a linear warm-up before it. Steps are whole numbers. */
export interface CosineOptions {
  readonly base: number
  readonly final: number
  /** Steps in all, the warm-up included. */
  readonly steps: number
  readonly warmup?: number
  /** The first value of the warm-up. */
  readonly start?: number
}

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high)

/**
 * The public code's schedule (utils.cosine_scheduler): the warm-up reaches the base value at its last step, the cosine
 * begins there again, and its last value is one step short of `final`. A warm-up of one step is its start value; one
 * longer than the run is cut.
 *
 * @example
 * ```ts
 * import { cosine } from 'functional-dino/dino'
 * const rate = cosine({ base: 1, final: 0, steps: 7, warmup: 3 })
 * [0, 1, 2, 3, 4, 5, 6].map(rate) // => [0, 0.5, 1, 1, 0.8535534, 0.5, 0.1464466]
 * ```
 */
export const cosine = ({ base, final, steps, warmup = 0, start = 0 }: CosineOptions): Schedule => {
  const rising = clamp(warmup, 0, steps)
  return step => {
    const at = clamp(Math.floor(step), 0, Math.max(steps - 1, 0))
    if (at < rising) return rising === 1 ? start : start + ((base - start) * at) / (rising - 1)
    const turn = steps > rising ? (at - rising) / (steps - rising) : 0
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
