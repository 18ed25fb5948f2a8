// The `info` command: it prints which executors work on this machine, and for each other one the reason why not. To
// find out, drivers are loaded, which may write anything to standard error; so the survey is a process of its own,
// whose standard error is shown only if it fails.
//
//   yes  wasm            WebAssembly SIMD, 2 threads, fused multiply-add
//   no   gpu:webgl2      executor gpu:webgl2 is not available here: it runs in browsers only

import { spawn } from 'node:child_process'
import { cpus, totalmem } from 'node:os'
import * as E from 'fp-ts/lib/Either.js'
import { executors, showRunError } from '../../lib/index.ts'
import { showTable } from './table.ts'

/** Set in the process that makes the survey. */
const surveying = 'DINO_SURVEYING'

const survey = async (): Promise<void> => {
  const found = await executors.surveyExecutors()
  const rows = found.map(([name, what]) => [
    E.isRight(what) ? 'yes' : 'no',
    name,
    E.isRight(what) ? what.right : showRunError(what.left),
  ])
  console.log(showTable(rows, ['left', 'left', 'left']))
}

/** This command again, in a process that makes the survey. */
const surveyApart = (): Promise<void> =>
  new Promise(resolve => {
    const words = [...process.execArgv, ...process.argv.slice(1)]
    const child = spawn(process.execPath, words, {
      env: { ...process.env, [surveying]: 'yes' },
      stdio: ['ignore', 'inherit', 'pipe'],
    })
    const said: Buffer[] = []
    child.stderr.on('data', (part: Buffer) => said.push(part))
    child.on('close', status => {
      if (status !== 0) console.error(`the survey of executors ended with status ${status}: ${Buffer.concat(said)}`)
      resolve()
    })
  })

/** Prints the machine's executors; always succeeds. */
export const info = async (): Promise<void> => {
  if (process.env[surveying] !== undefined) return survey()
  const [{ model }] = cpus()
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`
  console.log(`${model.trim()}, ${cpus().length} cores, ${memory}, Node ${process.version}\n`)
  return surveyApart()
}
