// Signals: the first asks a run to end, which `train.test.ts` holds; the second ends the process at once, with the
// status that shells know of its signal.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { endOf } from '../support/command.ts'
import { example } from '../support/example.ts'
import { projectFolder } from '../support/type-checker.ts'

/** A process that listens as a run does, and never comes to the end of its step. */
const endless = `
  import { listen } from './dino/command/interrupt.ts'
  listen(line => console.error(line))
  setInterval(() => undefined, 1000)
  console.log('ready')
`

for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)
  example(`a second ${signal} ends the process in the midst of a step`, async () => {
    const words = ['--import', 'tsx', '--input-type', 'module', '--eval', endless]
    const child = spawn(process.execPath, words, { cwd: projectFolder })
    const ended = endOf(child)
    child.stdout.once('data', () => child.kill(signal))
    child.stderr.once('data', () => child.kill(signal))
    assert.deepEqual(await ended, {
      status,
      out: 'ready\n',
      error: 'stopping after this step; again to stop at once\n',
    })
  })
