// The benchmark: every competitor on this machine, one after the other, in one table of medians, each with half the
// distance of its quartiles. Where fewer than five runs were counted their number stands instead. `npm run bench --
// --help` says what can be chosen.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { storage } from '../../lib/index.ts'
import { type StartupName, startupNames, steps } from './cases.ts'
import { runChild } from './child.ts'
import { type Competitor, commandFor, competitors, findPython, memoryCommand, startupCommand } from './competitors.ts'
import { type BenchOptions, readCommandLine } from './options.ts'
import type { Finding, Job } from './protocol.ts'
import { switchOnRelaxed } from './relaxed.ts'
import { showComparison, showMemory, showStartup, showTable, showTroubles } from './report.ts'
import { agreeing, type Result, resultOf } from './results.ts'
import { startOf } from './start.ts'

/** Seconds after which a competitor is stopped, whatever it does. */
const longest = 3600

const machineName = (): string => {
  const relaxed = switchOnRelaxed() ? 'relaxed SIMD' : 'no relaxed SIMD'
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`
  return `${cpus()[0].model.trim()}, ${availableParallelism()} cores, ${memory}, Node ${process.version}, ${relaxed}`
}

const say = (line: string): void => console.error(line)

const wordsOf = (finding: Finding): string => {
  if (finding.kind === 'about') return finding.text
  return finding.kind === 'failed' ? finding.reason : finding.name
}

const tellOf =
  ({ label }: Pick<Competitor, 'label'>) =>
  (finding: Finding): void =>
    say(`${label}: ${wordsOf(finding)}`)

/** Writes the beginning of each step for the competitors that are not written in TypeScript. */
const writeStarts = async (folder: string, { sizes }: BenchOptions): Promise<void> => {
  for (const name of sizes) {
    const { parameters, global, local, resize } = startOf(steps[name])
    const tensors = new Map(Object.entries({ ...parameters, global, local, resize }))
    await writeFile(join(folder, `${name}.safetensors`), storage.writeSafetensors({ tensors, metadata: {} }))
  }
}

const runAll = async (options: BenchOptions, folder: string): Promise<readonly Result[]> => {
  const { only, python } = options
  const found = only.includes('pytorch') ? findPython(python) : E.left('not asked for')
  if (E.isRight(found)) await writeStarts(folder, options)
  const results: Result[] = []
  for (const competitor of competitors.filter(({ group }) => only.includes(group))) {
    const command = commandFor(found)(competitor, jobOf(options, folder, competitor))
    const tell = tellOf(competitor)
    const findings: readonly Finding[] = E.isLeft(command)
      ? [{ kind: 'failed', name: 'all', reason: command.left }]
      : await runChild(command.right, longest, tell)()
    if (E.isLeft(command)) findings.forEach(tell)
    results.push(resultOf(competitor, findings))
  }
  return agreeing(results)
}

const jobOf = (options: BenchOptions, folder: string, { threads, fused }: Competitor): Job => {
  const { seconds, repetitions, patience, contractions, sizes } = options
  return { seconds, repetitions, patience, contractions, steps: sizes, threads, fused, folder }
}

const runMemory = async (options: BenchOptions): Promise<readonly Finding[]> => {
  if (!options.only.includes('wasm') || options.sizes.length === 0) return []
  const label = 'memory'
  const job = jobOf(options, '', { group: 'wasm', label, threads: 2, fused: true })
  return runChild(memoryCommand(job), longest, tellOf({ label }))()
}

const runStartups = async (options: BenchOptions): Promise<readonly Finding[]> => {
  if (!options.only.includes('wasm') || options.sizes.length === 0) return []
  const wanted = (name: StartupName): boolean => name === 'cifar-tiny' || options.sizes.includes(name)
  const findings: Finding[] = []
  for (const name of startupNames.filter(wanted))
    findings.push(...(await runChild(startupCommand({ name, threads: 2 }), longest, tellOf({ label: 'startup' }))()))
  return findings
}

const bench = async (options: BenchOptions): Promise<void> => {
  const machine = machineName()
  say(machine)
  const folder = await mkdtemp(join(tmpdir(), 'bench-'))
  const results = await runAll(options, folder)
  const memory = await runMemory(options)
  const startups = await runStartups(options)
  await rm(folder, { recursive: true })
  const tables = [showTable(results), showTroubles(results), showComparison(results)]
  const parts = [...tables, showMemory(memory), showStartup(startups)]
  console.log(['', machine, ...parts.filter(part => part !== '')].join('\n\n'))
  if (options.json === undefined) return
  await writeFile(options.json, `${JSON.stringify({ machine, options, results, memory, startups }, null, 2)}\n`)
}

const chosen = readCommandLine(process.argv.slice(2), process.env)
if (E.isRight(chosen)) await bench(chosen.right)
else {
  if (chosen.left.complaint !== '') console.error(chosen.left.complaint)
  process.exitCode = chosen.left.status
}
