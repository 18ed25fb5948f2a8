// Safetensors in several files with an index, as Hugging Face writes large models: the index says which file has which
// tensor. Every tensor of the index must be in its file, and no file may have one that the index does not place there.
//
//   model.safetensors.index.json:   { "weight_map": { "layernorm.bias": "model-00001-of-00002.safetensors", ... } }

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { readSafetensors, type StoredTensor } from './safetensors.ts'
import { isTextRecord, parseRecord } from './strict-json.ts'

/** An index: the name of the file that each tensor is in. */
export type ShardIndex = ReadonlyMap<string, string>

/** Names of files beside the index, and of nothing else. */
const isPlainName = (file: string): boolean => /^[^/\\]+$/.test(file) && file !== '.' && file !== '..'

/**
 * The index in a file's text, or what is wrong with it.
 *
 * @example
 * ```ts
 * import { storage } from 'functional-dino'
 * const index = storage.readShardIndex('{"weight_map":{"bias":"a.safetensors"}}')
 * index // => { _tag: 'Right', right: new Map([['bias', 'a.safetensors']]) }
 * ```
 */
export const readShardIndex = (text: string): E.Either<string, ShardIndex> =>
  pipe(
    parseRecord(text),
    E.mapLeft(reason => `the index is ${reason}`),
    E.chain(({ weight_map: map }) => {
      if (!isTextRecord(map) || Object.keys(map).length === 0)
        return E.left('the index has no weight_map from tensors to files')
      const strange = Object.values(map).find(file => !isPlainName(file))
      if (strange !== undefined) return E.left(`the index names ${JSON.stringify(strange)}, which is no file beside it`)
      return E.right(new Map(Object.entries(map)))
    }),
  )

/** The files of an index, each once. */
export const shardFiles = (index: ShardIndex): readonly string[] => [...new Set(index.values())].sort()

const checkShard = (
  index: ShardIndex,
  file: string,
  tensors: ReadonlyMap<string, StoredTensor>,
): E.Either<string, readonly (readonly [string, StoredTensor])[]> => {
  const placed = [...index].filter(([, at]) => at === file).map(([name]) => name)
  const missing = placed.filter(name => !tensors.has(name))
  const unexpected = [...tensors.keys()].filter(name => index.get(name) !== file)
  if (missing.length > 0) return E.left(`${file} lacks what the index places there: ${missing.join(', ')}`)
  if (unexpected.length > 0) return E.left(`${file} has what the index does not place there: ${unexpected.join(', ')}`)
  return E.right([...tensors])
}

/** All tensors of an index; `contents` gives the bytes of each file. */
export const readShards = <L>(
  index: ShardIndex,
  contents: (file: string) => E.Either<L, Uint8Array>,
): E.Either<L | string, ReadonlyMap<string, StoredTensor>> =>
  pipe(
    shardFiles(index),
    E.traverseArray(file =>
      pipe(
        contents(file),
        E.chainW(bytes =>
          pipe(
            readSafetensors(bytes),
            E.mapLeft(({ reason }) => `${file}: ${reason}`),
          ),
        ),
        E.chainW(({ tensors }) => checkShard(index, file, tensors)),
      ),
    ),
    E.map(shards => new Map(shards.flat())),
  )
