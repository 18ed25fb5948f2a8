// The time of one kernel, as an executor tells it that was asked to measure times. `lib/backend/wasm/profile.ts` makes
// them, and the command line prints them:
//
//   contraction   2080 x 768 / 192    12 steps    310.2 ms    7.4e9 operations    94 MB

/** Kinds of work whose speeds differ. A copy is no kernel: it moves state to where the next run reads it. */
export type KernelKind = 'contraction' | 'reduction' | 'elementwise' | 'fallback' | 'copy'

/** One kernel: the time that its steps took over all runs so far, and what they do in one run. */
export interface KernelTime {
  readonly kind: KernelKind
  /** Sizes of the output loops, and of the reduction's if there is one: `2080 x 768 / 192`. */
  readonly sizes: string
  /** Steps of one run that launch it. */
  readonly steps: number
  /** Over all runs. */
  readonly milliseconds: number
  /** Multiplications and additions of a contraction in one run; 0 for other kinds. */
  readonly operations: number
  /** Bytes that its steps of one run read and write if each touches each buffer once. */
  readonly bytes: number
}
