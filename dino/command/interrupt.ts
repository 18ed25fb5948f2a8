// Ending a run from outside, by Ctrl-C or by the SIGTERM that schedulers and containers send. The first signal asks the
// run to end after the step under way, and the state is kept; the second ends the process at once. No signal is caught
// before the first step: while a step is compiled this thread cannot react, and there is nothing to keep, so both
// signals end the process as they usually do.

/** Whether a run was asked to end; `end` stops listening. */
export interface Interrupts {
  readonly asked: () => boolean
  readonly end: () => void
}

/** The statuses of processes that a signal ended. */
const statuses = { SIGINT: 130, SIGTERM: 143 } as const

const signals = Object.keys(statuses) as readonly (keyof typeof statuses)[]

/** Begins to listen; `say` tells the person. */
export const listen = (say: (line: string) => void): Interrupts => {
  let asked = false
  const hear = (signal: keyof typeof statuses): void => {
    if (asked) process.exit(statuses[signal])
    asked = true
    say('stopping after this step; again to stop at once')
  }
  for (const signal of signals) process.on(signal, hear)
  return {
    asked: () => asked,
    end: () => {
      for (const signal of signals) process.off(signal, hear)
    },
  }
}
