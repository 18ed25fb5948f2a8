// Features of pictures: from a set and a network to the backbone's class token for the centre view of each picture, a
// batch at a time on an executor.

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type As, dense, type Executor, machine, type RunError, type Tensor } from '../../lib/index.ts'
import type { DataError, PictureSet } from '../data/picture-set.ts'
import { featureOf, type Network } from '../model/network.ts'
import type { Image } from '../model/vit.ts'
import type { VitForm } from '../model/vit-form.ts'
import { colours } from '../views/picture.ts'
import { centreView } from '../views/view.ts'
import type { Features } from './neighbours.ts'

/**
 * Features with the class of each picture, 0 where there are no classes; pictures that could not be read are left out.
 */
export interface LabelledFeatures extends Features {
  readonly data: Float32Array
  readonly labels: readonly number[]
}

/** The centre views of a set: what the network sees, and what raw pixels are. */
export interface CentreViews extends LabelledFeatures {
  readonly size: number
  /** The place of each in the set. */
  readonly places: readonly number[]
  readonly skipped: readonly DataError[]
}

/** Reads every picture of a labelled set as its centre view of `size` pixels; `progress` hears how many are done. */
export const centreViews =
  (set: PictureSet, size: number, progress: (done: number) => void) => async (): Promise<CentreViews> => {
    const width = colours * size * size
    const data = new Float32Array(set.names.length * width)
    const labels: number[] = []
    const places: number[] = []
    const skipped: DataError[] = []
    const view = centreView(size)
    for (let index = 0; index < set.names.length; index += 1) {
      const picture = await set.read(index)()
      if (E.isLeft(picture)) skipped.push(picture.left)
      else {
        data.set(view(picture.right), labels.length * width)
        labels.push(set.labels?.[index] ?? 0)
        places.push(index)
      }
      progress(index + 1)
    }
    const count = labels.length
    return { count, dimensions: width, size, data: data.subarray(0, count * width), labels, places, skipped }
  }

interface Given {
  readonly network: Network
  readonly image: Image<'batch'>
}

interface Found {
  readonly feature: Tensor<'batch' | 'feature'>
}

const batchSize = 64

/** So many pictures of views from place `from` on, as a batch that is filled up with zeros. */
const batchFrom = ({ data, dimensions, size, count }: CentreViews, from: number): As<'dense', Image<'batch'>> => {
  const batch = new Float32Array(batchSize * dimensions)
  batch.set(data.subarray(from * dimensions, Math.min(from + batchSize, count) * dimensions))
  return dense({ batch: batchSize, colour: colours, row: size, column: size }, batch)
}

/** Rows of features of the same length, one after the other. */
const joined = (
  count: number,
  parts: readonly Float32Array[],
): Omit<Features, 'data'> & { readonly data: Float32Array } => {
  const length = parts.reduce((total, part) => total + part.length, 0)
  const data = new Float32Array(length)
  parts.reduce((at, part) => {
    data.set(part, at)
    return at + part.length
  }, 0)
  return { count, dimensions: count === 0 ? 0 : length / count, data }
}

/** Computes the features of centre views under any network of one form; `progress` hears how many are done. */
export type Featuring = (
  network: As<'dense', Network>,
  views: CentreViews,
  progress: (done: number) => void,
) => TE.TaskEither<RunError, LabelledFeatures>

/** Compiles the features of views of that size under networks like `like`, which see as `form` says. */
export const featuring =
  (like: As<'dense', Network>, form: VitForm, views: CentreViews) =>
  (executor: Executor): TE.TaskEither<RunError, Featuring> => {
    const step = (state: object, { network, image }: Given) => ({
      state,
      output: { feature: featureOf(network, form)(image) },
    })
    return pipe(
      machine<object, Given, Found>(step, {}, { network: like, image: batchFrom(views, 0) })(executor),
      TE.map(({ step: advance }) => (network, views, progress) => async () => {
        const { count, labels } = views
        const parts: Float32Array[] = []
        for (let from = 0; from < count; from += batchSize) {
          const result = await advance({ network, image: batchFrom(views, from) })()
          if (E.isLeft(result)) return result
          const { feature } = result.right
          const kept = Math.min(batchSize, count - from)
          parts.push(Float32Array.from(feature.data.subarray(0, kept * feature.sizes.feature)))
          progress(from + kept)
        }
        return E.right({ ...joined(count, parts), labels })
      }),
    )
  }

/** The features of centre views under a network of that form. */
export const featuresOf =
  (network: As<'dense', Network>, form: VitForm, views: CentreViews, progress: (done: number) => void) =>
  (executor: Executor): TE.TaskEither<RunError, LabelledFeatures> =>
    pipe(
      featuring(network, form, views)(executor),
      TE.chain(features => features(network, views, progress)),
    )
