// The README's program is the one in `examples`, which is type-checked and runs.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { example } from '../support/example.ts'
import { projectFolder } from '../support/type-checker.ts'
import { exampleOutput } from './example-output.ts'

const textOf = (name: string): Promise<string> => readFile(join(projectFolder, name), 'utf8')

example('the README shows examples/loss.ts as it is, and what it prints', async () => {
  const [readme, program] = await Promise.all([textOf('README.md'), textOf('examples/loss.ts')])
  const block = /```ts\n([^`]*)```/.exec(readme)?.[1]
  assert.ok(block !== undefined && program.endsWith(block))
  const printed = await exampleOutput('loss.ts')
  assert.ok(Math.abs(Number(printed) - 0.455999) < 1e-5, printed)
})
