// All features of pictures under a backbone: the class token and the patch tokens after the last norm, and the same of
// chosen blocks, which pass that norm too, as in both public codes (get_intermediate_layers). For a batch of two
// pictures of 224 x 224 under a ViT-S/14, and the block 11:
//
//   classToken [2, 384]   patches [2, 256, 384]   blocks.11.classToken [2, 384]   blocks.11.patches [2, 256, 384]

import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import {
  type As,
  array,
  at,
  compiler,
  type Dense,
  dense,
  type Executor,
  layerNorm,
  machine,
  type RunError,
  sizeOf,
  slice,
  type storage,
  type Tensor,
  trees,
} from '../../lib/index.ts'
import type { Image } from '../model/tokens.ts'
import { tokensBefore } from '../model/tokens.ts'
import { applyVit, type Vit } from '../model/vit.ts'
import type { VitForm } from '../model/vit-form.ts'
import { colours } from '../views/picture.ts'

/** Which features are wanted of pictures of `size` x `size` pixels, so many at a time. */
export interface FeatureOptions {
  readonly size: number
  readonly batch: number
  /** Whether patch tokens are wanted too. */
  readonly patches: boolean
  /** The numbers of blocks, the first 0. */
  readonly blocks: readonly number[]
}

interface Given {
  readonly image: Image<'batch'>
}

interface TokenFeatures {
  readonly classToken: Tensor<'batch' | 'feature'>
  readonly patches?: Tensor<'batch' | 'token' | 'feature'>
}

interface Wanted extends TokenFeatures {
  readonly blocks: Readonly<Record<string, TokenFeatures>>
}

const featuresIn = (weights: Vit, form: VitForm, image: Image<'batch'>, options: FeatureOptions): Wanted => {
  const output = applyVit(weights, form)(image)
  const before = tokensBefore(weights)
  const chosen = (tokens: Tensor<'batch' | 'token' | 'feature'>): TokenFeatures => ({
    classToken: at('token', 0)(tokens),
    ...(options.patches ? { patches: slice('token', before, sizeOf('token', tokens) - before)(tokens) } : {}),
  })
  const blocks = options.blocks.map((number): [string, TokenFeatures] => [
    String(number),
    chosen(layerNorm('feature')(weights.norm)(output.blocks[number].tokens)),
  ])
  return { ...chosen(output.tokens), blocks: Object.fromEntries(blocks) }
}

const axes = ['batch', 'token', 'feature']

/** The first `kept` pictures of a feature, its values in the order of `axes`. */
const kept = ({ sizes, data }: Dense<never>, count: number): storage.StoredTensor => {
  const shape: Readonly<Record<string, number>> = sizes
  const wanted = Object.fromEntries(axes.filter(axis => axis in shape).map(axis => [axis, shape[axis]]))
  const isInOrder = Object.keys(shape).join() === Object.keys(wanted).join()
  const values = isInOrder ? data : compiler.evaluate([array(shape, data).expr], new Map(), [wanted])[0]
  const { batch, ...rest } = wanted
  const each = Object.values(rest).reduce((product, size) => product * size, 1)
  return { shape: [count, ...Object.values(rest)], data: Float32Array.from(values.subarray(0, count * each)) }
}

/** The features of up to a batch of pictures, each [colour, row, column], by name. */
export type Extracts = (
  pictures: readonly Float32Array[],
) => TE.TaskEither<RunError, ReadonlyMap<string, storage.StoredTensor>>

/** Prepares the features of a backbone; the last batch is filled up with zeros that are left out again. */
export const extractor =
  (weights: As<'dense', Vit>, form: VitForm, options: FeatureOptions) =>
  (executor: Executor): TE.TaskEither<RunError, Extracts> => {
    const { size, batch } = options
    const width = colours * size * size
    const given = (pictures: readonly Float32Array[]): As<'dense', Given> => {
      const data = new Float32Array(batch * width)
      pictures.forEach((picture, index) => {
        data.set(picture, index * width)
      })
      return { image: dense({ batch, colour: colours, row: size, column: size }, data) }
    }
    const step = (state: Vit, { image }: Given) => ({ state, output: featuresIn(state, form, image, options) })
    return pipe(
      machine(step, weights, given([]))(executor),
      TE.map(
        ({ step: advance }): Extracts =>
          pictures =>
            pipe(
              advance(given(pictures)),
              TE.map(
                features =>
                  new Map(
                    trees
                      .leavesOf<'dense'>(features)
                      .map(([name, leaf]): [string, storage.StoredTensor] => [name, kept(leaf, pictures.length)]),
                  ),
              ),
            ),
      ),
    )
  }
