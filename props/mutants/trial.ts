// A trial of one mutant in a copy of the repository: its change is made, each test that must fail is run, and the file
// is put back. The copy is made once and lies in the system's folder for temporary files; packages are linked, not
// copied. A test that fails without any change proves nothing, so `unchanged` runs each one first, and its time there
// sets how long it may take later.

import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { transformSync } from 'esbuild'
import type { Mutant } from './mutant.ts'

/**
 * What became of a mutant: `killed` if every test named failed, `stale` if it does not apply to the files as they are.
 */
export type Outcome = 'killed' | 'survived' | 'stale'

/** The outcome of a trial, and why, in words. */
export interface Trial {
  readonly outcome: Outcome
  readonly reason: string
}

/** How a test ended, and after how many milliseconds. A test that hangs is stopped and has failed. */
interface Ended {
  readonly passed: boolean
  readonly time: number
}

const copied = ['lib', 'dino', 'props', 'examples', 'package.json', 'tsconfig.json']

/** Copies what tests need into a folder of its own, which goes when the process ends. */
export const copyRepository = (root: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'mutants-'))
  process.on('exit', () => rmSync(folder, { recursive: true }))
  for (const part of copied)
    cpSync(join(root, part), join(folder, part), {
      recursive: true,
      filter: source => basename(source) !== 'node_modules',
    })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

/** Runs a test file; whatever it started is stopped with it after `limit` milliseconds, or when this process ends. */
const runTest = (folder: string, test: string, limit: number): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const start = performance.now()
    const command = ['--import', 'tsx', '--test', test]
    const child = spawn(process.execPath, command, { cwd: folder, stdio: 'ignore', detached: true })
    const stop = (): void => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    }
    const timer = setTimeout(stop, limit)
    process.once('exit', stop)
    child.on('error', reject)
    child.on('exit', code => {
      clearTimeout(timer)
      process.off('exit', stop)
      resolve({ passed: code === 0, time: performance.now() - start })
    })
  })

/** The longest that a test may take of itself, in milliseconds. */
const longest = 600_000

/**
 * How long a test may take with a change, from its time without one: a change may slow it down, and so may other
 * programs.
 */
const limitOf = (time: number): number => 60_000 + 5 * time

/** The milliseconds that each test may take; throws where one fails though nothing is changed. */
export const unchanged = async (folder: string, tests: readonly string[]): Promise<ReadonlyMap<string, number>> => {
  const limits = new Map<string, number>()
  for (const test of new Set(tests)) {
    const { passed, time } = await runTest(folder, test, longest)
    if (!passed) throw new Error(`${test} fails without any change`)
    limits.set(test, limitOf(time))
  }
  return limits
}

const parses = (text: string): boolean => {
  try {
    return transformSync(text, { loader: 'ts', logLevel: 'silent' }).code.length > 0
  } catch {
    return false
  }
}

/** Why a mutant does not apply, or the text of its file with the change made. */
const changed = (folder: string, { file, from, to }: Mutant): Trial | { readonly text: string } => {
  const stale = (reason: string): Trial => ({ outcome: 'stale', reason })
  if (!existsSync(join(folder, file))) return stale('no such file')
  const parts = readFileSync(join(folder, file), 'utf8').split(from)
  if (parts.length !== 2) return stale(`text found ${parts.length - 1} times, not exactly once`)
  const text = parts.join(to)
  return parses(text) ? { text } : stale('the changed file does not parse')
}

const testsOf = async (folder: string, { tests }: Mutant, limits: ReadonlyMap<string, number>): Promise<Trial> => {
  for (const test of tests) {
    const { passed } = await runTest(folder, test, limits.get(test) ?? longest)
    if (passed) return { outcome: 'survived', reason: `${test} passes` }
  }
  return { outcome: 'killed', reason: tests.join(', ') }
}

/** Makes a mutant's change in a copy of the repository, runs its tests, and puts the file back. */
export const tryMutant =
  (folder: string, limits: ReadonlyMap<string, number>) =>
  async (mutant: Mutant): Promise<Trial> => {
    const change = changed(folder, mutant)
    if ('outcome' in change) return change
    const file = join(folder, mutant.file)
    const original = readFileSync(file)
    writeFileSync(file, change.text)
    try {
      return await testsOf(folder, mutant, limits)
    } finally {
      writeFileSync(file, original)
    }
  }
