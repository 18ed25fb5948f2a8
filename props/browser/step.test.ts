// One step of training in a browser, on every executor that a page can have, against the float64 reference here.
// Without a browser the test says so and is skipped.

import assert from 'node:assert/strict'
import { executors } from '../../lib/index.ts'
import { example } from '../support/example.ts'
import { expectRight } from '../support/results.ts'
import { compareOutcomes, takeStep } from '../support/training-step.ts'
import type { Answer } from './page.ts'
import { browserPath, withPage } from './serve.ts'

const everyExecutor = ['reference', 'wasm', 'gpu:cpu', 'gpu:webasm', 'gpu:webgl2', 'gpu:webgpu']

example('one step of training in a browser', async context => {
  const path = browserPath()
  if (path === undefined) return context.skip('no browser: install chromium, or name one in CHROMIUM')
  const expected = await expectRight(takeStep(executors.reference))
  await withPage(path, './page.ts', async page => {
    for (const name of everyExecutor)
      await context.test(name, async inner => {
        const { description, outcome, error } = (await page.evaluate(`answer('${name}')`)) as Answer
        inner.diagnostic(description)
        assert.ok(outcome !== undefined, error)
        compareOutcomes(expected, outcome)
      })
  })
})
