// What the page and its worker say to each other.

import type { Verdict } from './stand-ins/node-test.ts'
import type { SuiteName } from './suites.ts'

/** Variables that tests read as `process.env` in Node: EXECUTORS, LAW_RUNS, LAW_REPLAY. */
export type Environment = Readonly<Record<string, string>>

/** Tests to run. */
export interface Order {
  readonly suite: SuiteName
  readonly environment: Environment
}

/** What the worker says: verdicts, a failure that ended it all, and the end. */
export type Saying =
  | { readonly kind: 'verdict'; readonly verdict: Verdict }
  | { readonly kind: 'broken'; readonly reason: string }
  | { readonly kind: 'end' }
