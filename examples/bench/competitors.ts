// The competitors: each is a row of the table, and a program that runs in a process of its own, such as
// `node --import tsx peers/jax-peer.ts JOB`.

import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import { contractions } from './cases/cases.ts'
import type { Job, StartupJob } from './cases/protocol.ts'
import type { Command } from './competitor-process.ts'

/** The names that `--only` takes. */
export const groups = ['wasm', 'gpu', 'tensorflow', 'jax', 'pytorch'] as const
export type Group = (typeof groups)[number]

/** One row of the table. */
export interface Competitor {
  readonly group: Group
  readonly label: string
  readonly threads: number
  /** Whether it may multiply and add in one instruction, where that is a choice. */
  readonly fused: boolean
}

const row = (group: Group, label: string, threads: number, fused = true): Competitor => ({
  group,
  label: `${label}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
  threads,
  fused,
})

/** All rows, in the order of the table. */
export const competitors: readonly Competitor[] = [
  row('wasm', 'wasm', 1, false),
  row('wasm', 'wasm', 2, false),
  row('wasm', 'wasm fused', 1),
  row('wasm', 'wasm fused', 2),
  row('gpu', 'gpu.js webasm', 1),
  row('tensorflow', 'TensorFlow.js wasm', 1),
  row('tensorflow', 'TensorFlow.js wasm', 2),
  row('jax', 'jax-js wasm', 1),
  row('jax', 'jax-js wasm', 2),
  row('pytorch', 'PyTorch CPU', 1),
  row('pytorch', 'PyTorch CPU', 2),
]

/** Whether it is a library in JavaScript other than this one. */
export const isJavaScriptPeer = ({ group }: Competitor): boolean => ['gpu', 'tensorflow', 'jax'].includes(group)

const fileOf = (name: string): string => fileURLToPath(new URL(`./peers/${name}`, import.meta.url))

/** The job for a program in another language, which cannot look up shapes; a step's file says all of the step. */
const explained = (job: Job): object => ({
  ...job,
  shapes: Object.fromEntries(job.contractions.map(name => [name, contractions[name]])),
})

/** A Python that has PyTorch: the one given, or else the first that is found. */
export const findPython = (given: string | undefined): E.Either<string, string> => {
  const candidates = given === undefined ? ['python3', 'python'] : [given]
  const found = candidates.find(python => spawnSync(python, ['-c', 'import torch'], { timeout: 120_000 }).status === 0)
  const looked = candidates.join(', ')
  return found === undefined
    ? E.left(`no Python with PyTorch here (${looked}); name one with PYTHON=...`)
    : E.right(found)
}

const node = (file: string, job: object): Command => ({
  program: process.execPath,
  words: ['--import', import.meta.resolve('tsx'), fileOf(file), JSON.stringify(job)],
})

/** The command that runs a competitor, or the reason why there is none. */
export const commandFor =
  (python: E.Either<string, string>) =>
  ({ group }: Competitor, job: Job): E.Either<string, Command> =>
    group === 'pytorch'
      ? E.map((program: string) => ({
          program,
          words: ['-B', fileOf('pytorch_peer.py'), JSON.stringify(explained(job))],
        }))(python)
      : E.right(node(`${group}-peer.ts`, job))

/** The command that times this project's compilation of a step. */
export const startupCommand = (job: StartupJob): Command => node('startup-peer.ts', job)

/** The command that finds the memory that this project's steps take. */
export const memoryCommand = (job: Job): Command => node('memory-peer.ts', job)
