// The benchmark: every competitor on this machine, one after the other, in one table of medians, each with half the
// distance of its quartiles as a part of it; where fewer than five runs were counted, their number stands instead.
// `npm run bench -- --help` says what can be chosen. A row of the table reads
//   wasm, 2 threads         54 ± 3%   639 ±12%

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { storage } from '../../lib/index.ts'
import { beginningOf } from './cases/beginning.ts'
import { startupNames, steps } from './cases/cases.ts'
import type { Finding, Job } from './cases/protocol.ts'
import { type BenchOptions, readCommandLine } from './command-line.ts'
import { type Command, findingsOf } from './competitor-process.ts'
import { type Competitor, commandFor, competitors, findPython, memoryCommand, startupCommand } from './competitors.ts'
import { switchOnRelaxed } from './peers/relaxed-simd.ts'
import { showComparison, showMemory, showStartup, showTable, showTroubles } from './report.ts'
import { agreeing, type Result, resultOf } from './results.ts'

/** Seconds after which a competitor is stopped, whatever it does. */
const longest = 3600

const machineName = (): string => {
  const relaxed = switchOnRelaxed() ? 'relaxed SIMD' : 'no relaxed SIMD'
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`
  return `${cpus()[0].model.trim()}, ${availableParallelism()} cores, ${memory}, Node ${process.version}, ${relaxed}`
}

const say = (line: string): void => console.error(line)

const newsOf = (finding: Finding): string =>
  finding.kind === 'about' ? finding.text : finding.kind === 'failed' ? finding.reason : finding.name

/** The findings of a program; each is told as it comes. A program that cannot be run is a finding. */
const found = async (label: string, command: E.Either<string, Command>): Promise<readonly Finding[]> => {
  const tell = (finding: Finding): void => say(`${label}: ${newsOf(finding)}`)
  if (E.isRight(command)) return findingsOf(command.right, longest, tell)()
  const failed = { kind: 'failed', name: 'all', reason: command.left } as const
  tell(failed)
  return [failed]
}

/** Writes the beginning of each step, and the step, for the competitors that are not written in TypeScript. */
const writeBeginnings = async (folder: string, { sizes }: BenchOptions): Promise<void> => {
  for (const name of sizes) {
    const { step, decay, parameters, global, local, resize } = beginningOf(steps[name])
    const tensors = new Map(Object.entries({ ...parameters, global, local, resize }))
    const metadata = { step: JSON.stringify(step), decay: JSON.stringify(decay) }
    await writeFile(join(folder, `${name}.safetensors`), storage.writeSafetensors({ tensors, metadata }))
  }
}

const jobOf = (
  options: BenchOptions,
  folder: string,
  { threads, fused }: Pick<Competitor, 'threads' | 'fused'>,
): Job => {
  const { seconds, repetitions, patience, contractions, sizes } = options
  return { seconds, repetitions, patience, contractions, steps: sizes, threads, fused, folder }
}

/** The results of all competitors that take part. */
const compete = async (options: BenchOptions): Promise<readonly Result[]> => {
  const python = options.only.includes('pytorch') ? findPython(options.python) : E.left('not asked for')
  const folder = await mkdtemp(join(tmpdir(), 'bench-'))
  if (E.isRight(python)) await writeBeginnings(folder, options)
  const results: Result[] = []
  for (const competitor of competitors.filter(({ group }) => options.only.includes(group))) {
    const command = commandFor(python)(competitor, jobOf(options, folder, competitor))
    results.push(resultOf(competitor, await found(competitor.label, command)))
  }
  await rm(folder, { recursive: true })
  return agreeing(results)
}

/** The memory of this project's steps, and the time until they can run, if they are measured at all. */
const ownFindings = async (
  options: BenchOptions,
): Promise<Readonly<Record<'memory' | 'startups', readonly Finding[]>>> => {
  if (!options.only.includes('wasm') || options.sizes.length === 0) return { memory: [], startups: [] }
  const threads = 2
  const memory = await found('memory', E.right(memoryCommand(jobOf(options, '', { threads, fused: true }))))
  const startups: Finding[] = []
  for (const name of startupNames)
    if (name === 'cifar-tiny' || options.sizes.includes(name))
      startups.push(...(await found('startup', E.right(startupCommand({ name, threads })))))
  return { memory, startups }
}

const bench = async (options: BenchOptions): Promise<void> => {
  const machine = machineName()
  say(machine)
  const results = await compete(options)
  const { memory, startups } = await ownFindings(options)
  const tables = [showTable(results), showTroubles(results), showComparison(results)]
  const shown = [...tables, showMemory(memory), showStartup(startups)].filter(table => table !== '')
  console.log(['', machine, ...shown].join('\n\n'))
  if (options.json !== undefined)
    await writeFile(options.json, `${JSON.stringify({ machine, options, results, memory, startups }, null, 2)}\n`)
}

const chosen = readCommandLine(process.argv.slice(2), process.env)
if (E.isRight(chosen)) await bench(chosen.right)
else {
  if (chosen.left.complaint !== '') console.error(chosen.left.complaint)
  process.exitCode = chosen.left.status
}
