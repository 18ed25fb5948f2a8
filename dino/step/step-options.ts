// The options of the schedules. A schedule is named once, in a row that has its options and makes from them the value
// at each step; flags, the numbers that a step is given and the fields of its report are made from the names. For
// example
//
//   schedulesOf(usual, { steps: 100, batch: 256, epochs: 1 })(99).weightDecay
//
// is 0.39991, a step short of its final value 0.4, or 0.4 where the option `ends` is 'exact'.

import type { Options, Values } from '../options/option.ts'
import { called, choice, number, share, whole } from '../options/option-rows.ts'
import { byEpoch, cosine, type Ends, line, type Schedule, valuesAt } from './schedules.ts'

/** How long a run is. */
export interface RunSize {
  readonly steps: number
  /** Images of a step, in however many parts they come. */
  readonly batch: number
  /** Epochs of the run, which need not be whole. */
  readonly epochs: number
}

/** The options of all cosines together. */
const cosineOptions = {
  ends: called(
    'schedule-ends',
    choice(
      ['published', 'exact'],
      'published',
      'whether cosines stop a step short of their end (v1, v2), or reach both ends (v3)',
    ),
  ),
  length: called(
    'schedule-length',
    number([1, 100], 1, 'length of the cosines in lengths of the run; above 1 the run ends before they do'),
  ),
} as const

type Cosine = Readonly<Record<'base' | 'final', number>> & { readonly warmup?: number }

/** A run, and how its cosines are laid out over it. */
interface Span extends RunSize {
  readonly cosine: (numbers: Cosine) => Schedule
  /** Steps of an epoch. */
  readonly perEpoch: number
}

const spanOf = ({ ends, length }: { readonly ends: Ends; readonly length: number }, size: RunSize): Span => ({
  ...size,
  perEpoch: Math.max(1, Math.round(size.steps / size.epochs)),
  cosine: ({ warmup = 0, ...numbers }) =>
    cosine({ ...numbers, steps: Math.round(length * size.steps), warmup: Math.round(warmup * size.steps), ends }),
})

interface ScheduleRow<O extends Options> {
  readonly options: O
  readonly over: (numbers: Values<O>, span: Span) => Schedule
}

const schedule = <O extends Options>(options: O, over: ScheduleRow<O>['over']): ScheduleRow<O> => ({ options, over })

/** The factor of the learning rate by the images of a step. */
const scalings = {
  /** Goyal et al. 2017; DINO, main_dino.py. */
  linear: batch => batch / 256,
  /** DINOv2, sqrt_wrt_1024. */
  'square root': batch => Math.sqrt(batch / 1024),
  /** DINOv3. */
  'four square roots': batch => 4 * Math.sqrt(batch / 1024),
  none: () => 1,
} as const satisfies Readonly<Record<string, (batch: number) => number>>

/** 1 at the last of every so many steps, 0 at the others. */
const lastOf =
  (every: number): Schedule =>
  step =>
    (step + 1) % every === 0 ? 1 : 0

/** How much of the teacher stays at each step, by the students that it is made of (Caron et al. 2021, figure 6). */
const teachers = {
  average: (span: Span, numbers: Cosine) => span.cosine(numbers),
  'student copy': () => () => 0,
  /** The student that the step before began with: the step makes the teacher follow a step behind. */
  'previous step': () => () => 0,
  'previous epoch': ({ perEpoch }: Span): Schedule => {
    const ends = lastOf(perEpoch)
    return step => 1 - ends(step)
  },
  frozen: () => () => 1,
} as const satisfies Readonly<Record<string, (span: Span, numbers: Cosine) => Schedule>>

/** The kinds of teachers. */
const teacherNames = ['average', 'student copy', 'previous step', 'previous epoch', 'frozen'] as const

const rows = {
  learningRate: schedule(
    {
      base: called('*', number([0, 10], 0.0005, 'learning rate after the warm-up, before it is scaled to the batch')),
      final: called('final-*', number([0, 10], 1e-6, 'learning rate at the end')),
      warmup: called('*-warmup', share(0.1, 'share of the run in which it rises')),
      scaling: called(
        '*-scaling',
        choice(
          ['linear', 'square root', 'four square roots', 'none'],
          'linear',
          'how it grows with the batch: by batch/256 (v1), the root of batch/1024 (v2), 4 times that (v3), or not',
        ),
      ),
    },
    ({ base, scaling, ...numbers }, span) => span.cosine({ ...numbers, base: base * scalings[scaling](span.batch) }),
  ),
  weightDecay: schedule(
    {
      base: called('*', number([0, 10], 0.04, 'weight decay at first')),
      final: called('final-*', number([0, 10], 0.4, 'weight decay at the end')),
    },
    (numbers, span) => span.cosine(numbers),
  ),
  teacherMomentum: schedule(
    {
      base: called('*', share(0.996, 'how much of the teacher stays at the first step')),
      final: called('final-*', share(1, 'how much of the teacher stays at the last step')),
      teacher: called('teacher', choice(teacherNames, 'average', 'the students that the teacher is made of')),
    },
    ({ teacher, ...numbers }, span) => teachers[teacher](span, numbers),
  ),
  teacherTemperature: schedule(
    {
      warm: called('warm-*', number([0.001, 10], 0.04, "the teacher's temperature at first")),
      base: called('*', number([0.001, 10], 0.04, "the teacher's temperature after the warm-up")),
      warmup: called('*-warmup', share(0, 'share of the run in which it changes')),
      every: called(
        '*-every',
        choice(['step', 'epoch'], 'step', 'whether it changes at each step (v2) or each epoch (v1)'),
      ),
    },
    ({ warm, base, warmup, every }, { steps, epochs, perEpoch }) =>
      every === 'step'
        ? line(warm, base, Math.round(warmup * steps))
        : byEpoch(perEpoch, line(warm, base, Math.round(warmup * epochs))),
  ),
  anchorRefresh: schedule(
    {
      every: called(
        'gram-refresh',
        whole([0, 10 ** 9], 0, 'steps after which the teacher becomes the Gram anchor; 0 never'),
      ),
    },
    ({ every }) => (every === 0 ? () => 0 : lastOf(every)),
  ),
} as const

type Rows = typeof rows

/** The names of the schedules. */
export type ScheduleName = keyof Rows

/** The options of the schedules. */
export const scheduleOptions = {
  ...cosineOptions,
  ...(Object.fromEntries(Object.entries(rows).map(([name, { options }]) => [name, options])) as {
    readonly [N in ScheduleName]: Rows[N]['options']
  }),
} as const

/** The numbers of the schedules. */
export type ScheduleOptions = Values<typeof scheduleOptions>

/** The values of the schedules at a step. */
export type ScheduledValues = Readonly<Record<ScheduleName, number>>

/** The schedules of a run: total functions of the step from 0. */
export const schedulesOf = (options: ScheduleOptions, size: RunSize): ((step: number) => ScheduledValues) => {
  const table: { readonly [N in ScheduleName]: Pick<ScheduleRow<Rows[N]['options']>, 'over'> } = rows
  const span = spanOf(options, size)
  const over = <N extends ScheduleName>(name: N): Schedule => table[name].over(options[name], span)
  const names = Object.keys(rows) as readonly ScheduleName[]
  return valuesAt(Object.fromEntries(names.map(name => [name, over(name)])) as Readonly<Record<ScheduleName, Schedule>>)
}
