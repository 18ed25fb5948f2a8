// Golden cases: numbers of the public implementations, one .safetensors with the tensors and one .json with the
// configuration each (README.md here). GOLDEN names another folder with files of the same form.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as E from 'fp-ts/lib/Either.js'
import { storage } from '../../lib/index.ts'

/** A case: what it was computed with, and its tensors by name. */
export interface Case<Config> {
  readonly config: Config
  readonly tensors: ReadonlyMap<string, storage.StoredTensor>
}

const folder = resolve(process.env.GOLDEN ?? fileURLToPath(new URL('.', import.meta.url)))

/** Reads a case; the caller says what its configuration looks like. */
export const readCase = <Config>(name: string): Case<Config> => {
  const { config } = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'))
  const file = storage.readSafetensors(readFileSync(join(folder, `${name}.safetensors`)))
  if (E.isLeft(file)) assert.fail(`${name}.safetensors: ${file.left.reason}`)
  return { config, tensors: file.right.tensors }
}

/** A tensor of a case; a missing one fails the test. */
export const tensorOf = ({ tensors }: Case<unknown>, name: string): storage.StoredTensor => {
  const tensor = tensors.get(name)
  assert.ok(tensor !== undefined, `the case has no tensor "${name}"; it has ${[...tensors.keys()].join(', ')}`)
  return tensor
}
