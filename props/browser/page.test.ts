// The page of examples/browser, driven in a browser without a window: suites of tests on the executors that a page can
// have. Without a browser the test says so and is skipped.

import assert from 'node:assert/strict'
import { browserPath, noBrowser, withBrowser } from '../../examples/browser/serve/drive.ts'
import { example } from '../support/example.ts'

/** What is run where: software adapters are slow, so WebGL2 has fewer graphs. */
const runs = [
  { suite: 'step', executors: 'reference,wasm,gpu:cpu,gpu:webasm,gpu:webgl2,gpu:webgpu' },
  { suite: 'golden', executors: 'gpu:webgpu' },
  { suite: 'graphs', executors: 'gpu:webgpu,wasm' },
  { suite: 'graphs', executors: 'gpu:webgl2', LAW_RUNS: '0.25' },
  { suite: 'wide', executors: 'gpu:webgpu', LAW_RUNS: '0.5' },
  { suite: 'scenes', executors: 'gpu:webgpu' },
] as const

const path = browserPath()

example('the page runs its suites in a browser', async context => {
  if (path === undefined) return context.skip(noBrowser)
  await withBrowser(path, async driven => {
    for (const parameters of runs)
      await context.test(`${parameters.suite} on ${parameters.executors}`, async inner => {
        const said = await driven(parameters)
        const verdicts = said.flatMap(saying => (saying.kind === 'verdict' ? [saying.verdict] : []))
        for (const { name, outcome, notes } of verdicts) inner.diagnostic(`${outcome}: ${name} ${notes.join('; ')}`)
        assert.deepEqual(
          said.filter(({ kind }) => kind === 'broken'),
          [],
        )
        assert.ok(verdicts.length >= parameters.executors.split(',').length, 'each executor has a verdict')
        assert.deepEqual(
          verdicts.filter(({ outcome }) => outcome !== 'passed'),
          [],
        )
      })
  })
})
