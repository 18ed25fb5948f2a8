// The `convert` command: a backbone under the names of another program. Hugging Face's are a folder that
// `Dinov2Model.from_pretrained` reads; the others a safetensors file, which torch code reads by
// `model.load_state_dict(safetensors.torch.load_file(...))`.

import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { storage } from '../../lib/index.ts'
import { printable } from '../data/printable.ts'
import { makeFolder, writeWhole } from '../node/files.ts'
import { recordError } from '../node/record.ts'
import { cameAs, type Values } from '../options/option.ts'
import { choice, text } from '../options/option-rows.ts'
import type { Given } from '../options/option-values.ts'
import { type Failure, failure } from '../run/failure.ts'
import { type Backbone, writeBackboneTensors } from '../weights/backbone-tensors.ts'
import { huggingfaceConfig, huggingfacePreprocessor } from '../weights/huggingface-config.ts'
import { type Tensors, weightNames, writtenNames } from '../weights/weight-names.ts'
import { readFlags } from './flags.ts'
import { counted } from './progress.ts'
import { backboneOf, weightOptions } from './weight-flags.ts'

const outAllowed = 'a new .safetensors file; for huggingface a new folder'

/** The options of the command. */
export const convertOptions = {
  ...weightOptions,
  out: text(undefined, 'what to write', outAllowed),
  names: choice(writtenNames, 'dinov2', 'the names of the tensors'),
} as const

type ConvertFlags = Values<typeof convertOptions>

/** The files to write, by their paths. */
const filesOf = (
  { out, names }: ConvertFlags & { readonly out: string },
  backbone: Backbone,
  tensors: Tensors,
): ReadonlyMap<string, string | Uint8Array> => {
  const metadata = { format: 'pt', heads: String(backbone.sizes.heads) }
  const weights = storage.writeSafetensors({ tensors, metadata })
  if (names !== 'huggingface') return new Map<string, string | Uint8Array>([[out, weights]])
  const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`
  return new Map<string, string | Uint8Array>([
    [join(out, 'config.json'), json(huggingfaceConfig(backbone))],
    [join(out, 'preprocessor_config.json'), json(huggingfacePreprocessor(backbone))],
    [join(out, 'model.safetensors'), weights],
  ])
}

const refused = (name: string, allowed: string, came: string): E.Either<Failure, never> =>
  E.left(failure('option')({ name, allowed, came }))

const checked = (flags: ConvertFlags): E.Either<Failure, ConvertFlags & { readonly out: string }> => {
  const { out, names } = flags
  if (out === undefined) return refused('--out', outAllowed, cameAs(undefined))
  if (names !== 'huggingface' && !out.endsWith('.safetensors')) return refused('--out', outAllowed, cameAs(out))
  if (existsSync(out)) return refused('--out', outAllowed, `${printable(out)}, which is there`)
  return E.right({ ...flags, out })
}

const write = (files: ReadonlyMap<string, string | Uint8Array>): E.Either<Failure, void> =>
  pipe(
    [...files],
    E.traverseArray(([path, contents]) =>
      E.tryCatch(
        () => {
          makeFolder(dirname(path))
          writeWhole(path, contents)
        },
        recordError(path, 'a file to write'),
      ),
    ),
    E.bimap(failure('record'), () => undefined),
  )

/** The command. */
export const convertCommand = (given: Given): TE.TaskEither<Failure, void> =>
  pipe(
    readFlags(convertOptions)(given),
    E.chainW(checked),
    E.bindTo('flags'),
    E.bindW('backbone', ({ flags }) => backboneOf(flags)),
    E.bindW('tensors', ({ flags, backbone }) =>
      pipe(
        writeBackboneTensors(weightNames[flags.names], backbone),
        E.mapLeft(came => failure('option')({ name: '--names', allowed: 'names for all parts of the weights', came })),
      ),
    ),
    E.chainFirstW(({ flags, backbone, tensors }) => write(filesOf(flags, backbone, tensors))),
    E.map(({ flags, backbone, tensors }) => {
      const { meaning, resizing } = weightNames[flags.names]
      const own = resizing((backbone.sizes.registers ?? 0) > 0)
      console.log(`${counted(tensors.size, 'tensor')} by the names of ${meaning}; written to ${printable(flags.out)}`)
      if (JSON.stringify(own) !== JSON.stringify(backbone.form.resizing))
        console.log(
          `${meaning} resizes positions otherwise: features differ at sizes other than ${backbone.sizes.imageSize}`,
        )
    }),
    TE.fromEither,
  )
