// What an executor that was asked to take times tells of each kernel.

/** How a kernel was printed. */
export type KernelKind = 'contraction' | 'reduction' | 'elementwise' | 'element by element'

/** The time of one kernel over all its steps of a run, and over all runs so far. */
export interface KernelTime {
  readonly kernel: number
  readonly kind: KernelKind
  /** Sizes of the output loops, and of the reduction's if there is one: `2080 x 768 / 192`. */
  readonly sizes: string
  /** Steps that launch it. */
  readonly steps: number
  readonly milliseconds: number
  /** Multiplications and additions of a contraction over all its steps of one run; 0 for other kinds. */
  readonly operations: number
  /** Bytes that its steps of one run read and write if each buffer is touched once. */
  readonly bytes: number
}
