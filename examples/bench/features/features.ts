// The benchmark of features: class and patch tokens of images of 224 x 224 under a ViT-S/14 with random weights, by
// this project and by ONNX Runtime on the model that this project exports, in turn. Figures are medians over rounds, in
// images a second; the features of both must agree. `npm run bench:features -- --help` says what can be chosen.
//
//   2 threads      wasm 11.2      ONNX Runtime 16.0      0.70 times

import { cpus } from 'node:os'
import { Command } from 'commander'
import * as E from 'fp-ts/lib/Either.js'
import { addOptions, givenFrom } from '../../../dino/command/flags.ts'
import { showRefusal, type Values } from '../../../dino/options/option.ts'
import { whole } from '../../../dino/options/option-rows.ts'
import { readGiven, usualValues } from '../../../dino/options/option-values.ts'
import { summarise } from '../quartiles.ts'
import { layOutTable } from '../text-table.ts'
import { findRuntime, type Runtime, runtimeFeatures } from './onnx-runtime.ts'
import { noise, onnxModel, ownFeatures, size } from './own-features.ts'

const options = {
  images: whole([1, 100000], 48, 'images in a round'),
  batch: whole([1, 256], 8, 'images in a batch'),
  rounds: whole([1, 100], 3, 'rounds, of which the medians are shown'),
  threads: whole([1, 256], 2, 'threads of both'),
} as const

/** The largest difference of two features, in parts of the largest feature, that is rounding. */
const tolerance = 1e-4

const secondsOf = async (work: () => Promise<void>): Promise<number> => {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1000
}

const differenceOf = (left: ArrayLike<number>, right: ArrayLike<number>): number => {
  const values = Array.from(left)
  const largest = Math.max(...values.map(Math.abs))
  return Math.max(...values.map((value, at) => Math.abs(value - right[at]))) / largest
}

const joined = (images: readonly Float32Array[]): Float32Array => {
  const all = new Float32Array(images.length * images[0].length)
  images.forEach((image, at) => {
    all.set(image, at * image.length)
  })
  return all
}

/** Images a second of both, round after round, with so many threads. */
const measured = async (runtime: Runtime, threads: number, { images, batch, rounds }: Values<typeof options>) => {
  const pictures = noise(batch)
  const flat = joined(pictures)
  const batches = Math.ceil(images / batch)
  const speeds: { readonly own: number; readonly theirs: number }[] = []
  const openTheirs = runtimeFeatures(runtime, onnxModel())
  for (let round = 0; round < rounds; round += 1) {
    const own = await ownFeatures(threads, batch)
    const first = await own.extract(pictures)
    const ownSeconds = await secondsOf(async () => {
      for (let at = 0; at < batches; at += 1) await own.extract(pictures)
    })
    await own.close()
    const theirs = await openTheirs(threads, size)
    const difference = differenceOf(first, await theirs.extract(flat))
    if (!(difference < tolerance)) throw new Error(`the features differ by ${difference} of the largest`)
    const theirSeconds = await secondsOf(async () => {
      for (let at = 0; at < batches; at += 1) await theirs.extract(flat)
    })
    await theirs.close()
    speeds.push({ own: (batches * batch) / ownSeconds, theirs: (batches * batch) / theirSeconds })
    console.error(`round ${round + 1}, ${threads} threads: features agree to ${difference.toExponential(1)}`)
  }
  const median = (values: readonly number[]): number => summarise(values).median
  return { own: median(speeds.map(({ own }) => own)), theirs: median(speeds.map(({ theirs }) => theirs)) }
}

const bench = async (chosen: Values<typeof options>): Promise<void> => {
  const runtime = findRuntime()
  if (E.isLeft(runtime)) {
    console.error(runtime.left)
    process.exitCode = 1
    return
  }
  const { own, theirs } = await measured(runtime.right, chosen.threads, chosen)
  const row = [`${chosen.threads}`, own.toFixed(2), theirs.toFixed(2), (own / theirs).toFixed(2)]
  console.log(`\n${cpus()[0].model.trim()}, Node ${process.version}\n`)
  console.log(layOutTable(['threads', 'wasm', 'ONNX Runtime', 'ratio'], [row], [{ text: 'images/s', from: 1 }]))
}

const command = new Command('npm run bench:features --').description('Measures features beside ONNX Runtime')
addOptions(options, usualValues(options))(command).parse()
const chosen = readGiven(options)(givenFrom(command.opts()))
if (E.isRight(chosen)) await bench(chosen.right)
else {
  console.error(showRefusal(chosen.left))
  process.exitCode = 2
}
