// Times of one thing done again and again: first some runs that are not counted, so that compilers and caches are warm,
// then counted ones until both enough time has passed and enough runs are counted, or patience ends.

/** How long to measure. */
export interface Effort {
  /** Seconds of counted runs, at least. */
  readonly seconds: number
  /** Counted runs, at least. */
  readonly repetitions: number
  /** Seconds after which no further run begins, however few there were. */
  readonly patience: number
}

/** Milliseconds of each counted run. Where one run outlasts patience, it is all there is, warm or not. */
export const measure =
  ({ seconds, repetitions, patience }: Effort) =>
  async (run: () => Promise<void>): Promise<readonly number[]> => {
    const begin = performance.now()
    const since = (start: number): number => (performance.now() - start) / 1000
    const timed = async (): Promise<number> => {
      const start = performance.now()
      await run()
      return performance.now() - start
    }
    const first = await timed()
    if (since(begin) > patience) return [first]
    const warm = Math.min(0.3, seconds / 3)
    for (let turns = 1; (turns < 3 || since(begin) < warm) && since(begin) < patience / 8; turns += 1) await run()
    const start = performance.now()
    const times: number[] = []
    while (times.length === 0 || ((times.length < repetitions || since(start) < seconds) && since(begin) < patience))
      times.push(await timed())
    return times
  }
