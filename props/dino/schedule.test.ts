// Schedules are total functions of the step. The laws hold the public code's corners: the warm-up
// reaches the base value twice, a warm-up of one step is its start value, and the cosine stops one step short of its
// final value; and those of the exact form, which meets each of its three levels at one step.

import * as fc from 'fast-check'
import { byEpoch, type CosineOptions, cosine, line } from '../../dino/step/schedules.ts'
import { holds, mostNumbers, nearNumbers, sameNumbers } from '../support/compare.ts'
import { law } from '../support/law.ts'
import { unit64 } from '../support/tolerance.ts'

const level = fc.integer({ min: -64, max: 64 }).map(value => value / 16)

const cosines: fc.Arbitrary<Required<Omit<CosineOptions, 'ends'>>> = fc
  .record(
    { base: level, final: level, start: level, warmup: fc.nat({ max: 12 }), rest: fc.integer({ min: 1, max: 30 }) },
    { noNullPrototype: true },
  )
  .map(({ warmup, rest, ...levels }) => ({ ...levels, warmup, steps: warmup + rest }))

const stepsOf = (count: number) => Array.from({ length: count }, (_, step) => step)
const near = nearNumbers(64 * unit64 * 8)

law("the schedule is the public code's list: a straight warm-up, then a cosine", cosines, options => {
  const { base, final, start, warmup, steps } = options
  /** numpy's linspace, which gives its first value for a single step. */
  const rise = stepsOf(warmup).map(at => (warmup === 1 ? start : start + (at * (base - start)) / (warmup - 1)))
  const fall = stepsOf(steps - warmup).map(
    at => final + 0.5 * (base - final) * (1 + Math.cos((Math.PI * at) / (steps - warmup))),
  )
  return near(stepsOf(steps).map(cosine(options)), [...rise, ...fall])
})

law(
  'it stays between its three levels, and before the first and after the last step it stands still',
  cosines,
  options => {
    const { base, final, start, steps } = options
    const schedule = cosine(options)
    const values = stepsOf(steps).map(schedule)
    const levels = options.warmup > 0 ? [base, final, start] : [base, final]
    return [
      mostNumbers(2 ** -44)([Math.min(...levels)], [Math.min(...values)], 'below'),
      mostNumbers(2 ** -44)([Math.max(...values)], [Math.max(...levels)], 'above'),
      sameNumbers([schedule(-3), schedule(steps + 5)], [values[0], values[steps - 1]], 'outside'),
      sameNumbers([schedule(steps / 2)], [values[Math.floor(steps / 2)]], 'between steps'),
    ]
  },
)

law('the warm-up begins at its start, and ends where the cosine begins: at the base', cosines, options => {
  const { base, start, warmup } = options
  const schedule = cosine(options)
  return [
    warmup > 0 ? sameNumbers([schedule(0)], [start], 'start') : sameNumbers([schedule(0)], [base], 'no warm-up'),
    near([schedule(warmup)], [base], 'cosine'),
    warmup > 1 ? near([schedule(warmup - 1)], [base], 'warm-up') : holds('none', true),
  ]
})

law('after the warm-up it goes one way, and its last value is a step short of the final one', cosines, options => {
  const { base, final, warmup, steps } = options
  const falling = stepsOf(steps).slice(warmup).map(cosine(options))
  const sign = Math.sign(final - base)
  const short = 0.5 * (base - final) * (1 - Math.cos(Math.PI / (steps - warmup)))
  return [
    mostNumbers(2 ** -44)(
      falling.slice(0, -1).map(value => sign * value),
      falling.slice(1).map(value => sign * value),
      'one way',
    ),
    near([falling.at(-1)!], [final + short], 'last'),
  ]
})

law('the cosine is symmetric about its middle', cosines, options => {
  const { base, final, warmup, steps } = options
  const count = steps - warmup
  const schedule = cosine(options)
  const inner = stepsOf(count).slice(1)
  return near(
    inner.map(at => schedule(warmup + at) + schedule(warmup + count - at)),
    inner.map(() => base + final),
  )
})

law('it is linear in its levels, and constant where they are equal', cosines, options => {
  const { base, final, start, steps } = options
  const twice = cosine({ ...options, base: 2 * base, final: 2 * final, start: 2 * start })
  const flat = cosine({ ...options, final: base, start: base })
  const once = stepsOf(steps).map(cosine(options))
  return [
    sameNumbers(
      stepsOf(steps).map(twice),
      once.map(value => 2 * value),
      'doubled',
    ),
    near(
      stepsOf(steps).map(flat),
      once.map(() => base),
      'flat',
    ),
  ]
})

