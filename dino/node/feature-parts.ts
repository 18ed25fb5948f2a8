// Features on their way to a file: each batch is a safetensors file of its own, written whole, in a folder beside the
// file to come. A call that is made again finds the parts of the call before and goes on; when all are there they are
// joined, without ever being in memory together.
//
//   features.safetensors.parts/asked.json   000000.safetensors   000001.safetensors   ...

import { closeSync, existsSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { storage } from '../../lib/index.ts'
import type { RecordError } from '../run/failure.ts'
import { makeFolder, settle, writeWhole } from './files.ts'
import { recordError } from './record.ts'

/** The parts of a file to come. */
export interface Parts {
  /** The part of a number, if it is there and whole. */
  readonly read: (index: number) => storage.StoredTensors | undefined
  readonly write: (index: number, part: storage.StoredTensors) => E.Either<RecordError, void>
  /** Joins so many parts along their first dimension into the file, and takes them away. */
  readonly join: (count: number, metadata: Readonly<Record<string, string>>) => E.Either<RecordError, void>
}

const attempt = <A>(path: string, action: () => A): E.Either<RecordError, A> =>
  E.tryCatch(action, recordError(path, 'a file to write'))

/** Shapes of the whole from those of its parts. */
const formsOf = (parts: readonly ReadonlyMap<string, readonly number[]>[]): ReadonlyMap<string, storage.TensorForm> => {
  const forms = new Map<string, storage.TensorForm>()
  for (const part of parts)
    for (const [name, [count, ...rest]] of part)
      forms.set(name, { dtype: 'F32', shape: [(forms.get(name)?.shape[0] ?? 0) + count, ...rest] })
  return forms
}

const joinParts = (
  path: string,
  part: (index: number) => storage.StoredTensors,
  count: number,
  metadata: Readonly<Record<string, string>>,
): void => {
  const numbers = Array.from({ length: count }, (_, index) => index)
  const shapes = numbers.map(index => new Map([...part(index).tensors].map(([name, { shape }]) => [name, shape])))
  const header = storage.safetensorsHeader(formsOf(shapes), metadata)
  const beside = `${path}.part`
  const file = openSync(beside, 'w')
  try {
    writeSync(file, header.bytes)
    for (const name of header.names)
      for (const index of numbers) {
        const data = part(index).tensors.get(name)?.data
        if (data !== undefined) writeSync(file, new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
      }
  } finally {
    closeSync(file)
  }
  settle(beside)
  renameSync(beside, path)
  settle(dirname(path))
}

/**
 * Opens the parts beside a file; `asked` says what they are of, and parts of anything else are refused. Gives the parts
 * and what is to be done with a folder that was made in vain.
 */
export const openParts = (path: string, asked: string): E.Either<RecordError, Parts> => {
  const folder = `${path}.parts`
  const request = join(folder, 'asked.json')
  const fileOf = (index: number): string => join(folder, `${String(index).padStart(6, '0')}.safetensors`)
  const read = (index: number): storage.StoredTensors | undefined => {
    if (!existsSync(fileOf(index))) return undefined
    const stored = storage.readSafetensors(new Uint8Array(readFileSync(fileOf(index))))
    return E.isRight(stored) ? stored.right : undefined
  }
  const parts: Parts = {
    read,
    write: (index, part) => attempt(fileOf(index), () => writeWhole(fileOf(index), storage.writeSafetensors(part))),
    join: (count, metadata) =>
      attempt(path, () => {
        joinParts(path, index => read(index)!, count, metadata)
        rmSync(folder, { recursive: true })
      }),
  }
  return pipe(
    attempt(folder, () => {
      makeFolder(folder)
      if (!existsSync(request)) writeWhole(request, asked)
      return readFileSync(request, 'utf8')
    }),
    E.filterOrElse(
      found => found === asked,
      (): RecordError => ({
        path: folder,
        expected: 'parts of the same features, or no such folder',
        came: 'those of other pictures, weights or options',
      }),
    ),
    E.map(() => parts),
  )
}
