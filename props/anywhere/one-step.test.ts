// One step of training on the executors of every-executor.ts, in Node and in a page, against the float64 reference.

import { executors } from '../../lib/index.ts'
import { everywhere, withOpened } from '../golden/every-executor.ts'
import { example } from '../support/example.ts'
import { expectRight } from '../support/results.ts'
import { compareOutcomes, takeStep } from '../support/training-step.ts'

for (const [name, open] of Object.entries(everywhere))
  example(`one step of training on ${name}`, async context => {
    const expected = await expectRight(takeStep(executors.reference))
    await withOpened(open, async executor => {
      context.diagnostic(executor.description)
      compareOutcomes(expected, await expectRight(takeStep(executor)))
    })
  })
