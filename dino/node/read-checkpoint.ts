// Reading checkpoints. One is read only if every byte is as its manifest says, and the manifest as it was written. The
// newest that is whole is the state of a run; for each newer one that is not, there is an error that says what is
// wrong:
//
//   runs/1/checkpoints/000300/teacher.safetensors: expected 102728 bytes, as its manifest says, came 4096

import { statSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { RecordError } from '../run/failure.ts'
import { type FileEntry, type Manifest, manifestFile, readManifest } from '../run/manifest.ts'
import type { ContentError } from '../run/saved.ts'
import { checkpointFolder, checkpointSteps, sha256 } from './checkpoint-folder.ts'
import { faultOf, readRegular } from './files.ts'

/** A checkpoint that is whole: its manifest, and the contents of its files by name. */
export interface Checkpoint {
  readonly folder: string
  readonly manifest: Manifest
  readonly contents: ReadonlyMap<string, Uint8Array>
}

const wrong = (path: string, expected: string, came: string): E.Either<RecordError, never> =>
  E.left({ path, expected, came })

const reading = <A>(path: string, read: () => A): E.Either<RecordError, A> =>
  E.tryCatch(read, thrown => ({ path, expected: 'a file of a checkpoint', came: faultOf(thrown) }))

/** What is wrong with the contents of a file in a folder, as an error of the record. */
export const inFolder =
  (folder: string) =>
  ({ file, expected, came }: ContentError): RecordError => ({ path: join(folder, file), expected, came })

/** The manifest of the checkpoint of a step. */
export const manifestOf = (run: string, step: number): E.Either<RecordError, Manifest> => {
  const folder = checkpointFolder(run, step)
  const path = join(folder, manifestFile)
  return pipe(
    reading(path, () => readRegular(path).toString('utf8')),
    E.chain(text => pipe(readManifest(text, sha256), E.mapLeft(inFolder(folder)))),
    E.filterOrElse(
      manifest => manifest.step === step,
      manifest => ({ path, expected: `step ${step}, as its folder says`, came: `step ${manifest.step}` }),
    ),
  )
}

const shown = (sum: string): string => `${sum.slice(0, 12)}...`

const readFile = (path: string, entry: FileEntry): E.Either<RecordError, Uint8Array> =>
  pipe(
    reading(path, () => statSync(path).size),
    E.chain(size => {
      if (size !== entry.bytes) return wrong(path, `${entry.bytes} bytes, as its manifest says`, String(size))
      return reading(path, () => readRegular(path))
    }),
    E.chain(contents => {
      const came = sha256(contents)
      if (came === entry.sha256) return E.right(contents)
      return wrong(path, `the checksum ${shown(entry.sha256)}, as its manifest says`, shown(came))
    }),
  )

/** The checkpoint of a step, if it is whole. */
export const readCheckpoint = (run: string, step: number): E.Either<RecordError, Checkpoint> => {
  const folder = checkpointFolder(run, step)
  const named = ([file, entry]: [string, FileEntry]) =>
    pipe(
      readFile(join(folder, file), entry),
      E.map((contents): readonly [string, Uint8Array] => [file, contents]),
    )
  return pipe(
    manifestOf(run, step),
    E.bindTo('manifest'),
    E.bind('read', ({ manifest }) => pipe(Object.entries(manifest.files), E.traverseArray(named))),
    E.map(({ manifest, read }) => ({ folder, manifest, contents: new Map(read) })),
  )
}

/** What was found in the newest checkpoint that could be read, and what is wrong with each newer one. */
export interface Newest<A> {
  readonly step: number
  readonly found: A
  readonly refused: readonly RecordError[]
}

/**
 * Reads the newest whole checkpoint; `undefined` where there is none at all. If none can be read, the fault of the
 * newest is the error. A training that goes on meanwhile may take away what is being read: then reading begins again.
 */
export const newestCheckpoint = <A>(
  run: string,
  read: (checkpoint: Checkpoint) => E.Either<RecordError, A>,
): E.Either<RecordError, Newest<A> | undefined> => {
  const steps = checkpointSteps(run)
  const refused: RecordError[] = []
  for (const step of steps) {
    const found = pipe(readCheckpoint(run, step), E.chain(read))
    if (E.isRight(found)) return E.right({ step, found: found.right, refused })
    refused.push(found.left)
  }
  if (steps.length === 0) return E.right(undefined)
  return checkpointSteps(run)[0] > steps[0] ? newestCheckpoint(run, read) : E.left(refused[0])
}
