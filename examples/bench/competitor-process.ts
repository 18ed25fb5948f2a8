// Runs a competitor in a process of its own and gathers its findings. A missing package, a crash, and a thread that
// never answers are findings too: the benchmark goes on.

import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Task } from 'fp-ts/lib/Task.js'
import { type Finding, findingOf } from './cases/protocol.ts'

/** A program with its arguments. */
export interface Command {
  readonly program: string
  readonly words: readonly string[]
}

/** Characters that are kept of a competitor's complaints, the last ones. */
const complaintLength = 4000

/** Lines of an error that say what went wrong: the last that names an error, else the last one. */
const reasonIn = (complaint: string): string => {
  const lines = complaint.split('\n').filter(line => line.trim() !== '')
  const telling = lines.filter(line => /Error\b/.test(line))
  return (telling.at(-1) ?? lines.at(-1) ?? 'it said nothing').trim().slice(0, 300)
}

/** Runs a competitor for at most `seconds`; `seen` is called with each finding as it comes. */
export const findingsOf =
  ({ program, words }: Command, seconds: number, seen: (finding: Finding) => void): Task<readonly Finding[]> =>
  () =>
    new Promise(resolve => {
      const findings: Finding[] = []
      const take = (finding: Finding): void => {
        findings.push(finding)
        seen(finding)
      }
      const fail = (reason: string): void => take({ kind: 'failed', name: 'all', reason })
      const child = spawn(program, words, {
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: seconds * 1000,
        killSignal: 'SIGKILL',
      })
      let complaint = ''
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        complaint = (complaint + text).slice(-complaintLength)
      })
      const lines = createInterface({ input: child.stdout })
      lines.on('line', line => {
        const finding = findingOf(line)
        if (finding !== undefined) take(finding)
      })
      child.on('error', error => {
        fail(error.message)
        resolve(findings)
      })
      child.on('close', (status, signal) => {
        if (signal !== null) fail(`it was stopped by ${signal} (more than ${seconds} seconds, or too little memory)`)
        else if (status !== 0) fail(reasonIn(complaint))
        resolve(findings)
      })
    })
