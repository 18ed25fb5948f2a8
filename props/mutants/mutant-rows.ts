// Mutants in rows: many changes of one file that the same tests must see.

import type { Mutant } from './mutant.ts'

/** One change: what is wrong, the text it replaces, and what it puts there. */
export type Row = readonly [change: string, from: string, to: string]

/** The mutants of one file, each of which all of `tests` must see. */
export const mutantsOf = (file: string, tests: readonly string[], rows: readonly Row[]): readonly Mutant[] =>
  rows.map(([change, from, to]) => ({ file, change, from, to, tests }))
