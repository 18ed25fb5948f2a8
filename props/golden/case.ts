// Golden cases: numbers of the public implementations, one .safetensors with the tensors and one .json with the
// configuration each (README.md here).

import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import { storage } from '../../lib/index.ts'
import { goldenFile } from './golden-file.ts'

/** A case: what it was computed with, and its tensors by name. */
export interface Case<Config> {
  readonly config: Config
  readonly tensors: ReadonlyMap<string, storage.StoredTensor>
}

/** Reads a case; the caller says what its configuration looks like. */
export const readCase = <Config>(name: string): Case<Config> => {
  const { config } = JSON.parse(new TextDecoder().decode(goldenFile(`${name}.json`)))
  const file = storage.readSafetensors(goldenFile(`${name}.safetensors`))
  if (E.isLeft(file)) assert.fail(`${name}.safetensors: ${file.left.reason}`)
  return { config, tensors: file.right.tensors }
}

/** A tensor of a case; a missing one fails the test. */
export const tensorOf = ({ tensors }: Case<unknown>, name: string): storage.StoredTensor => {
  const tensor = tensors.get(name)
  assert.ok(tensor !== undefined, `the case has no tensor "${name}"; it has ${[...tensors.keys()].join(', ')}`)
  return tensor
}
