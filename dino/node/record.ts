// The folder of a run: configuration.json, metrics.jsonl with one line a step, and student, teacher and centre as safetensors. A file appears whole or not at all: it is written beside its place and then renamed; metrics are appended line
// by line, so that a crash loses nothing that was measured.

import { appendFileSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import {
  type As,
  dense,
  elements,
  type Initialiser,
  leavesOf,
  mapTree,
  readSafetensors,
  type StoredTensor,
  writeSafetensors,
} from '../../lib/index.ts'
import { type Network, type NetworkTree, network } from '../model/network.ts'
import { type Configuration, configure } from '../run/configuration.ts'
import type { StepReport } from '../run/course.ts'
import { networkSizes, type RunState } from '../run/plan.ts'
import { presets } from '../run/presets.ts'

/** Why a run's folder could not be written or read. */
export interface RecordError {
  readonly kind: 'record'
  readonly path: string
  readonly expected: string
  readonly came: string
}

/** Reads as `runs/1/teacher.safetensors: expected ..., came ...`. */
export const showRecordError = ({ path, expected, came }: RecordError): string =>
  `${path}: expected ${expected}, came ${came}`

const files = {
  configuration: 'configuration.json',
  metrics: 'metrics.jsonl',
  student: 'student.safetensors',
  teacher: 'teacher.safetensors',
  centre: 'centre.safetensors',
} as const

/** What was thrown while a file was written or read, as an error of the record. */
export const recordError =
  (path: string, expected: string) =>
  (thrown: unknown): RecordError => ({
    kind: 'record',
    path,
    expected,
    came: thrown instanceof Error ? thrown.message : String(thrown),
  })

const attempt = <A>(path: string, expected: string, action: () => A): E.Either<RecordError, A> =>
  E.tryCatch(action, recordError(path, expected))

const writeWhole = (path: string, contents: string | Uint8Array): void => {
  writeFileSync(`${path}.part`, contents)
  renameSync(`${path}.part`, path)
}

/** A run's folder, open for writing. */
export interface Recorder {
  readonly folder: string
  /** Appends a line to the metrics. */
  readonly step: (report: StepReport) => void
  /** Writes student, teacher and centre after so many steps, in place of those written before. */
  readonly save: (state: As<'dense', RunState>, steps: number) => E.Either<RecordError, void>
}

/** Opens a new folder for a run and writes its configuration. A folder that holds anything is refused: no run is overwritten. */
export const openRecord = (folder: string, configuration: Configuration): E.Either<RecordError, Recorder> =>
  pipe(
    attempt(folder, 'a folder to create', () => {
      mkdirSync(folder, { recursive: true })
      return readdirSync(folder)
    }),
    E.filterOrElse(
      found => found.length === 0,
      (found): RecordError => ({ kind: 'record', path: folder, expected: 'an empty folder', came: found.join(', ') }),
    ),
    E.chain(() =>
      attempt(folder, 'a folder to write to', () => {
        writeWhole(join(folder, files.configuration), `${JSON.stringify(configuration, null, 2)}\n`)
        writeFileSync(join(folder, files.metrics), '')
      }),
    ),
    E.map(() => ({
      folder,
      step: report => appendFileSync(join(folder, files.metrics), `${JSON.stringify(report)}\n`),
      save: (state, steps) => writeState(folder, state, steps),
    })),
  )

const storedTree = (tree: object): ReadonlyMap<string, StoredTensor> =>
  new Map(
    leavesOf<'dense'>(tree).map(([path, { sizes, data }]) => [
      path,
      { shape: Object.values(sizes), data: Float32Array.from(data) },
    ]),
  )

const writeState = (
  folder: string,
  { student, teacher, objective }: As<'dense', RunState>,
  steps: number,
): E.Either<RecordError, void> =>
  attempt(folder, 'a folder to write to', () => {
    const metadata = { step: String(steps) }
    const write = (name: string, tree: object) =>
      writeWhole(join(folder, name), writeSafetensors({ tensors: storedTree(tree), metadata }))
    write(files.student, student)
    write(files.teacher, teacher)
    write(files.centre, objective)
  })

/** A finished run: how it was configured, and one of its networks. */
export interface FinishedRun {
  readonly configuration: Configuration
  readonly network: As<'dense', Network>
}

const readConfiguration = (folder: string): E.Either<RecordError, Configuration> => {
  const path = join(folder, files.configuration)
  return pipe(
    attempt(
      path,
      'the configuration of a run',
      () => JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>,
    ),
    E.chain(given =>
      pipe(
        configure(presets.scenes, given),
        E.mapLeft(
          ({ option, allowed, came }): RecordError => ({
            kind: 'record',
            path,
            expected: `${option} to be ${allowed}`,
            came,
          }),
        ),
      ),
    ),
  )
}

const fill = (path: string, tree: NetworkTree, tensors: ReadonlyMap<string, StoredTensor>) => {
  const wrong: string[] = []
  const filled = mapTree<'initialiser', 'dense'>(<A extends string>({ sizes }: Initialiser<A>, name: string) => {
    const data = tensors.get(name)?.data
    if (data?.length === elements(sizes)) return dense(sizes, data)
    wrong.push(`"${name}" with ${data?.length ?? 'no'} values, not ${elements(sizes)}`)
    return dense(sizes, new Float32Array(elements(sizes)))
  })(tree)
  return wrong.length === 0
    ? E.right(filled)
    : E.left<RecordError>({
        kind: 'record',
        path,
        expected: 'the tensors of its configuration',
        came: wrong.join('; '),
      })
}

/** Reads a run's configuration and one of its networks. */
export const readRun = (folder: string, which: 'student' | 'teacher'): E.Either<RecordError, FinishedRun> => {
  const path = join(folder, files[which])
  return pipe(
    readConfiguration(folder),
    E.bindTo('configuration'),
    E.bind('network', ({ configuration }) =>
      pipe(
        attempt(path, 'the weights of a finished run', () => readFileSync(path)),
        E.chain(bytes =>
          pipe(
            readSafetensors(bytes),
            E.mapLeft(({ reason }): RecordError => ({ kind: 'record', path, expected: 'safetensors', came: reason })),
          ),
        ),
        E.chain(({ tensors }) => fill(path, network(networkSizes(configuration)), tensors)),
      ),
    ),
  )
}
