// The options of the optimiser, and the schedules. A schedule is named once, in a row that has its options and makes
// from them the value at each step; flags, the numbers that a step is given and the fields of its report are made from
// the names. For example
//
//   schedulesOf(usual, { steps: 100, batch: 256 })(99).weightDecay   is 0.39991, a step short of its final value, 0.4

import type { Options, Values } from '../options/option.ts'
import { called, choice, number, share } from '../options/option-rows.ts'
import { cosine, line, type Schedule, valuesAt } from './schedules.ts'

/** The options of the optimiser, AdamW (Loshchilov and Hutter 2019), with torch's defaults. */
export const optimiserOptions = {
  beta1: number([0, 0.9999], 0.9, "how much of Adam's mean of the gradient stays at each step"),
  beta2: number([0, 0.999999], 0.999, "how much of Adam's mean of its square stays"),
  epsilon: number([1e-20, 1], 1e-8, "what is added to the root of Adam's mean square"),
  clip: number([0, 10 ** 6], 3, 'length to which gradients are cut; 0 does not cut'),
  clipping: choice(['each', 'together'], 'each', 'whether each tensor is cut on its own, or all together'),
  freezeLastLayer: share(0.01, 'share of the run in which the prototypes stay as they are'),
} as const

/** How the student is moved. */
export type OptimiserOptions = Values<typeof optimiserOptions>

/** How many steps a run has, and how many images a batch. */
export interface RunSize {
  readonly steps: number
  readonly batch: number
}

interface ScheduleRow<O extends Options> {
  readonly options: O
  readonly over: (numbers: Values<O>, size: RunSize) => Schedule
}

const schedule = <O extends Options>(options: O, over: ScheduleRow<O>['over']): ScheduleRow<O> => ({ options, over })

/** The batch for which the learning rate is given (Goyal et al. 2017). */
const referenceBatch = 256

const rows = {
  learningRate: schedule(
    {
      base: called('*', number([0, 10], 0.0005, 'learning rate for a batch of 256, reached after the warm-up')),
      final: called('final-*', number([0, 10], 1e-6, 'learning rate at the end')),
      warmup: called('*-warmup', share(0.1, 'share of the run in which it rises')),
    },
    ({ base, final, warmup }, { steps, batch }) =>
      cosine({ base: (base * batch) / referenceBatch, final, steps, warmup: Math.round(warmup * steps) }),
  ),
  weightDecay: schedule(
    {
      base: called('*', number([0, 10], 0.04, 'weight decay at first')),
      final: called('final-*', number([0, 10], 0.4, 'weight decay at the end')),
    },
    ({ base, final }, { steps }) => cosine({ base, final, steps }),
  ),
  teacherMomentum: schedule(
    {
      base: called('*', share(0.996, 'how much of the teacher stays at the first step')),
      final: called('final-*', share(1, 'how much of the teacher stays at the last step')),
    },
    ({ base, final }, { steps }) => cosine({ base, final, steps }),
  ),
  teacherTemperature: schedule(
    {
      warm: called('warm-*', number([0.001, 10], 0.04, "the teacher's temperature at first")),
      base: called('*', number([0.001, 10], 0.04, "the teacher's temperature after the warm-up")),
      warmup: called('*-warmup', share(0, 'share of the run in which it changes')),
    },
    ({ warm, base, warmup }, { steps }) => line(warm, base, Math.round(warmup * steps)),
  ),
} as const

type Rows = typeof rows

/** The names of the schedules. */
export type ScheduleName = keyof Rows

/** The options of the schedules. */
export const scheduleOptions = Object.fromEntries(
  Object.entries(rows).map(([name, { options }]) => [name, options]),
) as { readonly [N in ScheduleName]: Rows[N]['options'] }

/** The numbers of the schedules. */
export type ScheduleOptions = Values<typeof scheduleOptions>

/** The values of the schedules at a step. */
export type ScheduledValues = Readonly<Record<ScheduleName, number>>

/** The schedules of a run: total functions of the step from 0. */
export const schedulesOf = (options: ScheduleOptions, size: RunSize): ((step: number) => ScheduledValues) => {
  const table: { readonly [N in ScheduleName]: Pick<ScheduleRow<Rows[N]['options']>, 'over'> } = rows
  const over = <N extends ScheduleName>(name: N): Schedule => table[name].over(options[name], size)
  const names = Object.keys(rows) as readonly ScheduleName[]
  return valuesAt(Object.fromEntries(names.map(name => [name, over(name)])) as Readonly<Record<ScheduleName, Schedule>>)
}
