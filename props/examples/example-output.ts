// Runs a program of `examples` as its reader would, in a process of its own, and gives what it prints.

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { projectFolder } from '../support/type-checker.ts'

/** What `npx tsx examples/NAME WORDS...` prints; a program that fails is an error. */
export const exampleOutput = async (name: string, ...words: readonly string[]): Promise<string> => {
  const program = ['--import', 'tsx', `examples/${name}`, ...words]
  const { stdout } = await promisify(execFile)(process.execPath, program, { cwd: projectFolder })
  return stdout
}
