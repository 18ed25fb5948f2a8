// Features of pictures: from a set and a network to the backbone's class token for the centre view of each picture, a
// batch at a time on an executor.

import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type As, dense, type Executor, machine, type RunError } from '../../lib/index.ts'
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
  readonly image: Image<'batch'>
}

const batchSize = 64

/**
 * The features of centre views under a network of that form; the last batch is filled up with zeros that are left out
 * again.
 */
export const featuresOf =
  (network: As<'dense', Network>, form: VitForm, views: CentreViews, progress: (done: number) => void) =>
  (executor: Executor): TE.TaskEither<RunError, LabelledFeatures> => {
    const { count, dimensions: width, size, data, labels } = views
    const sizes = { batch: batchSize, colour: colours, row: size, column: size }
    const image = (from: number): As<'dense', Given> => {
      const batch = new Float32Array(batchSize * width)
      batch.set(data.subarray(from * width, Math.min(from + batchSize, count) * width))
      return { image: dense(sizes, batch) }
    }
    const step = (state: Network, { image: x }: Given) => ({ state, output: { feature: featureOf(state, form)(x) } })
    return pipe(
      machine(step, network, image(0))(executor),
      TE.chain(({ step: advance }) => async () => {
        const parts: Float32Array[] = []
        for (let from = 0; from < count; from += batchSize) {
          const result = await advance(image(from))()
          if (E.isLeft(result)) return result
          const { feature } = result.right
          const kept = Math.min(batchSize, count - from)
          parts.push(Float32Array.from(feature.data.subarray(0, kept * feature.sizes.feature)))
          progress(from + kept)
        }
        const features = parts[0].length / Math.min(batchSize, count)
        const joined = new Float32Array(count * features)
        parts.reduce((at, part) => {
          joined.set(part, at)
          return at + part.length
        }, 0)
        return E.right({ count, dimensions: features, data: joined, labels })
      }),
    )
  }
