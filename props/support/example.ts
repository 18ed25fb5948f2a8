// Ad-hoc examples: one case with its answer, where no general statement is held against many (those are laws).

import { test } from 'node:test'

/** An example as a test of node's runner. */
export const example: typeof test = test