law('it is total: no steps, and a warm-up longer than the run, are numbers too', cosines, options => {
  const empty = cosine({ ...options, steps: 0 })
  const long = cosine({ ...options, warmup: options.steps + 7 })
  const bare = cosine({ base: options.base, final: options.final, steps: options.steps })
  return [
    holds('finite', [empty(0), empty(3), empty(-1), ...stepsOf(options.steps).map(long)].every(Number.isFinite)),
    sameNumbers([bare(0)], [options.base], 'no warm-up'),
    near([long(options.steps - 1)], [options.steps > 1 ? options.base : options.start], 'cut warm-up'),
  ]
})

const exactly = (options: CosineOptions) => cosine({ ...options, ends: 'exact' })

law(
  'the exact form begins at its start, has its base after the warm-up and its final value at the last step',
  cosines,
  p => {
    const { base, final, start, warmup, steps } = p
    const values = stepsOf(steps).map(exactly(p))
    return [
      sameNumbers([values[0]], [warmup > 0 ? start : base], 'start'),
      near([values[warmup]], [base], 'base'),
      near([values[steps - 1]], [steps - warmup > 1 ? final : base], 'final'),
      base === start || warmup === 0 ? holds('flat', true) : holds('once', values.indexOf(values[warmup]) === warmup),
    ]
  },
)

law('the exact form is a straight warm-up and a cosine whose turns are evenly spaced with both ends', cosines, p => {
  const { base, final, start, warmup, steps } = p
  const rise = stepsOf(warmup).map(at => start + (at * (base - start)) / warmup)
  const count = steps - warmup
  /** numpy's linspace(0, pi, count), which is 0 for a single step. */
  const turns = stepsOf(count).map(at => (count === 1 ? 0 : (Math.PI * at) / (count - 1)))
  const fall = turns.map(turn => final + 0.5 * (base - final) * (1 + Math.cos(turn)))
  return near(stepsOf(steps).map(exactly(p)), [...rise, ...fall])
})

law(
  'without a warm-up the exact form is the published one of a step fewer, and its last value after it',
  cosines,
  p => {
    const { warmup: _, ...bare } = p
    return near(stepsOf(p.steps + 1).map(exactly({ ...bare, steps: p.steps + 1 })), [
      ...stepsOf(p.steps).map(cosine(bare)),
      p.final,
    ])
  },
)

law('the exact form is total, and stays between its levels', cosines, p => {
  const { base, final, start, steps } = p
  const values = [-3, ...stepsOf(steps), steps + 5].map(exactly(p))
  const long = stepsOf(steps).map(exactly({ ...p, warmup: steps + 7 }))
  const levels = [base, final, ...(p.warmup > 0 ? [start] : [])]
  return [
    holds('finite', [exactly({ ...p, steps: 0 })(0), ...values, ...long].every(Number.isFinite)),
    mostNumbers(2 ** -44)([Math.min(...levels), Math.max(...values)], [Math.min(...values), Math.max(...levels)]),
    sameNumbers([values[0], values[steps + 1]], [values[1], values[steps]], 'outside'),
  ]
})

const lines = fc.record({ from: level, to: level, over: fc.integer({ min: 0, max: 20 }) }, { noNullPrototype: true })

law('a line reaches both ends, rises evenly, and then stays', lines, ({ from, to, over }) => {
  const schedule = line(from, to, over)
  const values = stepsOf(over).map(schedule)
  const even = stepsOf(over).map(at => (over === 1 ? from : from + (at * (to - from)) / (over - 1)))
  return [
    near(values, even, 'evenly'),
    sameNumbers([schedule(over), schedule(over + 9)], [to, to], 'after'),
    sameNumbers([schedule(-2)], [schedule(0)], 'before'),
    over > 1 ? near([values[0], values[over - 1]], [from, to], 'ends') : holds('short', true),
  ]
})

law(
  'a schedule of epochs changes at the first step of an epoch alone',
  fc.tuple(lines, fc.integer({ min: 1, max: 9 })),
  p => {
    const [{ from, to, over }, stepsOfEpoch] = p
    const [schedule, inSteps] = [line(from, to, over), byEpoch(stepsOfEpoch, line(from, to, over))]
    const steps = stepsOf((over + 2) * stepsOfEpoch)
    return sameNumbers(
      steps.map(inSteps),
      stepsOf(over + 2).flatMap(epoch => stepsOf(stepsOfEpoch).map(() => schedule(epoch))),
    )
  },
)
