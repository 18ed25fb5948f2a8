/**
 * A mutant is one wrong change of one file that the tests must notice. The lists beside this module are data: every
 * record names the change, the text that it replaces, and the tests that must fail with it. `trial.ts` applies each in
 * a copy of the repository.
 */

/** One wrong change: the tests named must fail when `from`, found exactly once in `file`, is replaced by `to`. */
export interface Mutant {
  /** The file changed, from the root of the repository: "lib/tree/random.ts". */
  readonly file: string
  /** What is wrong with the changed file, in words. */
  readonly change: string
  /** Source text that occurs exactly once in the file. */
  readonly from: string
  /** The text put in its place. */
  readonly to: string
  /** The test files that must each fail, from the root of the repository. */
  readonly tests: readonly string[]
}
