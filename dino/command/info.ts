// The `info` command: which executors work on this machine, and why the others do not.

import * as E from 'fp-ts/lib/Either.js'
import { showRunError, surveyExecutors } from '../../lib/index.ts'

/** Prints the machine's executors; always succeeds. */
export const info = async (): Promise<void> => {
  const { cpus, totalmem } = await import('node:os')
  const [{ model }] = cpus()
  console.log(
    `${model.trim()}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
  )
  console.log()
  for (const [name, found] of await surveyExecutors()) {
    const line = E.isRight(found) ? found.right : showRunError(found.left)
    console.log(`${E.isRight(found) ? 'yes' : 'no '}  ${name.padEnd(15)} ${line}`)
  }
}
