// Whether a run fits its machine and its pictures, told before anything is compiled: the memory that a step needs, the
// disk that a state takes, and the number of images, which a batch is never larger than.
//
//   a step needs about 50 MB; the state is written as 3 MB, of which 2 are kept
//   2000 images, 992 steps of 32

import { totalmem } from 'node:os'
import * as E from 'fp-ts/lib/Either.js'
import type { Executor } from '../../lib/index.ts'
import { type PictureSet, showDataError } from '../data/picture-set.ts'
import { type Configuration, changed } from '../run/configuration.ts'
import { estimate, showBytes } from '../run/estimate.ts'
import { type FailureOf, failure } from '../run/failure.ts'
import { fitBatch, lengthOf } from '../run/run-options.ts'
import { counted } from './progress.ts'

/** A WebAssembly memory is addressed by 32 bits. */
const wasmLimit = 2 ** 32

/** Tells what a run needs, or refuses it if that cannot be had. */
export const fitting = (
  configuration: Configuration,
  { name, precision }: Executor,
): E.Either<FailureOf<'training'>, void> => {
  const { written: disk, largest, ...inFloat32 } = estimate(configuration)
  const [step, least] = [inFloat32.step, inFloat32.least].map(size => (precision === 'float64' ? 2 * size : size))
  const limit = name === 'wasm' ? Math.min(wasmLimit, totalmem()) : totalmem()
  if (least > limit) return E.left(failure('training')({ kind: 'too large', needed: least, limit, largest }))
  const scarce = step > limit ? `, which may be more than there is; what needs most are ${largest}` : ''
  const kept = `the state is written as ${showBytes(disk)}, of which ${configuration.run.keep} are kept`
  console.error(`a step needs about ${showBytes(step)}${scarce}; ${kept}`)
  return E.right(undefined)
}

/** Tells what there is to train on. A batch is never larger than the set of pictures. */
export const fittedTo = (wanted: Configuration, { names, skipped }: PictureSet): Configuration => {
  for (const error of skipped) console.error(`skipped: ${showDataError(error)}`)
  const configuration = changed(wanted, { run: fitBatch(wanted.run, names.length) })
  const { batch } = configuration.run
  if (batch < wanted.run.batch)
    console.error(`a batch of ${wanted.run.batch} is more than there are images; it is ${batch} now`)
  const { steps } = lengthOf(configuration.run, names.length)
  console.error(`${counted(names.length, 'image')}, ${counted(steps, 'step')} of ${batch}`)
  return configuration
}
