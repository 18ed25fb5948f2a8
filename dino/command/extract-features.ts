// The `features` command: features of every picture of a folder under a backbone, as one safetensors file, whose
// metadata names the pictures in the order of its rows. It shows how far it is, and goes on where a call before ended.
//
//   dino features --weights dinov2-small --images photos --out features.safetensors --blocks 9,11
//   1000 images, 22.1 images/s; classToken 1000 x 384, patches 1000 x 256 x 384; written to features.safetensors

import { createHash } from 'node:crypto'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type storage, trees } from '../../lib/index.ts'
import { type PictureSet, showDataError } from '../data/picture-set.ts'
import { printable } from '../data/printable.ts'
import { type Extracts, extractor, type FeatureOptions } from '../evaluate/token-features.ts'
import { openParts, type Parts } from '../node/feature-parts.ts'
import { openFolder } from '../node/folder.ts'
import type { Given } from '../options/option-values.ts'
import { type Failure, failure } from '../run/failure.ts'
import type { Backbone } from '../weights/backbone-tensors.ts'
import { executorOptions, usingExecutor } from './executor-flags.ts'
import { featureOptions, type Wanted, wantedOf } from './feature-flags.ts'
import { readFlags } from './flags.ts'
import { oneAhead, type PictureBatch, pictureBatch } from './picture-batches.ts'
import { startBar } from './progress.ts'
import { backboneOf } from './weight-flags.ts'

/** Pictures are decoded as they are: published features are of pictures that are resized once. */
const fullSize = 2 ** 14

/** All that features depend on, as text: the values of the weights, the pictures, and how they are seen. */
const askedOf = ({ weights, form }: Backbone, { images, options }: Wanted, set: PictureSet): string => {
  const hash = createHash('sha256')
  for (const [path, { data }] of trees.leavesOf<'dense'>(weights)) hash.update(path).update(data)
  const pictures = set.names.map(name => {
    const { size, mtimeMs } = statSync(join(images, name), { throwIfNoEntry: false }) ?? { size: 0, mtimeMs: 0 }
    return [name, size, mtimeMs]
  })
  return JSON.stringify({ weights: hash.digest('hex'), form, options, pictures })
}

interface Work {
  readonly set: PictureSet
  readonly parts: Parts
  readonly options: FeatureOptions
  readonly extract: Extracts
}

/** The features of one batch; its metadata says of which pictures, for some cannot be read. */
const extractPart =
  ({ extract }: Work, { views, names, skipped }: PictureBatch): TE.TaskEither<Failure, storage.StoredTensors> =>
  async () => {
    for (const error of skipped) console.error(`skipped: ${showDataError(error)}`)
    const metadata = { images: JSON.stringify(names) }
    return pipe(
      extract(views),
      TE.bimap(failure('run'), tensors => ({ tensors, metadata })),
    )()
  }

interface Extracted {
  readonly images: readonly string[]
  readonly shapes: ReadonlyMap<string, readonly number[]>
  /** Images that were computed now, and the seconds that they took. */
  readonly fresh: number
  readonly seconds: number
}

/** All parts, those of a call before taken over. */
const extractAll =
  (work: Work): TE.TaskEither<Failure, Extracted> =>
  async () => {
    const { set, parts, options } = work
    const count = Math.ceil(set.names.length / options.batch)
    const bar = startBar('features', set.names.length)
    const images: string[] = []
    const shapes = new Map<string, readonly number[]>()
    const start = performance.now()
    const batch = oneAhead(count, index => pictureBatch(set, options, index))
    let fresh = 0
    for (let index = 0; index < count; index += 1) {
      const known = parts.read(index)
      const part = known === undefined ? await extractPart(work, await batch(index))() : E.right(known)
      if (E.isLeft(part)) return part
      const { tensors, metadata } = part.right
      const names = JSON.parse(metadata.images) as readonly string[]
      images.push(...names)
      for (const [name, { shape }] of tensors) shapes.set(name, shape.slice(1))
      if (known === undefined) {
        fresh += names.length
        const written = parts.write(index, part.right)
        if (E.isLeft(written)) return E.left(failure('record')(written.left))
      }
      bar.update(Math.min((index + 1) * options.batch, set.names.length))
    }
    bar.stop()
    return E.right({ images, shapes, fresh, seconds: (performance.now() - start) / 1000 })
  }

const finish = (
  { out, options }: Wanted,
  { set, parts }: Work,
  { images, shapes, fresh, seconds }: Extracted,
): E.Either<Failure, void> => {
  const { size, batch, blocks } = options
  if (images.length === 0) {
    const nothing = { kind: 'no pictures', path: set.name, expected: 'pictures that can be read', others: 0 } as const
    return E.left(failure('data')(nothing))
  }
  const metadata = { images: JSON.stringify(images), size: String(size), blocks: blocks.join() }
  return pipe(
    parts.join(Math.ceil(set.names.length / batch), metadata),
    E.bimap(failure('record'), () => {
      const rows = [...shapes].map(([name, shape]) => `${name} ${[images.length, ...shape].join(' x ')}`)
      const speed = fresh > 0 ? `, ${(fresh / seconds).toFixed(1)} images/s` : ''
      console.log(`${images.length} images${speed}; ${rows.join(', ')}; written to ${printable(out)}`)
    }),
  )
}

const extractWanted = (wanted: Wanted, backbone: Backbone, set: PictureSet, executor: Given) =>
  pipe(
    TE.fromEither(readFlags(executorOptions)(executor)),
    TE.bindTo('flags'),
    TE.bindW('parts', () =>
      TE.fromEither(pipe(openParts(wanted.out, askedOf(backbone, wanted, set)), E.mapLeft(failure('record')))),
    ),
    TE.chainW(({ flags, parts }) =>
      usingExecutor(flags)(opened =>
        pipe(
          extractor(backbone.weights, backbone.form, wanted.options)(opened),
          TE.mapLeft(failure('run')),
          TE.map((extract): Work => ({ set, parts, options: wanted.options, extract })),
          TE.chainW(work =>
            pipe(
              extractAll(work),
              TE.chainEitherKW(extracted => finish(wanted, work, extracted)),
            ),
          ),
        ),
      ),
    ),
  )

/** The command. */
export const featuresCommand = (given: Given): TE.TaskEither<Failure, void> =>
  pipe(
    readFlags(featureOptions)(given),
    E.bindTo('flags'),
    E.bindW('backbone', ({ flags }) => backboneOf(flags)),
    E.bindW('wanted', ({ flags, backbone }) =>
      pipe(wantedOf(flags, backbone.sizes, existsSync), E.mapLeft(failure('option'))),
    ),
    TE.fromEither,
    TE.bindW('set', ({ wanted }) =>
      pipe(openFolder(wanted.images, { shorterSide: fullSize, cacheBytes: 0 }), TE.mapLeft(failure('data'))),
    ),
    TE.chain(({ wanted, backbone, set }) => extractWanted(wanted, backbone, set, given)),
  )
