// How often the state of a run is written: after so many steps, or when so many minutes have gone by. `500` is due
// after steps 500, 1000, 1500 and so on, wherever a run begins; `'10min'` ten minutes after the run began or was last
// written.

import type { StepsOrMinutes } from '../options/option-rows.ts'

const millisecondsIn = (minutes: string): number => 60_000 * Number.parseFloat(minutes)

/**
 * Whether the state is to be written after so many steps, asked once after each; 0 is never. `now` is a clock in
 * milliseconds, read from the first.
 */
export const cadence = (every: StepsOrMinutes, now: () => number = () => performance.now()) => {
  if (typeof every === 'number') return (done: number): boolean => every > 0 && done % every === 0
  const between = millisecondsIn(every)
  let last = now()
  return (_: number): boolean => {
    if (now() - last < between) return false
    last = now()
    return true
  }
}
