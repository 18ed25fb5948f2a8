// Backbones from files and folders: a safetensors file, several with an index, a file of torch.save, a folder of
// Hugging Face, or the folder of a run. What a file is is told by its first bytes, whatever its name says.
//
//   weights.pth    model.safetensors.index.json    dinov2-small/ (config.json, model.safetensors)    runs/1/

import { readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { storage } from '../../lib/index.ts'
import { formOf } from '../model/vit-form.ts'
import { type Failure, failure } from '../run/failure.ts'
import { type Backbone, backboneAmong, type Hints, readBackboneTensors } from '../weights/backbone-tensors.ts'
import { readHuggingfaceConfig } from '../weights/huggingface-config.ts'
import { readReference, readTorchFile } from '../weights/torch-file.ts'
import type { Tensors } from '../weights/weight-names.ts'
import { faultOf } from './files.ts'
import { type HearRefused, readRun } from './record.ts'

/** What --weights may name. */
export const weightsAllowed =
  'a .safetensors, .safetensors.index.json or .pth file, a folder of Hugging Face, or the folder of a run'

const wrong =
  (path: string, expected: string) =>
  (came: string): Failure =>
    failure('record')({ path, expected, came })

const contentsOf = (path: string): E.Either<Failure, Uint8Array> =>
  E.tryCatch(
    () => new Uint8Array(readFileSync(path)),
    thrown => wrong(path, 'a file of weights')(faultOf(thrown)),
  )

const isThere = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true

/** The tensors of a backbone, and the heads that the file tells of. */
interface Found {
  readonly tensors: Tensors
  readonly heads?: number
}

const torchTensors = (path: string, bytes: Uint8Array, { which }: Hints): E.Either<Failure, Found> =>
  pipe(
    readTorchFile(bytes),
    E.chain(backboneAmong(which)),
    E.bimap(wrong(path, 'tensors as torch.save writes them'), references => ({
      tensors: new Map([...references].map(([name, reference]) => [name, readReference(reference)])),
    })),
  )

const headsIn = (metadata: Readonly<Record<string, string>>): Pick<Found, 'heads'> => {
  const heads = Number(metadata.heads)
  return Number.isSafeInteger(heads) && heads > 0 ? { heads } : {}
}

const safetensorsIn = (path: string, bytes: Uint8Array, { which }: Hints): E.Either<Failure, Found> =>
  pipe(
    storage.readSafetensors(bytes),
    E.mapLeft(({ reason }) => reason),
    E.chain(({ tensors, metadata }) =>
      pipe(
        backboneAmong(which)(tensors),
        E.map(own => ({ tensors: own, ...headsIn(metadata) })),
      ),
    ),
    E.mapLeft(wrong(path, 'safetensors of a backbone')),
  )

const shardsUnder = (path: string, { which }: Hints): E.Either<Failure, Found> =>
  pipe(
    contentsOf(path),
    E.chain(bytes =>
      pipe(
        storage.readShardIndex(new TextDecoder().decode(bytes)),
        E.mapLeft(wrong(path, 'an index of safetensors files')),
      ),
    ),
    E.chain(index =>
      pipe(
        storage.readShards(index, file => contentsOf(join(dirname(path), file))),
        E.chainW(backboneAmong(which)),
        E.bimap(
          error => (typeof error === 'string' ? wrong(path, 'safetensors of a backbone')(error) : error),
          tensors => ({ tensors }),
        ),
      ),
    ),
  )

const isTorch = (bytes: Uint8Array): boolean => (bytes[0] === 0x50 && bytes[1] === 0x4b) || bytes[0] === 0x80

const fileTensors = (path: string, hints: Hints): E.Either<Failure, Found> =>
  path.endsWith('.index.json')
    ? shardsUnder(path, hints)
    : pipe(
        contentsOf(path),
        E.chain(bytes => (isTorch(bytes) ? torchTensors(path, bytes, hints) : safetensorsIn(path, bytes, hints))),
      )

const folderTensors = (folder: string, hints: Hints): E.Either<Failure, Found> => {
  const [config, index, whole] = ['config.json', 'model.safetensors.index.json', 'model.safetensors'].map(name =>
    join(folder, name),
  )
  if (!isThere(index) && !isThere(whole))
    return E.left(wrong(folder, weightsAllowed)('a folder without model.safetensors'))
  return pipe(
    isThere(config)
      ? pipe(
          contentsOf(config),
          E.chain(bytes =>
            pipe(
              readHuggingfaceConfig(new TextDecoder().decode(bytes)),
              E.mapLeft(wrong(config, 'the configuration of a Dinov2Model')),
            ),
          ),
        )
      : E.right({}),
    E.chain(told =>
      pipe(
        fileTensors(isThere(index) ? index : whole, hints),
        E.map(found => ({ ...found, ...told })),
      ),
    ),
  )
}

const runBackbone = (folder: string, which: Hints['which'], hear: HearRefused): E.Either<Failure, Backbone> =>
  pipe(
    readRun(folder, which, hear),
    E.map(({ configuration: { model }, network }) => ({
      weights: network.backbone,
      sizes: model.backbone,
      form: formOf(model.backbone),
    })),
  )

/** A backbone from a file or folder; `hear` is told of checkpoints of a run that were refused on the way. */
export const readBackboneAt = (path: string, hints: Hints, hear: HearRefused): E.Either<Failure, Backbone> => {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) return E.left(wrong(path, weightsAllowed)('nothing: there is no such path'))
  if (found.isDirectory() && isThere(join(path, 'configuration.json'))) return runBackbone(path, hints.which, hear)
  return pipe(
    found.isDirectory() ? folderTensors(path, hints) : fileTensors(path, hints),
    E.chain(({ tensors, heads }) =>
      pipe(
        readBackboneTensors(tensors, heads === undefined ? hints : { heads, ...hints }),
        E.mapLeft(wrong(path, 'the tensors of a backbone')),
      ),
    ),
  )
}
